"""What would harm: commands that open a machine, and data that is not the reader's."""

import re

from firstline.evidence import secrets
from firstline.wording.words import without_code

_RISKY = re.compile(
    r"\bsudo\s+(?:-\w+\s+)*(?:npm|npx|yarn|pnpm|pip3?|gem|chown|chmod|rm)\b[^\n`]*"
    r"|\bstrict-ssl[ =]+(?:\"?false\"?)|\bchmod\s+(?:-\w+\s+)*(?:0?777|a\+rwx|ugo\+rwx)\b|\brm\s+-(?:rf|fr"
    r"|r\s+-f)\s+(?:/|~|\*|\.\.|\$HOME|\"?\$)[^\n`]*"
    r"|\bNODE_TLS_REJECT_UNAUTHORIZED\s*=\s*[\"']?0|(?<![\w-])--force\b|(?<![\w-])--unsafe-perm\b"
    r"|(?<![\w-])--no-verify\b|(?<![\w-])--break-system-packages\b|(?<![\w-])--trusted-host\b"
    r"|(?<![\w-])--ignore-certificate-errors\b|(?<![\w-])--insecure\b|\bcurl\s+(?:-\w+\s+)*-k\b"
    r"|\bgit push\s+(?:-f\b|\S+\s+-f\b)"
    r"|\b(?:curl|wget)\b[^\n|]*\|\s*(?:sudo\s+)?(?:ba|z)?sh\b|\bverify\s*=\s*False\b|\bhttp\.sslVerify\s+false"
    r"|\bGIT_SSL_NO_VERIFY|\bdrop\s+(?:table|database)\b|\bmkfs\b|\bdd\s+if=|:\(\)\s*\{"
    r"|\b(?:delete|remove|rm|drop|throw away)\s+(?:-\w+\s+)?(?:your |the |that )?(?:`?(?:package-lock\.json"
    r"|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|Cargo\.lock)`?|lock ?files?)\b"
    r"|\b(?:disable|turn off|switch off|deactivate)\s+(?:your |the |all )?(?:2fa|two-factor|anti-?virus"
    r"|firewall|certificate (?:checks?|verification)|ssl|tls|selinux|signature (?:checks?|verification)"
    r"|windows defender)",
    re.IGNORECASE,
)
_WARNED = re.compile(
    r"\b(?:don't|do not|never|avoid|not to|instead of|rather than|no need|without|shouldn't|should not"
    r"|isn't safe|not safe|please not|stop using|unsafe|won't need|refrain|undo|revert)\b",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ROLE = re.compile(
    r"^(?:support|help|security|abuse|billing|sales|legal|privacy|noreply|no-reply|info|team|contact|press"
    r"|postmaster|hello|dpo|status|feedback)[\w+.-]*@|@(?:\w+\.)*example\.(?:org|com|net)$",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.])\+\d{1,3}[ ()\d-]{7,16}\d\b")
_IP = re.compile(r"(?<![\w.])(?!127\.|0\.0\.|10\.0\.0\.|255\.)(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_REPORTER = re.compile(
    r"\b(?:was|were|been|got) reported by (?!(?:several|many|two|three|our|a scanner|the scanner|users|people"
    r"|others|you|an? automat)\b)[\w@`\"']+|\b(?:reporter|complainant|person who reported (?:you|this"
    r"|it)) (?:is|was) [\w@`\"']+|\b@?[A-Z]\w+ (?:has )?(?:reported|complained about|flagged) you\b"
    r"|\bthe (?:report|complaint) (?:came|comes|is) from (?!(?:a|an|the|our|several|two)\b)[\w@`\"']+",
)
_OTHERS = re.compile(
    r"\b(?:their|his|her|another (?:user|customer|person)'s|the other (?:user|customer|owner|party)'s"
    r"|the (?:previous|current|other) (?:owner|maintainer)'s) (?:private |home |e-?mail |billing |phone |ip "
    r"|real |personal )*(?:address|e-?mail|phone|number|name|card|password|token|location|employer"
    r"|account details|invoice|plan|package list|real name|ip)\b (?:is|are|:)"
    r"|\b(?:your|the|temporary|new|initial) password (?:is|:|will be)\s+\S+|\b(?:card|account|iban|ssn"
    r"|passport) (?:number|no\.?) (?:is|:)\s*\S*\d|\bending in \d{4}\b(?=.*\b(?:their|his|her|other)\b)"
    r"|\blives? (?:at|in) \d|\b(?:private|internal|unreleased) (?:package|repository|repo"
    r"|org(?:ani[sz]ation)?) (?:of|owned by|belonging to|called|named) [`\"'@]?\w",
    re.IGNORECASE,
)


def risky(draft: str) -> list[str]:
    """Commands and advice that weaken a machine; a sentence that warns of one is none."""
    found = []
    for match in _RISKY.finditer(draft):
        start = max(draft.rfind(mark, 0, match.start()) for mark in (".", "\n\n", "!", "?"))
        if not _WARNED.search(draft[start + 1 : match.start()]):
            found.append(match.group().strip())
    return found


def private(incoming: str, draft: str) -> list[str]:
    """Secrets, and facts about other people, that the incoming text did not bring."""
    said = incoming.lower()
    found = [one.mask for one in secrets.find(draft)]
    found += [
        one
        for one in _MAIL.findall(draft)
        if not _ROLE.search(one) and one.lower() not in said and not _is_package(draft, one)
    ]
    prose = without_code(draft)
    found += [one for one in (*_PHONE.findall(prose), *_IP.findall(prose)) if one not in incoming]
    found += [match.group() for match in _REPORTER.finditer(draft)]
    found += [match.group() for match in _OTHERS.finditer(draft) if match.group().lower() not in said]
    return found


def _is_package(draft: str, address: str) -> bool:
    """`left-pad@1.3.0` and `git@github.com` are not mailboxes."""
    return address.startswith("git@") or bool(re.search(r"@v?\d", address)) or f"@{address}" in draft
