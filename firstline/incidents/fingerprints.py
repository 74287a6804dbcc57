"""What a message says is broken, as a few short words that messages about the same trouble share."""

import re
from functools import lru_cache

_TROUBLE = re.compile(
    r"\b(?:error|errors|err|fail\w*|broken|breaks|down|outage|offline|unreachable|unavailable|not (?:work\w*"
    r"|load\w*|respond\w*|reach\w*|resolv\w*|arriv\w*|show\w*|found|available|possible)|can(?:'t|not)"
    r"|could(?:n't| not)|unable|does(?:n't| not)|do(?:n't| not) (?:get|receive|see|work)|is(?:n't"
    r"| not) (?:work\w*|load\w*|respond\w*|available|reachable)|won't|stuck|hang\w*|hung|time ?d? ?-?outs?"
    r"|timing out|slow|crash\w*|refus\w+|reject\w+|denied|blank|empty|missing|gone|stopped|wrong|corrupt\w*"
    r"|mismatch|issues?|problems?|trouble|reset|invalid|expired|unauthorized|forbidden|bad gateway"
    r"|too many requests|service unavailable|internal server error|5\d\d|429|403|kaputt|störung|geht nicht"
    r"|fehler|caíd[oa]|no funciona|ne (?:marche|fonctionne) (?:pas|plus)|en panne|não funciona|fora do ar"
    r"|non funziona|не работает)\b"
    r"|E(?:TIMEDOUT|CONN\w+|NOTFOUND|AI_AGAIN|\d{3})|(?:落ち|エラー|つながら|打不开|无法|报错)",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"^\W*(?:(?:hi|hello|hey)\b[^.!?\n]{0,20}[,!.]?\s*)?(?:how (?:do|can|to|would)|is there (?:a|any)|where (?:do"
    r"|can|is)|what is the (?:best|right)|does (?:it|orbit|npm|your)|do you (?:have|offer|support|plan)"
    r"|when (?:will|is) (?:the )?(?:new|next)|can i (?:use|have|get|buy)|thank|congrat)",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\b(?:(?:HTTP|status|code|error|E|ERR)[ :#/]*(?:1\.1 )?)?([45]\d\d)\b(?! ?(?:px|ms|mb|gb|kb|packages|people"
    r"|users|euro|dollars|eur|usd|%|km|seats|tests|files|lines))",
    re.IGNORECASE,
)
_ERRNO = re.compile(
    r"\b(ETIMEDOUT|ECONNRESET|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ESOCKETTIMEDOUT|ENETUNREACH|EHOSTUNREACH|EINTEGRITY"
    r"|CERT_HAS_EXPIRED|SELF_SIGNED\w*|UNABLE_TO_\w+|ERR_SOCKET_TIMEOUT|ERR_TLS\w+|EPROTO|EPIPE)\b",
    re.IGNORECASE,
)
_OWN_ERRNO = re.compile(
    r"\b(?:EACCES|EPERM|ENOENT|ERESOLVE|EJSONPARSE|EBADENGINE|ENOTEMPTY|EEXIST|EUSAGE|ELIFECYCLE|E2FA|EOTP"
    r"|EBADPLATFORM|ETARGET|ENOSPC|EMFILE|EPEERINVALID|ENOLOCK|node-gyp|gyp ERR|externally-managed"
    r"|MODULE_NOT_FOUND|peer dep\w*)\b",
    re.IGNORECASE,
)
_THEMES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        (
            "down",
            (
                r"\b(?:down|outage|offline|unreachable|unavailable|caíd[oa]|störung|en panne|fora do ar)\b"
                r"|\bnot (?:reachable|responding|available)\b|落ち|打不开"
            ),
        ),
        (
            "slow",
            (
                r"\b(?:slow\w*|time ?d? ?-?outs?|timing out|hang\w*|hung|takes (?:forever|ages|minutes)|stuck|latency"
                r"|lento|lent|langsam)\b|ETIMEDOUT|ESOCKETTIMEDOUT"
            ),
        ),
        (
            "install",
            r"\b(?:install\w*|npm (?:i|ci)|yarn|pnpm|fetch\w*|download\w*|tarballs?|pull\w*|resolve packages)\b",
        ),
        ("publish", r"\b(?:publish\w*|npm publish|twine|upload\w*|releas(?:e|ing)|push(?:ing)?|deploy\w*)\b"),
        (
            "login",
            (
                r"\b(?:log ?-?in|login|sign ?-?in|logged out|2fa|otp|two-factor|sso|session\w*|password|authenticat\w+"
                r"|unauthori[sz]ed|tokens?|401|e401)\b"
            ),
        ),
        ("site", r"\b(?:website|web site|site|homepage|page|pages|dashboard|ui|browser|blank|css)\b"),
        ("search", r"\bsearch\w*\b"),
        ("billing", r"\b(?:billing|payment\w*|checkout|invoice\w*|card|charged?)\b"),
        ("mail", r"\b(?:e-?mails?|verification|confirmation|reset (?:link|mail)|newsletter)\b"),
        ("checksum", r"\b(?:checksum|integrity|sha\d*|corrupt\w*|mismatch)\b|EINTEGRITY"),
        ("certificate", r"\b(?:certificate|cert|ssl|tls|handshake|https)\b"),
        ("dns", r"\b(?:dns|resolve host|getaddrinfo|ENOTFOUND|EAI_AGAIN|nxdomain)\b"),
        ("webhook", r"\b(?:webhooks?|hooks?|notifications?)\b"),
        ("api", r"\b(?:api|endpoint|graphql|rest)\b"),
        ("audit", r"\b(?:audit|advisor\w+|signatures?)\b"),
        (
            "metadata",
            (
                r"\b(?:metadata|dist-?tags?|versions? (?:missing|gone|disappeared|not)|readme|packument|stale"
                r"|old version|not showing|replicat\w+)\b"
            ),
        ),
        ("docs", r"\b(?:docs|documentation)\b"),
        ("badge", r"\b(?:downloads? counts?|badges?|statistics|stats)\b"),
        ("limits", r"\b(?:rate[- ]?limit\w*|too many requests|429|throttl\w+|quota)\b"),
        ("forbidden", r"\b(?:403|forbidden|blocked|access denied|denied)\b"),
        ("mirror", r"\b(?:mirror|proxy|cdn|edge|cache)\b"),
        ("organisation", r"\b(?:organi[sz]ations?|orgs?|teams?|members?|permissions?)\b"),
    )
)
_HOST = re.compile(r"\b((?:[a-z0-9-]{1,63}\.){1,5}(?:org|com|net|io|dev|example|test|sh))\b", re.IGNORECASE)
_PACKAGE = re.compile(r"(@[a-z0-9][\w.-]{0,100}/[a-z0-9][\w.-]{0,100})", re.IGNORECASE)
_LONGEST = 6_000


