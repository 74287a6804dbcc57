"""Every write about quality: drawn, reviewed, seen, said, and the scorecard."""

from collections.abc import Mapping, Sequence
from random import Random, SystemRandom

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.channels.base import ChannelError
from firstline.core import clock
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import record
from firstline.evidence import secrets
from firstline.quality import letters, queries, rules
from firstline.quality.models import Criterion, Mark, Sample, State


class Refused(Exception):
    """It can't be done; the message is a sentence."""


@transaction.atomic
def draw(count: int, *, by: User, random: Random | None = None) -> int:
    """Draw answers by chance for `by` to look at; how many there were. Nobody draws their own."""
    pairs = queries.drawable(by, clock.now())
    authors = {message: author for author, message in pairs}
    drawn = rules.draw(rules.by_author(pairs), min(count, rules.MOST_AT_ONCE), random or SystemRandom())
    made = Sample.objects.bulk_create(
        [Sample(message_id=pk, author_id=authors[pk], reviewer=by) for pk in drawn], ignore_conflicts=True
    )
    return len(made)


@transaction.atomic
def review(sample: Sample, *, verdicts: Mapping[Criterion, str], words: str) -> Sample:
    """Keep what the reviewer says; its author is the first to see it. Raises Refused once they have."""
    held = Sample.objects.select_for_update().get(pk=sample.pk)
    if held.state == State.SEEN:
        raise Refused(_("Its author has read it already; say the rest to them."))
    for criterion, verdict in verdicts.items():
        Mark.objects.update_or_create(sample=held, criterion=criterion, defaults={"verdict": verdict})
    held.words, held.state, held.reviewed_at = secrets.mask(words.strip()).text, State.REVIEWED, clock.now()
    held.save(update_fields=["words", "state", "reviewed_at"])
    record(Kind.ANSWER_REVIEWED, by=sample.reviewer, subject_id=held.pk, user=held.author_id)
    return held


@transaction.atomic
def put_back(sample: Sample) -> None:
    """The reviewer does not look at this one: it may be drawn again. Raises Refused once something was said."""
    if not Sample.objects.filter(pk=sample.pk, state=State.DRAWN).delete()[0]:
        raise Refused(_("Something was said to it already."))


def tell(sample_id: int) -> bool:
    """One letter to the author, who is the first to hear of it and learns nothing but where to look. May run twice.

    Raises ChannelError when the way out is shut; the next try sends it then.
    """
    waiting = Sample.objects.filter(pk=sample_id, state=State.REVIEWED, told_at=None)
    found = waiting.select_related("author", "reviewer").first()
    if found is None or not found.author.is_active or not waiting.update(told_at=clock.now()):
        return False
    try:
        letters.reviewed(found).send()
    except ChannelError:
        Sample.objects.filter(pk=sample_id).update(told_at=None)
        raise
    return True


def see(sample: Sample) -> None:
    """Its author has opened the review: from now on it counts in the team's totals."""
    Sample.objects.filter(pk=sample.pk, state=State.REVIEWED).update(state=State.SEEN, seen_at=clock.now())


def say(sample: Sample, words: str) -> None:
    """What its author says to the review; the reviewer reads it."""
    Sample.objects.filter(pk=sample.pk).update(reply=secrets.mask(words.strip()).text)


@transaction.atomic
def keep_scorecard(names: Sequence[str], *, by: User) -> list[Criterion]:
    """Ask these questions from now on, in this order; others stay with the reviews that answered them."""
    before = [one.name for one in queries.scorecard()]
    Criterion.objects.filter(is_active=True).exclude(name__in=names).update(is_active=False)
    for position, name in enumerate(names):
        found = Criterion.objects.filter(name=name).order_by("-is_active", "-pk").first() or Criterion(name=name)
        found.position, found.is_active = position, True
        found.save()
    if before != list(names):
        record_audit(Kind.SCORECARD_CHANGED, by=by, after={"questions": len(names)})
        record(Kind.SCORECARD_CHANGED, by=by, questions=len(names))
    return queries.scorecard()
