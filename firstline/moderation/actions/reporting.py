"""Reports become cases: by somebody outside, by one of us, by a detector."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.contacts.models import ContactIdentity
from firstline.conversations.actions import covering
from firstline.conversations.actions.covering import Standing
from firstline.conversations.models import (
    COVERED_FROM,
    SEVERITY,
    Conversation,
    Cover,
    Message,
    Origin,
    Reader,
    Reason,
)
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, Actor, record
from firstline.moderation import rules
from firstline.moderation.actions import routing, sparing
from firstline.moderation.actions.moving import Refused
from firstline.moderation.models import TO_DECIDE, Case, CaseItem, CaseState, Report, ReporterMute, Source

LOOK_BACK = timedelta(days=30)
MOST_SKETCHES = 500


@transaction.atomic
def report_by_agent(message: Message, *, by: User, reason: str, words: str = "") -> Case:
    """One of us says that a message is not right; from severity 2 on it is covered at once. Raises Refused for our
    own messages, and for danger, which goes the care path.
    """
    if message.author_identity is None:
        raise Refused(_("That is a message of our own."))
    if reason == Reason.SELF_HARM_RISK:
        raise Refused(_("Somebody may be in danger: use “Get help for this person”. It is never a sanction."))
    return _report(message, Report(reason=reason, source=Source.AGENT, user=by, words=words.strip()), by=by)


@transaction.atomic
def report_by_contact(message: Message, *, by: ContactIdentity, reason: str, words: str = "") -> Report:
    """Somebody outside reports a message of another; muted reporters' reports are kept and change nothing (M-10)."""
    report = Report(reason=reason, source=Source.CONTACT, identity=by, words=words.strip()[:1000])
    if ReporterMute.objects.filter(identity=by, until__gt=clock.now()).exists():
        report.is_muted, report.message = True, message
        report.save()
        return report
    _report(message, report, by=by)
    return report


@transaction.atomic
def report_by_detector(message: Message, cover: Cover, *, signals: list[dict[str, object]] | None = None) -> Case:
    """A message came in covered: somebody shall decide. The detector does nothing else (D-01)."""
    report = Report(reason=cover.reason, source=Source.DETECTOR)
    return _report(message, report, by=MACHINE, severity=cover.severity, signals=signals)


@transaction.atomic
def mute_reporter(identity: ContactIdentity, *, by: User, words: str, days: int = 30) -> ReporterMute:
    """Reports of somebody who reports in bad faith change nothing for a while."""
    return ReporterMute.objects.create(
        identity=identity, by=by, words=words[:300], until=clock.now() + timedelta(days=days)
    )


def _report(
    message: Message,
    report: Report,
    *,
    by: Actor,
    severity: int | None = None,
    signals: list[dict[str, object]] | None = None,
) -> Case:
    severity = SEVERITY[report.reason] if severity is None else severity
    case = _case_for(message, report.reason, severity, by, signals or [])
    report.case, report.message = case, message
    report.save()
    record(Kind.REPORT_MADE, by=by, inbox_id=case.inbox_id, subject_id=report.pk, case=case.pk, source=report.source)
    if report.source != Source.DETECTOR and severity >= COVERED_FROM:
        person = by if isinstance(by, User) else None
        covering.cover(message, Standing(report.reason, severity, Origin.PERSON), by=person)
    if report.reason == Reason.CSAE:
        _seal(message)
    return case


def _case_for(message: Message, reason: str, severity: int, by: Actor, signals: list[dict[str, object]]) -> Case:
    """The open case that it belongs to, else a new one (W-09: near copies make no work of their own)."""
    known = CaseItem.objects.select_related("case").filter(message=message).first()
    if known is not None and known.case.state in TO_DECIDE:
        return _raise(known.case, reason, severity)
    sketch = rules.sketch(message.text)
    like = _nearest(sketch, message)
    same = like if like is not None and like.state in TO_DECIDE else _open_of(message, reason)
    if same is not None:
        CaseItem.objects.get_or_create(
            message=message, defaults={"case": same, "is_copy": like is not None, "sketch": sketch}
        )
        sparing.spare(same, message)
        return _raise(same, reason, severity)
    return _open(message, reason, severity, by, like, sketch, signals)


def _open(
    message: Message,
    reason: str,
    severity: int,
    by: Actor,
    like: Case | None,
    sketch: bytes,
    signals: list[dict[str, object]],
) -> Case:
    now = clock.now()
    author = message.author_identity
    case = Case.objects.create(
        inbox=message.strand.inbox,
        contact_id=author.contact_id if author else None,
        reason=reason,
        severity=severity,
        like=like,
        signals=signals,
        due_at=now + timedelta(hours=rules.hours_to_decide(severity)),
        created_at=now,
    )
    CaseItem.objects.update_or_create(message=message, defaults={"case": case, "is_copy": False, "sketch": sketch})
    sparing.spare(case, message)
    record(
        Kind.CASE_OPENED,
        by=by,
        inbox_id=case.inbox_id,
        subject_id=case.pk,
        to=CaseState.OPEN.value,
        reason=reason,
        severity=severity,
    )
    routing.assign(case)
    return case


def _raise(case: Case, reason: str, severity: int) -> Case:
    """A graver report makes the case graver."""
    if severity > case.severity:
        case.reason, case.severity = reason, severity
        case.due_at = min(case.due_at, clock.now() + timedelta(hours=rules.hours_to_decide(severity)))
        case.save(update_fields=["reason", "severity", "due_at"])
    return case


def _open_of(message: Message, reason: str) -> Case | None:
    """An open case about the same person for the same reason."""
    author = message.author_identity
    if author is None:
        return None
    found = Case.objects.filter(contact=author.contact_id, reason=reason, state=CaseState.OPEN)
    return found.filter(inbox=message.strand.inbox_id).order_by("-pk").first()


def _nearest(sketch: bytes, message: Message) -> Case | None:
    """The newest case of this inbox with a near copy of the text, open or decided."""
    recent = CaseItem.objects.filter(created_at__gte=clock.now() - LOOK_BACK, case__inbox=message.strand.inbox_id)
    found = recent.exclude(message=message).filter(is_copy=False).order_by("-pk")
    rows = [(case, bytes(other)) for case, other in found.values_list("case", "sketch")[:MOST_SKETCHES]]
    shares = rules.alike(sketch, [other for _case, other in rows])
    near = next((case for (case, _), share in zip(rows, shares, strict=True) if share >= rules.NEAR_COPY), None)
    return Case.objects.filter(pk=near).first() if near is not None else None


def _seal(message: Message) -> None:
    """The sealed path: the conversation is for named people, nobody else finds it (M-16)."""
    Conversation.objects.filter(pk=message.conversation_id).update(sealed=True)
    named = [one for one in User.objects.filter(is_active=True) if one.can(covering.SEALED)]
    Reader.objects.bulk_create(
        [Reader(conversation_id=message.conversation_id, user=one) for one in named], ignore_conflicts=True
    )
