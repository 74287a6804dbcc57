"""An answer by the machine alone: only where a lead allowed it, once a conversation, and handed over on anything but
yes. It stops no clock: the turn stays with the team until the contact says that it helped.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.answers import measures, rules
from firstline.answers.models import AutoAnswer, Diagnosis, Policy, Suggestion, SuggestionState, Usage, Verdict
from firstline.conversations.actions import automatic, locking, replying, statuses
from firstline.conversations.models import Audience, Conversation, Message, Status
from firstline.conversations.rules import reply_subject
from firstline.core import clock, tokens
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, Actor, record
from firstline.models_ai import languages
from firstline.models_ai.embedder import ModelMissing

MACHINE_NAME = "answers"
TOKEN = "helped"  # noqa: S105 the purpose of a token
EVERY_DAY = timedelta(days=1)
SURE_LANGUAGE = 0.4


@transaction.atomic
def answer(suggestion_id: int) -> AutoAnswer | None:
    """Send a suggestion by itself if everything allows it; None when anything does not. May run twice."""
    found = Suggestion.objects.select_related("message__strand__inbox", "message__author_identity").filter(
        pk=suggestion_id, state=SuggestionState.PROPOSED
    )
    suggestion = found.first()
    if suggestion is None:
        return None
    conversation = locking.hold(suggestion.conversation_id)
    policy = _policy(suggestion)
    if policy is None or not _is_alone(conversation, suggestion.message) or not _may_leave(suggestion, policy):
        return None
    sent, is_new = AutoAnswer.objects.get_or_create(
        conversation=conversation, defaults={"suggestion": suggestion, "policy": policy}
    )
    if not is_new:
        return None
    text = letter(suggestion, sent.pk)
    if replying.check_draft(text, "private"):
        sent.delete()
        return None
    sent.message = automatic.queue(
        suggestion.message.strand, machine=MACHINE_NAME, subject=reply_subject(conversation.subject), text=text
    )
    sent.save(update_fields=["message"])
    Usage.objects.update_or_create(
        suggestion=suggestion, defaults={"inserted": suggestion.text, "sent": sent.message, "distance": 0.0}
    )
    _record(Kind.ANSWER_QUEUED, sent, MACHINE, helped=None)
    return sent


def _policy(suggestion: Suggestion) -> Policy | None:
    """The policy that lets this suggestion go; locked, so that two jobs count the day's answers one after the other."""
    case = Diagnosis.objects.filter(message=suggestion.message_id).values_list("case", flat=True).first() or ""
    if not measures.may_answer(case):
        return None
    inbox = suggestion.message.strand.inbox_id
    policy = Policy.objects.select_for_update().filter(inbox=inbox, case=case).first()
    if policy is None or not policy.answers or suggestion.sureness < policy.threshold:
        return None
    today = policy.answers_sent.filter(created_at__gt=clock.now() - EVERY_DAY).count()
    return policy if today < policy.daily_cap else None


def _is_alone(conversation: Conversation, message: Message) -> bool:
    """Nobody of the team is in it, and this is the one thing that the contact has said; machines may have spoken."""
    untouched = conversation.status == Status.OPEN and conversation.assignee_id is None and not conversation.sealed
    others = conversation.messages.filter(author_machine="").exclude(pk=message.pk)
    return untouched and not others.exists() and not conversation.notes.exists()


def _may_leave(suggestion: Suggestion, policy: Policy) -> bool:
    message = suggestion.message
    proved = message.sender_auth == "pass" and not message.is_automatic and not message.conversation.unverified
    proved = proved and "asks_for_silence" not in message.flags  # a list, bulk, or a null sender (RFC 3834)
    private = message.strand.audience == Audience.PRIVATE and not message.secrets.exists()
    sources = [citation.article for citation in suggestion.citations.select_related("article")]
    backed = bool(sources) and all(article.is_citable for article in sources)
    return proved and private and backed and suggestion.strength == rules.Strength.STRONG and _is_english(message)


def _is_english(message: Message) -> bool:
    """Of its prose, not its logs. Without the language model nothing is known to be English, and nothing leaves."""
    try:
        found = languages.detect(rules.question("", message.text))
    except ModelMissing:
        return False
    return found.code == languages.ENGLISH and found.probability >= SURE_LANGUAGE


