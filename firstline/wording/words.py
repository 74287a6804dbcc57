"""Sentences, words and stems: as much of a language as the checks on a draft need."""

import re
from functools import lru_cache

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9@`*])|\n+")
_WORD = re.compile(r"@?[A-Za-zÀ-ÿ0-9][\w'’./@-]*\w|[A-Za-zÀ-ÿ0-9]")
_SUFFIXES = (
    "ations",
    "ation",
    "ingly",
    "ments",
    "ment",
    "ings",
    "ing",
    "edly",
    "ies",
    "ied",
    "ers",
    "es",
    "ed",
    "er",
    "ly",
    "s",
)

_STOP_WORDS_TEXT = (
    "a about after again all also am an and any are as at back be because been before being but by can "
    "cannot could did do"
    " does doing done down else even ever for from get gets getting go going got had has have having he "
    "hello help her here hey"
    " hi his how however i if in into is it its just know let like look made make many may me might more "
    "most much must my need"
    " needs no not now of off ok okay on once one only or other our out over own per please possible put "
    "question questions"
    " really right same see she should since so some something sorry still such sure take tell than thank "
    "thanks that the"
    " their them then there these they thing things this those through to too try trying under until up us "
    "use using very want"
    " wants was way we well were what when where whether which while who whom whose why will with within without wonder"
    " wondering would yes yet you your yours i'm i've i'd it's don't doesn't didn't can't won't isn't that's "
    "there's what's"
    " best regards cheers greetings dear kind kindly anyone someone everything anything nothing first second another"
)
STOP_WORDS = frozenset(_STOP_WORDS_TEXT.split())

_SAME = (
    "refund reimburse reimbursement chargeback",
    "charge bill billing invoice payment pay paid receipt price cost card subscription plan",
    "token credential secret key pat",
    "publish release push upload deploy",
    "2fa otp authenticator two-factor twofactor mfa totp passcode code",
    "login log-in signin sign-in log sign logged signed",
    "delete remove unpublish erase removal deletion uninstall",
    "rename renaming name",
    "transfer hand handover move ownership owner maintainer",
    "email mail e-mail address mailbox",
    "password passphrase reset",
    "limit quota maximum max cap rate throttle throttled",
    "proxy firewall network",
    "certificate cert ca tls ssl https",
    "windows win32 win10 win11",
    "mac macos osx darwin",
    "version versions upgrade update downgrade",
    "org organisation organization team",
    "member seat user users people person colleague",
    "lockfile lock package-lock.json package-lock yarn.lock pnpm-lock.yaml",
    "ci pipeline workflow actions runner jenkins gitlab github",
    "slow speed latency performance fast",
    "cache cached caching clear clean",
    "cookie cookies browser",
    "error errors fail failure failing failed broken breaks crash",
    "private restricted internal",
    "download downloads tarball fetch",
    "doc docs documentation guide page article link",
    "outage incident status downtime down",
    "install installation installing",
    "cancel cancellation stop end",
    "security vulnerability cve advisory",
    "deadline when date day week hours",
    "data export archive backup",
)
_GROUP = {word: words.split()[0] for words in _SAME for word in words.split()}


def without_code(text: str) -> str:
    """The text with code blocks and code spans taken out."""
    return _CODE.sub(" ", text)


def sentences(text: str) -> list[str]:
    """Sentences and list lines, in order, without blank ones."""
    return [part.strip(" \t>*•-") for part in _SENTENCE_END.split(text) if part.strip(" \t>*•-")]


def words(text: str) -> list[str]:
    """Words in lower case; package names, versions and addresses stay whole."""
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A crude English stem; words that mean the same at a registry's desk share one."""
    if word in _GROUP:
        return _GROUP[word]
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and word.isalpha():
            base = word[: -len(suffix)]
            if suffix in ("ies", "ied"):
                base += "y"
            base = base[:-1] if len(base) > 3 and base[-1] == base[-2] else base
            return _GROUP.get(base, _GROUP.get(base + "e", base.rstrip("e")))
    return word.rstrip("e") if len(word) > 4 else word


def stems(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning."""
    return frozenset(stem(word) for word in words(text) if word not in STOP_WORDS and len(word) > 1)
