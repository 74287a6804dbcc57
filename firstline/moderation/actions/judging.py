"""What is known of a message before it is stored: what its words are like, and whether its writer is sanctioned."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from firstline.conversations.actions.covering import FINE, Standing
from firstline.conversations.actions.receiving import Incoming
from firstline.conversations.models import COVERED_FROM, SEVERITY, Cover, Message, Origin, Reason
from firstline.core import clock, statements
from firstline.covers import judging
from firstline.moderation import rules
from firstline.moderation.actions import marking, picturing, storming
from firstline.moderation.models import Measure, Sanction

HOLDS = (Measure.SUSPEND, Measure.BAN)
_ANYBODY = (
    "SELECT EXISTS (SELECT FROM moderation_sanction WHERE ended_at IS NULL), EXISTS (SELECT FROM moderation_mark), "
    "EXISTS (SELECT FROM moderation_brigade WHERE ended_at IS NULL)"
)
"""Whether anybody is sanctioned or was marked, and whether a crowd comes: for most mails on most desks, nobody does."""


def judge(incoming: Incoming) -> Standing:
    """The cover that a message needs, and whether it is held (settings.ARRIVAL_JUDGE)."""
    [(is_strict, has_marks, is_crowded)] = statements.run(_ANYBODY, [])
    sanctions = list(Sanction.objects.in_force(clock.now()).about(incoming.identity)) if is_strict else []
    words = incoming.parsed.reply_text or incoming.parsed.text
    said = by_words(f"{incoming.parsed.subject}\n{words}")
    for sanction in sanctions:
        held = _held(sanction, incoming, said)
        if held is not None:
            return held
    returning = _returning(incoming, words) if has_marks else FINE
    storm = storming.standing(incoming, clock.now()) if is_crowded else FINE
    if storm.is_held:
        return replace(storm, needs_care=said.needs_care)
    found = (said, _quoting(incoming), returning, _showing(incoming), storm)
    gravest = max(found, key=lambda one: one.severity)
    return replace(gravest, needs_care=said.needs_care)


def by_words(text: str) -> Standing:
    """What the detectors say of a text (D-01: they cover and route, and do nothing else)."""
    found = judging.judge(text)
    if not found.is_covered:
        return replace(FINE, needs_care=found.needs_care)
    reason = rules.detected_reason(found.reasons)
    severity = rules.detected_severity(reason)
    return Standing(reason, severity, Origin.DETECTOR, False, found.needs_care, found.score, found.terms, found.version)


def _held(sanction: Sanction, incoming: Incoming, said: Standing) -> Standing | None:
    """What a sanction makes of a message; None when it does not touch it."""
    if sanction.measure in HOLDS or (
        sanction.measure == Measure.RESTRICT_CHANNEL and sanction.channel == incoming.inbox.channel
    ):
        severity = max(COVERED_FROM, SEVERITY[sanction.reason], said.severity)
        return replace(said, reason=sanction.reason, severity=severity, origin=Origin.SANCTION, is_held=True)
    if sanction.measure == Measure.MUTE or (sanction.measure == Measure.SLOW and _is_too_many(sanction, incoming)):
        return replace(said, is_held=True)
    return None


def _is_too_many(sanction: Sanction, incoming: Incoming) -> bool:
    since = clock.now() - timedelta(days=1)
    written = Message.objects.filter(author_identity__contact=incoming.identity.contact_id, created_at__gte=since)
    return written[: sanction.per_day].count() >= (sanction.per_day or 0)


def _quoting(incoming: Incoming) -> Standing:
    """A reply that quotes what is covered is covered as well (W-01)."""
    quoted, strand = incoming.parsed.quoted_text, incoming.verdict.strand
    if not quoted or strand is None:
        return FINE
    covers = Cover.objects.filter(uncovered_at=None, message__strand=strand).select_related("message")
    flat = _flat(quoted)
    for cover in covers.order_by("-pk")[:20]:
        if any(line in flat for line in _lines(cover.message.text)):
            return Standing(cover.reason, cover.severity, cover.origin, version=cover.version)
    return FINE


def _returning(incoming: Incoming, words: str) -> Standing:
    """Signs that somebody sanctioned has come back: covered until somebody has looked, never held (M-12)."""
    found, sanction = marking.signals(incoming.identity, words)
    if sanction is None or rules.evasion_score(found) < rules.EVADES_FROM:
        return FINE
    return Standing(Reason.BAN_EVASION, SEVERITY[Reason.BAN_EVASION], Origin.EVASION, score=rules.evasion_score(found))


def _showing(incoming: Incoming) -> Standing:
    """A picture that somebody here remembered, made smaller, turned or mirrored: covered until a person looked (D-11).
    A picture that can't be read matches nothing; the preview shows none of it either.
    """
    found = picturing.match(incoming.attachments)
    if found is None:
        return FINE
    known, bits = found
    terms = (f"picture {known.pk}", f"distance {bits} of 256")
    severity = max(COVERED_FROM, SEVERITY[known.reason])
    return Standing(known.reason, severity, score=1 - bits / 256, terms=terms, version=picturing.VERSION)


def _lines(text: str) -> Iterable[str]:
    return [line for line in (_flat(one) for one in text.splitlines()) if len(line) >= 20] or [_flat(text)]


def _flat(text: str) -> str:
    return " ".join(text.replace(">", " ").split()).casefold()
