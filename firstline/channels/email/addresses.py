"""Addresses of a message: lists read leniently, the sender read strictly (S-02)."""

from __future__ import annotations

import email.policy
import email.utils
import re
import unicodedata
from dataclasses import dataclass

from firstline.channels.base import Address
from firstline.channels.email.headers import Headers, decode_words

AMBIGUOUS = "ambiguous_sender"
MAX_ADDRESSES = 500
_MAX_FROM = 2_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_LOCAL = r"[^\s<>()\[\]\\,;:@\"\x00-\x20\x7f]+"
_DOMAIN = r"[^\s<>()\[\]\\,;:@\"/?#=\x00-\x20\x7f]+"
_ONLY = re.compile(rf"({_LOCAL})@({_DOMAIN})\s*(?:\(([^()@<>]*)\))?")
_NAMED = re.compile(rf"((?:{_QUOTED}|[^<>@\"])*)<\s*({_LOCAL})@({_DOMAIN})\s*>\s*(?:\([^()@<>]*\))?")
_ANY = re.compile(rf"{_LOCAL}@{_DOMAIN}")

_ENTRY = re.compile(r'(?:"(?:[^"\\]++|\\.)*+"|[^,;"]|")++')
_GROUP = re.compile(r'^[^<"@:]{0,200}:')
_COMMENT = re.compile(r"\(([^()]{0,200})\)")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote. `address` only if it is beyond doubt; `shown` is the best guess, for people to look at only."""

    address: Address | None
    shown: Address | None
    problem: str
    flags: tuple[str, ...]


def sender(headers: Headers) -> Sender:
    """Exactly one From field with exactly one mailbox, on which three readings agree; else `ambiguous_sender`."""
    fields = headers.all("from")
    shown = _shown(fields[0]) if fields else None
    if not fields:
        return Sender(None, None, AMBIGUOUS, ("no_from",))
    if len(fields) > 1:
        return Sender(None, shown, AMBIGUOUS, ("several_from",))
    address = _strict(fields[0])
    if address is None:
        return Sender(None, shown, AMBIGUOUS, ("unclear_from",))
    return Sender(address, address, "", ("address_in_name",) if "@" in address.name else ())


def only(fields: list[str]) -> Address | None:
    """The address of a field that stands once and names exactly one mailbox, read as strictly as From; else None."""
    return _strict(fields[0]) if len(fields) == 1 else None


def _strict(field: str) -> Address | None:
    value = field.strip()
    if len(value) > _MAX_FROM or _CONTROL.search(value.replace("\t", " ")):
        return None
    only, named = _ONLY.fullmatch(value), _NAMED.fullmatch(value)
    if only:
        name, local, domain = only[3] or "", only[1], only[2]
    elif named:
        name, local, domain = named[1], named[2], named[3]
    else:
        return None
    spec = f"{local}@{domain}"
    if "=?" in spec or _INVISIBLE.search(spec) or not _both_agree(value, spec):
        return None
    return Address(clean_name(_unquoted(name)), f"{local}@{domain.lower().rstrip('.')}")


def _both_agree(value: str, spec: str) -> bool:
    """Whether both address parsers of the standard library see this one address and no other."""
    try:
        old = [found for _, found in email.utils.getaddresses([value]) if "@" in found]
        parsed = email.policy.default.header_factory("from", value)
        new = [one.addr_spec for one in parsed.addresses if "@" in one.addr_spec]
        grouped = any(group.display_name is not None for group in parsed.groups)
    except (AttributeError, IndexError, KeyError, LookupError, RecursionError, TypeError, ValueError):
        return False
    return old == [spec] and new == [spec] and not grouped


def _unquoted(name: str) -> str:
    name = name.strip()
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return name.replace('"', "")


def clean_name(name: str) -> str:
    """A display name for showing: encoded words read, no control, zero-width or direction marks, one line, ≤ 200."""
    text = unicodedata.normalize("NFC", decode_words(name))
    text = _INVISIBLE.sub("", _CONTROL.sub(" ", text))
    text = " ".join(text.split())[:200]
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _shown(field: str) -> Address | None:
    found = listed([field[:_MAX_FROM]])
    if found:
        return found[0]
    name = clean_name(_unquoted(field[:_MAX_FROM]))
    return Address(name, "") if name else None


def listed(fields: list[str]) -> tuple[Address, ...]:
    """The mailboxes of address fields, leniently, without doubles, at most `MAX_ADDRESSES`."""
    found: dict[str, Address] = {}
    for value in fields[:20]:
        for entry in _ENTRY.finditer(value):
            address = _entry(entry[0])
            if address and len(found) < MAX_ADDRESSES:
                found.setdefault(address.email.lower(), address)
    return tuple(found.values())


def _entry(text: str) -> Address | None:
    """One entry of an address list: in angle brackets with a name before, or alone with a name in a comment."""
    angle = text.rfind("<")
    spec = _ANY.search(text, angle) if angle >= 0 else None
    name = _GROUP.sub("", text[:angle]) if spec else ""
    if not spec:
        spec = _ANY.search(text)
        comment = _COMMENT.search(text)
        name = comment[1] if comment else ""
    if not spec:
        return None
    local, _, domain = spec[0].rpartition("@")
    return Address(clean_name(_unquoted(name)), f"{local}@{domain.lower().rstrip('.')}")
