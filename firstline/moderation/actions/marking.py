"""Marks of people who are sanctioned, and the signs by which their return is noticed (M-12, P-04)."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db.models import Q

from firstline.contacts.models import ContactIdentity
from firstline.core import clock, sealing
from firstline.moderation import rules
from firstline.moderation.models import BINDING, CaseItem, Mark, Sanction
from firstline.moderation.rules import Signal

KEPT_AFTER = timedelta(days=180)
FOR_GOOD = timedelta(days=730)
FRESH = timedelta(hours=72)
SHARED_BY = 3
"""A mail domain that so many other people write from is a company's or a provider's."""
_LINK_HOST = re.compile(r"https?://(?:[^/\s@]*@)?([\w.-]+\.\w+)")
_PACKAGE = re.compile(r"(?<![\w/])@[\w.-]+/[\w.-]+|\b(?:npm (?:i|install)|package|module) `?([a-z0-9][\w.-]{2,})")


def mark(sanction: Sanction) -> None:
    """Keep keyed hashes of everything that the person is known by."""
    if sanction.measure not in BINDING or sanction.contact is None:
        return
    until = (sanction.expires_at or clock.now() + FOR_GOOD) + KEPT_AFTER
    rows = [
        Mark(sanction=sanction, kind=kind, digest=digest(kind, value), until=until)
        for identity in sanction.contact.identities.all()
        for kind, value in keys_of(identity)
    ]
    Mark.objects.bulk_create(rows, ignore_conflicts=True)
    Mark.objects.filter(sanction=sanction).update(until=until)


def digest(kind: str, value: str) -> str:
    """The keyed hash of one value: equal values meet, and nobody without the desk key can test a guess."""
    return sealing.fingerprint(f"{kind}\n{value}".encode(), "sanction mark")


def keys_of(identity: ContactIdentity) -> Iterator[tuple[str, str]]:
    """What an identity is recognised by: a normalised address, an account's own id, the name before the @."""
    if "@" in identity.address.strip("@"):
        address = rules.normalised(identity.address)
        yield "address", address
        yield "local_part", address.partition("@")[0]
    else:
        yield "account", f"{identity.channel}:{identity.key}"
        yield "local_part", identity.address.strip("@").casefold()


def forget_due() -> int:
    """Drop marks whose time is over; returns how many."""
    return Mark.objects.filter(until__lte=clock.now()).delete()[0]


def signals(identity: ContactIdentity, text: str) -> tuple[list[Signal], Sanction | None]:
    """The signs that the writer is somebody sanctioned, and by which sanction; none when nothing speaks for it."""
    best: tuple[list[Signal], Sanction | None] = ([], None)
    for sanction, found in _candidates(identity, text):
        if rules.evasion_score(found) > rules.evasion_score(best[0]):
            best = (found, sanction)
    return best


def _candidates(identity: ContactIdentity, text: str) -> Iterator[tuple[Sanction, list[Signal]]]:
    now = clock.now()
    keyed = [(kind, digest(kind, value)) for kind, value in keys_of(identity)]
    marked: dict[int, set[str]] = {}
    for mark_row in Mark.objects.filter(digest__in=[one for _kind, one in keyed], until__gt=now):
        marked.setdefault(mark_row.sanction_id, set()).add(mark_row.kind)
    running = Sanction.objects.in_force(now).exclude(contact=identity.contact_id)
    near = Q(pk__in=marked) | Q(starts_at__gte=identity.created_at - FRESH, starts_at__lte=now)
    sketch = rules.sketch(text)
    for sanction in running.filter(near).select_related("case").order_by("-pk")[:200]:
        found = [Signal(kind, rules.WEIGHTS[kind]) for kind in sorted(marked.get(sanction.pk, ()))]
        found += _text_signals(sanction, sketch, text)
        if not found:
            continue
        if timedelta() <= identity.created_at - sanction.starts_at <= FRESH:
            found.append(Signal("fresh", rules.WEIGHTS["fresh"]))
        if any(one.kind != "address" for one in found) and _is_shared_domain(identity):
            found.append(Signal("shared_domain", rules.WEIGHTS["shared_domain"]))
        yield sanction, found


def _text_signals(sanction: Sanction, sketch: bytes, text: str) -> list[Signal]:
    """What the text has in common with what the person was sanctioned for."""
    items = list(
        CaseItem.objects.filter(case=sanction.case_id).order_by("-pk").values_list("sketch", "message__text")[:50]
    )
    found = []
    likeness = max(rules.alike(sketch, [bytes(kept) for kept, _text in items]), default=0.0)
    if likeness >= rules.NEAR_COPY / 2:
        found.append(Signal("text", rules.WEIGHTS["text"] * min(1.0, likeness / rules.NEAR_COPY), f"{likeness:.2f}"))
    known = [said for _sketch, said in items]
    for kind, pattern in (("links", _LINK_HOST), ("packages", _PACKAGE)):
        both = rules.shared(_named(pattern, [text]), _named(pattern, known))
        if both:
            found.append(Signal(kind, rules.WEIGHTS[kind], ", ".join(both[:3])))
    return found


def _named(pattern: re.Pattern[str], texts: Iterable[str]) -> set[str]:
    return {(one.group(1) or one.group(0)).casefold() for text in texts for one in pattern.finditer(text)}


def _is_shared_domain(identity: ContactIdentity) -> bool:
    domain = identity.address.rpartition("@")[2]
    if not domain or "@" not in identity.address.strip("@"):
        return False
    others = ContactIdentity.objects.filter(channel="email", key__endswith=f"@{domain.lower()}")
    return others.exclude(contact=identity.contact_id).values("contact").distinct()[:SHARED_BY].count() >= SHARED_BY