@lru_cache(maxsize=4_096)
def fingerprints(text: str) -> frozenset[str]:
    """What is broken, as `theme`, `code` and `theme+code` words; empty when no trouble of the service is told.

    A plain question and an error that lies with the writer's own machine have none.
    """
    head = text[:_LONGEST]
    if not _TROUBLE.search(head) or (
        _ASKING.search(head) and not _ERRNO.search(head) and not re.search(r"\b5\d\d\b", head)
    ):
        return frozenset()
    codes = set(_CODE.findall(head)) | {code.upper() for code in _ERRNO.findall(head)}
    if _OWN_ERRNO.search(head) and not any(code.startswith("5") or code in _SERVICE for code in codes):
        return frozenset()
    themes = {name for name, pattern in _THEMES if pattern.search(head)}
    places = {one.lower() for one in (*_HOST.findall(head), *_PACKAGE.findall(head))}
    pairs = {f"{one}+{two}" for one in themes for two in themes if one < two}
    return frozenset(
        themes | codes | {f"{one}+{code}" for one in themes for code in codes} | pairs | {f"at {one}" for one in places}
    )


_SERVICE = frozenset(
    {"429", "ETIMEDOUT", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ESOCKETTIMEDOUT", "CERT_HAS_EXPIRED"}
)


def same_words(text: str) -> str:
    """A text's words without figures, addresses and case: equal for copies of one text."""
    return " ".join(re.findall(r"[^\W\d_]{3,}", re.sub(r"https?://\S+|@\w+", " ", text.lower())))[:160]
