"""Pure decisions about people outside: when two addresses are one, and how sure an identity is."""

import re
from collections.abc import Iterable

CLAIMED, PROFILE, AGENT, MAIL, MAIL_REPLY, MAIL_LINK, NETWORK = (
    "claimed",
    "profile",
    "agent",
    "mail",
    "mail_reply",
    "mail_link",
    "network",
)
WEIGHTS = {CLAIMED: 0.1, PROFILE: 0.6, AGENT: 0.7, MAIL: 0.9, MAIL_REPLY: 0.98, MAIL_LINK: 0.98, NETWORK: 0.99}
"""How far one kind of evidence alone shows that an identity is its contact's."""
VERIFIED = 0.9
_DOTLESS = {"gmail.com", "googlemail.com"}


def confidence(kinds: Iterable[str]) -> float:
    """How sure an identity is, 0 to 1: what each kind of evidence leaves in doubt, multiplied."""
    doubt = 1.0
    for kind in set(kinds):
        doubt *= 1 - WEIGHTS[kind]
    return round(1 - doubt, 3)


def normal_address(address: str) -> str:
    """An address for comparison alone, never to write to (M-13): domain in lower case and IDNA, no `+tag`, no dots for
    gmail. "" for what is no address.
    """
    local, _, domain = address.strip().rpartition("@")
    if not local or not domain:
        return ""
    host = _host(domain)
    if local.startswith('"') and local.endswith('"') and len(local) > 2:
        unquoted = re.sub(r"\\(.)", r"\1", local[1:-1])
        if not re.fullmatch(r"[\w.!#$%&'*+/=?^`{|}~-]+", unquoted):
            return f"{local}@{host}"  # its quotes mean something: nothing in it is a tag
        local = unquoted
    local = local.lower().partition("+")[0] or local.lower()
    if host in _DOTLESS:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{host}"


def _host(domain: str) -> str:
    name = domain.strip().rstrip(".").lower()
    try:
        return name.encode("idna").decode() or name
    except UnicodeError:
        return name
