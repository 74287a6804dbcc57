"""Every write about surveys: planned, asked, answered, switched."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from firstline.accounts.models import User
from firstline.channels.base import ParsedMessage
from firstline.contacts.models import ContactIdentity
from firstline.conversations.actions import automatic, locking, receiving
from firstline.conversations.models import Message, ParticipantRole
from firstline.conversations.rules import Join, Verdict, reply_subject
from firstline.core import clock, tokens
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import record
from firstline.evidence import secrets
from firstline.inboxes.models import Inbox
from firstline.surveys import queries, rules
from firstline.surveys.models import Policy, Rating, State, Survey

TOKEN = "survey"  # noqa: S105 the purpose of a token
MACHINE_NAME = "survey"
AT_ONCE = 200
CHOICES = (Rating.BAD, Rating.GOOD)
"""What the last number of a link's token says."""


class Closed(Exception):
    """The question is too old to be answered."""


def set_policy(inbox: Inbox, *, is_on: bool, wait_hours: int, by: User) -> Policy:
    """Switch the question of an inbox on or off, and say how long it waits; audited."""
    before = Policy.objects.filter(inbox=inbox).first() or Policy(inbox=inbox)
    values = {"is_on": is_on, "wait_hours": wait_hours}
    policy = Policy.objects.update_or_create(
        inbox=inbox, defaults={**values, "changed_by": by, "changed_at": clock.now()}
    )[0]
    was = {"is_on": before.is_on, "wait_hours": before.wait_hours}
    if was != values:
        record_audit(Kind.SURVEYS_CHANGED, by=by, inbox_id=inbox.pk, before=was, after=values)
        record(Kind.SURVEYS_CHANGED, by=by, inbox_id=inbox.pk, is_on=is_on, wait_hours=wait_hours)
    return policy


def plan(event: Event) -> Survey | None:
    """A conversation ended: plan its question where the inbox asks and nobody was asked yet. May run twice."""
    policy = Policy.objects.filter(inbox=event.inbox_id or 0, is_on=True).first()
    if policy is None or event.conversation_id is None:
        return None
    due = event.at + timedelta(hours=policy.wait_hours)
    survey, is_new = Survey.objects.get_or_create(
        conversation_id=event.conversation_id, defaults={"inbox_id": policy.inbox_id, "due_at": due}
    )
    if not is_new and survey.asked_at is None:
        Survey.objects.filter(pk=survey.pk, asked_at=None).update(state=State.PLANNED, left_out_because="", due_at=due)
    return survey


def ask_due(now: datetime) -> int:
    """Ask everybody whose time has come; how many were asked."""
    due = Survey.objects.filter(state=State.PLANNED, due_at__lte=now).order_by("due_at")
    return sum(ask(pk) for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def ask(survey_id: int) -> bool:
    """Send the question, or leave it out with the reason; whether it was sent. May run twice."""
    conversation_id = Survey.objects.filter(pk=survey_id).values_list("conversation", flat=True).first()
    if conversation_id is None:
        return False
    conversation = locking.hold(conversation_id)
    survey = Survey.objects.select_for_update().get(pk=survey_id)
    if survey.state != State.PLANNED:
        return False
    why, strand = rules.why_not(queries.facts(conversation, clock.now())), queries.strand_to_ask(conversation)
    if why is not None or strand is None:
        survey.state, survey.left_out_because = State.LEFT_OUT, why or rules.Why.PUBLIC
        survey.save(update_fields=["state", "left_out_because"])
        return False
    with override(conversation.contact.language or settings.LANGUAGE_CODE):
        subject, text = reply_subject(conversation.subject), letter(survey)
    survey.message = automatic.queue(strand, machine=MACHINE_NAME, subject=subject, text=text)
    survey.state, survey.asked_at = State.ASKED, clock.now()
    survey.save(update_fields=["message", "state", "asked_at"])
    return True


def letter(survey: Survey) -> str:
    """The question as Markdown: one link an answer, and nothing that tells us whether it was read."""
    bad, good = (
        settings.BASE_URL + reverse("surveys:rate", args=[tokens.make(TOKEN, [survey.pk, said])])
        for said in range(len(CHOICES))
    )
    parts = [
        _("Was our answer good?"),
        f"- [{_('Yes, it was good')}]({good})\n- [{_('No, it was not')}]({bad})",
        _("One click is enough, and you need not answer. We ask once, and do not follow who opens this mail."),
    ]
    return "\n\n".join(parts) + "\n"


# ---------- what the contact says ----------


def open_link(token: str) -> tuple[Survey, Rating]:
    """The question of a link, and what the link says. Raises BadToken, or Closed when it is too late."""
    pk, said = tokens.read(TOKEN, token, 2)
    survey = Survey.objects.select_related("conversation__contact", "message__strand").filter(pk=pk).first()
    if survey is None or survey.message is None or said not in range(len(CHOICES)):
        raise tokens.BadToken("There is no such question any more.")
    if not survey.is_open:
        raise Closed
    return survey, CHOICES[said]


@transaction.atomic
def rate(survey: Survey, rating: Rating) -> Survey:
    """Keep what somebody says; they may change their mind while the question is open, which clears the reasons."""
    found = Survey.objects.select_for_update().get(pk=survey.pk)
    if found.rating == rating:
        return found
    found.rating, found.reasons, found.state = rating, [], State.ANSWERED
    found.answered_at = found.answered_at or clock.now()
    found.save(update_fields=["rating", "reasons", "state", "answered_at"])
    record(
        Kind.SURVEY_ANSWERED,
        by=asked_of(survey),
        conversation_id=found.conversation_id,
        inbox_id=survey.conversation.inbox_id,
        subject_id=found.pk,
        rating=str(rating),
    )
    return found


@transaction.atomic
def tell_more(survey: Survey, *, effort: int | None, reasons: Sequence[str], words: str) -> Survey:
    """Keep how easy it was and why; words become a message of the conversation, once, and reopen it after a bad
    rating.
    """
    locking.hold(survey.conversation_id)
    found = Survey.objects.select_for_update().get(pk=survey.pk)
    found.effort = effort
    found.reasons = [one for one in reasons if one in rules.reasons_for(found.rating)]
    if words.strip() and found.words_id is None:
        found.words = _said(survey, words.strip()[: rules.WORDS], reopens=found.rating == Rating.BAD)
    found.save(update_fields=["effort", "reasons", "words"])
    return found


def asked_of(survey: Survey) -> ContactIdentity:
    """Who got the question."""
    if survey.message is None:
        raise Closed
    asker = survey.message.strand.participants.select_related("identity").get(role=ParticipantRole.REQUESTER)
    return asker.identity


def _said(survey: Survey, words: str, *, reopens: bool) -> Message | None:
    """Through the same gate as everything that arrives: judged, masked, covered where it must be."""
    if survey.message is None:
        raise Closed
    strand, conversation = survey.message.strand, survey.conversation
    text = secrets.mask(words).text
    parsed = ParsedMessage(subject=conversation.subject, text=text, reply_text=text, flags=("survey",))
    verdict = Verdict(Join.APPEND if reopens else Join.QUIET, strand=strand.pk, may_reopen=reopens, verified=True)
    incoming = receiving.Incoming(strand.inbox, asked_of(survey), parsed, verdict, "pass", clock.now())
    return receiving.receive(incoming).message
