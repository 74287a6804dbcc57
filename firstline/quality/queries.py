"""What may be drawn, what waits for whom, and the team's totals."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Cover, Delivery, Message
from firstline.core.measures import wilson
from firstline.moderation.models import Care, CaseItem
from firstline.quality import rules
from firstline.quality.models import Criterion, Mark, Sample, State, Verdict


def drawable(user: User, now: datetime) -> list[tuple[int, int]]:
    """(author, message) of every answer that the person may draw: sent lately by somebody else, and nothing hard."""
    open_to = Conversation.objects.visible_to(user).filter(sealed=False, cover="")
    of_it = {"conversation": OuterRef("conversation")}
    through = {"message__conversation": OuterRef("conversation")}
    answers = Message.objects.filter(
        author_user__is_active=True, state=Delivery.SENT, strand__is_side=False, conversation__in=open_to.values("pk")
    ).exclude(author_user=user)
    answers = answers.filter(sent_at__gte=now - rules.WINDOW, quality_sample=None)
    kind = answers.exclude(Exists(Care.objects.filter(**of_it))).exclude(Exists(Cover.objects.filter(**through)))
    kind = kind.exclude(Exists(CaseItem.objects.filter(**through)))
    return list(kind.order_by("pk").values_list("author_user", "pk"))


def waiting_for_review(user: User) -> list[Sample]:
    """What the person drew and has not looked at yet."""
    found = Sample.objects.filter(reviewer=user, state=State.DRAWN).select_related("message__conversation", "author")
    return list(found.order_by("pk"))


def written_by(user: User) -> list[Sample]:
    """Reviews that the person wrote, the newest first."""
    found = Sample.objects.filter(reviewer=user).exclude(state=State.DRAWN)
    return list(found.select_related("message__conversation", "author").order_by("-reviewed_at")[:50])


def about(user: User) -> list[Sample]:
    """Reviews of the person's own answers, the newest first."""
    found = Sample.objects.filter(author=user).exclude(state=State.DRAWN)
    return list(found.select_related("message__conversation", "reviewer").order_by("-reviewed_at")[:50])


def unseen(user: User) -> int:
    """How many reviews wait for the person to open them."""
    return Sample.objects.filter(author=user, state=State.REVIEWED).count()


def heard_before(sample: Sample) -> Message | None:
    """What the contact had said last when the answer was written; None when it is covered now."""
    before = sample.message.conversation.messages.filter(pk__lt=sample.message_id, author_identity__isnull=False)
    return before.uncovered().order_by("-pk").first()


def scorecard() -> list[Criterion]:
    """The questions that are asked now."""
    return list(Criterion.objects.filter(is_active=True))


@dataclass(frozen=True, slots=True)
class Total:
    """One question over the team: how often yes, partly, no, and the 95 % interval of yes in per cent."""

    name: str
    yes: int
    partly: int
    no: int

    @property
    def n(self) -> int:
        """How many reviews say something to it."""
        return self.yes + self.partly + self.no

    @property
    def percent(self) -> int:
        """The share of yes."""
        return round(100 * self.yes / self.n) if self.n else 0

    @property
    def low(self) -> int:
        """Where the interval begins."""
        return round(100 * wilson(self.yes, self.n)[0])

    @property
    def high(self) -> int:
        """Where the interval ends."""
        return round(100 * wilson(self.yes, self.n)[1])


def totals(user: User, since: datetime) -> tuple[int, list[Total]]:
    """How many reviews their authors have seen, of conversations the person may see, and each question over all of
    them; no totals for fewer than five, or of one author alone.
    """
    seen = Sample.objects.filter(state=State.SEEN, reviewed_at__gte=since)
    seen = seen.filter(message__conversation__in=Conversation.objects.visible_to(user).values("pk"))
    count = seen.count()
    if count < rules.FEWEST or seen.values("author").distinct().count() < 2:
        return count, []
    marks = Mark.objects.filter(sample__in=seen, criterion__is_active=True).exclude(verdict=Verdict.NOT_HERE)
    found = Counter(marks.values_list("criterion", "verdict"))
    return count, [
        Total(one.name, *(found[one.pk, verdict] for verdict in (Verdict.YES, Verdict.PARTLY, Verdict.NO)))
        for one in scorecard()
    ]