def letter(suggestion: Suggestion, answer_id: int) -> str:
    """The suggestion as a mail: it says that no person wrote it, names its source, and asks whether it helped."""
    citation = suggestion.citations.select_related("article").first()
    base = settings.BASE_URL.rstrip("/")
    body = suggestion.text.rstrip()
    if citation is not None:
        address = base + reverse("helpcenter:article", args=[citation.article.slug])
        body = rules.with_source(body, title=citation.title, address=address, base=base).rstrip()
    yes, no = (base + reverse("answers:helped", args=[tokens.make(TOKEN, [answer_id, said])]) for said in (1, 0))
    parts = [
        body,
        _("This is an automatic answer; no person has read your message yet, and it keeps its place in our list."),
        _("Did this help?"),
        f"- [{_('Yes, it did')}]({yes})\n- [{_('No, I still need a person')}]({no})",
        _("Or just answer this mail: a person reads it."),
    ]
    return "\n\n".join(parts) + "\n"


# ---------- what the contact says ----------


def hear(message_id: int) -> None:
    """A contact answered an automatic answer by mail: thanks is a yes, anything else a no. May run twice."""
    message = Message.objects.select_related("author_identity").get(pk=message_id)
    if message.is_ours or message.is_automatic or message.author_identity is None:
        return
    sent = AutoAnswer.objects.filter(conversation=message.conversation_id, message__lt=message.pk).first()
    if sent is not None:
        judge(sent, helped=rules.is_thanks(message.text), by=message.author_identity)


@transaction.atomic
def judge(sent: AutoAnswer, *, helped: bool, by: Actor, resolve: bool = False) -> AutoAnswer:
    """Keep what the contact said; the first word counts, except that a no may follow a yes.

    With `resolve` a yes ends the conversation while nobody of the team has taken it. A rise of noes stops the policy.
    """
    locking.hold(sent.conversation_id)
    sent = AutoAnswer.objects.select_for_update(of=["self"]).select_related("conversation").get(pk=sent.pk)
    verdict = Verdict.YES if helped else Verdict.NO
    if sent.verdict == verdict or sent.verdict == Verdict.NO:
        return sent
    sent.verdict, sent.verdict_at = verdict, clock.now()
    sent.save(update_fields=["verdict", "verdict_at"])
    Usage.objects.filter(suggestion=sent.suggestion_id).update(helped=helped)
    _record(Kind.ANSWER_JUDGED, sent, by, helped=helped)
    if helped and resolve and sent.conversation.assignee_id is None and not sent.conversation.is_ended:
        statuses.resolve(sent.conversation, by=by)
    if not helped:
        if sent.conversation.is_resolved:
            statuses.reopen(sent.conversation, by=by)
        _stop_if_it_breaks(sent.policy_id)
    return sent


def _stop_if_it_breaks(policy_id: int) -> None:
    policy = Policy.objects.select_for_update().get(pk=policy_id)
    said = policy.answers_sent.exclude(verdict=Verdict.UNSAID).filter(created_at__gt=policy.decided_at)
    newest = said.order_by("-verdict_at").values_list("verdict", flat=True)[: measures.RECENT_VERDICTS]
    if policy.answers and measures.breaks([verdict == Verdict.YES for verdict in newest]):
        policy.stopped_at = clock.now()
        policy.save(update_fields=["stopped_at"])
        record(Kind.POLICY_CHANGED, by=MACHINE, inbox_id=policy.inbox_id, subject_id=policy.pk, stopped=True)
        record_audit(
            Kind.POLICY_CHANGED,
            by=MACHINE,
            inbox_id=policy.inbox_id,
            subject_id=policy.pk,
            before={"mode": str(policy.mode), "stopped": False},
            after={"mode": str(policy.mode), "stopped": True},
        )


def _record(kind: Kind, sent: AutoAnswer, by: Actor, *, helped: bool | None) -> None:
    record(
        kind,
        by=by,
        conversation_id=sent.conversation_id,
        inbox_id=sent.conversation.inbox_id,
        subject_id=sent.pk,
        helped=helped,
    )
