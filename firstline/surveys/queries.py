"""What is known of a conversation before anybody is asked, and what people said in figures."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils.module_loading import import_string

from firstline.accounts.models import User
from firstline.answers.models import AutoAnswer, Verdict
from firstline.channels import registry
from firstline.conversations.models import (
    Audience,
    Conversation,
    Cover,
    Delivery,
    Message,
    ParticipantRole,
    Resolution,
    Strand,
)
from firstline.core.measures import wilson
from firstline.inboxes.models import Inbox, StoppedAddress
from firstline.moderation.models import Care, CaseItem, Report, Sanction
from firstline.surveys import rules
from firstline.surveys.models import Policy, Reason, Survey
from firstline.wording import grief

FEW = 20
"""Fewer answers than this say little; the page says so."""
SPARED_FOR = timedelta(days=365)
"""How long somebody who was sanctioned is not asked."""
NEWEST = 30


def strand_to_ask(conversation: Conversation) -> Strand | None:
    """The strand of our last answer, when it is private and its answers leave by mail; None for public places."""
    said = _ours(conversation).select_related("strand__inbox").order_by("-pk").first()
    strand = said.strand if said is not None else conversation.strands.filter(is_side=False).order_by("pk").first()
    if strand is None or strand.audience != Audience.PRIVATE or registry.get(strand.inbox.channel).posts:
        return None
    return strand


def facts(conversation: Conversation, now: datetime) -> rules.Facts:
    """Everything that `rules.why_not` asks."""
    strand = strand_to_ask(conversation)
    case, _by = import_string(settings.CASE_OF)(conversation.pk)
    theirs = conversation.messages.filter(author_identity__isnull=False)
    return rules.Facts(
        is_on=Policy.objects.filter(inbox=conversation.inbox_id, is_on=True).exists(),
        is_resolved=conversation.is_resolved and conversation.merged_into_id is None,
        answered=conversation.resolution == Resolution.ANSWERED,
        sealed=conversation.sealed,
        covered=bool(conversation.cover) or Cover.objects.filter(message__conversation=conversation).exists(),
        reported=CaseItem.objects.filter(message__conversation=conversation).exists()
        or Report.objects.filter(message__conversation=conversation).exists(),
        sanctioned=_is_sanctioned(conversation, now),
        cared_for=Care.objects.filter(conversation=conversation).exists(),
        grieves=any(grief.speaks_of_loss(text) for text in theirs.values_list("text", flat=True)),
        case=case,
        private=strand is not None,
        proved=not conversation.unverified,
        by_person=_is_by_person(conversation),
        asked_lately=_asked_lately(conversation, now),
        wants_no_mail=strand is not None and _wants_no_mail(strand),
    )


def _ours(conversation: Conversation) -> Any:
    return conversation.messages.filter(author_user__isnull=False, state=Delivery.SENT, strand__is_side=False)


def _is_sanctioned(conversation: Conversation, now: datetime) -> bool:
    ids = list(conversation.contact.identities.values_list("pk", flat=True))
    about = Q(contact=conversation.contact_id) | Q(identity_ids__overlap=ids)
    return Sanction.objects.filter(about, overturned_at=None, starts_at__gt=now - SPARED_FOR).exists()


def _is_by_person(conversation: Conversation) -> bool:
    confirmed = AutoAnswer.objects.filter(conversation=conversation, verdict=Verdict.YES)
    return _ours(conversation).exists() or confirmed.exists()


def _asked_lately(conversation: Conversation, now: datetime) -> bool:
    others = Survey.objects.filter(conversation__contact=conversation.contact_id, asked_at__gt=now - rules.PAUSE)
    return others.exclude(conversation=conversation.pk).exists()


def _wants_no_mail(strand: Strand) -> bool:
    asker = strand.participants.filter(role=ParticipantRole.REQUESTER).select_related("identity").first()
    if asker is None:
        return True
    return StoppedAddress.objects.filter(address=asker.identity.address.lower(), stopped_at__isnull=False).exists()


# ---------- what was said ----------


@dataclass(frozen=True, slots=True)
class Share:
    """How many said good, of how many, with the 95 % interval (Wilson), in per cent."""

    name: str
    asked: int
    answered: int
    good: int

    @property
    def percent(self) -> int:
        """The share that said good."""
        return round(100 * self.good / self.answered) if self.answered else 0

    @property
    def low(self) -> int:
        """Where the interval begins."""
        return round(100 * wilson(self.good, self.answered)[0])

    @property
    def high(self) -> int:
        """Where the interval ends."""
        return round(100 * wilson(self.good, self.answered)[1])

    @property
    def response(self) -> int:
        """How many of those asked answered."""
        return round(100 * self.answered / self.asked) if self.asked else 0

    @property
    def is_few(self) -> bool:
        """Whether there are too few answers to say much."""
        return self.answered < FEW


@dataclass(frozen=True, slots=True)
class Results:
    """What people said in a time. `efforts` counts 1 (hard) to 7 (easy); `left_out` those who were not asked."""

    whole: Share
    inboxes: tuple[Share, ...]
    reasons: tuple[tuple[str, str, int], ...]
    efforts: tuple[int, ...]
    effort_median: float | None
    left_out: tuple[tuple[str, int], ...]


def results(user: User, since: datetime) -> Results:
    """The figures over inboxes that the person may see; counted by when people were asked."""
    mine = Survey.objects.visible_to(user)
    asked = mine.filter(asked_at__gte=since)
    rows = asked.values("inbox__name").annotate(
        n=Count("pk"), said=Count("pk", filter=~Q(rating="")), good=Count("pk", filter=Q(rating="good"))
    )
    shares = tuple(
        Share(one["inbox__name"], one["n"], one["said"], one["good"]) for one in rows.order_by("inbox__name")
    )
    answers = list(asked.exclude(rating="").values_list("effort", "reasons"))
    efforts = Counter(effort for effort, _reasons in answers if effort)
    left = mine.filter(state="left_out", due_at__gte=since)
    return Results(
        Share("", *(sum(getattr(one, name) for one in shares) for name in ("asked", "answered", "good"))),
        shares,
        _counted([one for _effort, reasons in answers for one in reasons]),
        tuple(efforts[step] for step in range(rules.LEAST_EFFORT, rules.MOST_EFFORT + 1)),
        median(efforts.elements()) if efforts else None,
        tuple(left.values_list("left_out_because").annotate(n=Count("pk")).order_by("-n", "left_out_because")),
    )


def _counted(reasons: Sequence[str]) -> tuple[tuple[str, str, int], ...]:
    """Side, words and number of each reason, the commonest first."""
    counts = Counter(reasons)
    return tuple(
        ("good" if code in rules.GOOD_REASONS else "bad", str(Reason(code).label), number)
        for code, number in counts.most_common()
    )


def said(user: User, since: datetime) -> list[Survey]:
    """The newest answers with words that the person may read and nobody has covered."""
    readable = Message.objects.uncovered().visible_to(user).exclude(text="")
    found = Survey.objects.visible_to(user).filter(asked_at__gte=since, words__in=readable)
    return list(found.select_related("conversation", "words").order_by("-answered_at")[:NEWEST])


def answered(user: User, since: datetime) -> list[Survey]:
    """Every answer of a time, without its words, for a table."""
    found = Survey.objects.visible_to(user).filter(asked_at__gte=since).exclude(rating="")
    return list(found.select_related("inbox").order_by("answered_at"))


def policies(user: User) -> list[Policy]:
    """Every inbox that people answer from by mail, with what is set; unsaved rows stand for inboxes without one."""
    inboxes = Inbox.objects.filter(is_active=True).order_by("name")
    seen = inboxes if user.can("desk.configure") else inboxes.visible_to(user)
    kept = {one.inbox_id: one for one in Policy.objects.select_related("inbox", "changed_by")}
    return [kept.get(one.pk) or Policy(inbox=one) for one in seen if not registry.get(one.channel).posts]
