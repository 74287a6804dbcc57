"""What an article was expected to save, what it did save, and what readers looked for in vain."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.answers.queries.catalogue import known
from firstline.core import clock, html, markdown
from firstline.covers import judging
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import record
from firstline.evidence import secrets
from firstline.knowledge.models import SHOWN, Article, Revision
from firstline.models_ai import embedder
from firstline.savings import rules
from firstline.savings.models import Forecast, FruitlessSearch, HoldOut, Realised, SearchDay, Showing
from firstline.savings.queries import counting
from firstline.savings.rules import Counts

SHORTEST, LONGEST = timedelta(days=28), timedelta(days=56)
MONTH = timedelta(days=rules.MONTH_DAYS)
KEPT_SEARCHES, KEPT_SHOWINGS, MOST_SEARCHES = timedelta(days=90), timedelta(days=400), 5000
ASSUMED = (0.3, 0.05, 0.6)
"""Share, low and high until a desk has five measured articles of its own: our guess, and shown as one."""
LEAST_OF_ITS_OWN = 5
BEGINNING = 600


class HoldOutRefused(Exception):
    """An article that nobody may go without; the message is a sentence for the lead."""


# ---------- what was expected ----------


def foresee(article: Article) -> Forecast | None:
    """Say what a proposed article would save, once; None where no language model is installed.

    Call it outside a transaction: it takes the model's time.
    """
    text = article.texts.order_by("id").first()
    if text is None or article.pack or hasattr(article, "forecast"):
        return None
    try:
        model = embedder.load()
    except embedder.ModelMissing:
        return None
    said = [text.title, " ".join(html.to_text(markdown.render(text.body[: 2 * BEGINNING])).split())[:BEGINNING]]
    asked_for = np.asarray(model.encode([one for one in said if one]), np.float32)
    asked = counting.near_to(asked_for, model.sha256, clock.now() - MONTH)
    share, low, high, is_assumed = _usual_share()
    values = {"asked_a_month": float(asked), "share": share, "low": low, "high": high, "is_assumed": is_assumed}
    return Forecast.objects.get_or_create(article=article, defaults=values)[0]


def _usual_share() -> tuple[float, float, float, bool]:
    """What this desk's own articles saved: the middle one, and the tenth below and above."""
    own = list(Realised.objects.filter(share__isnull=False).values_list("share", flat=True))
    if len(own) < LEAST_OF_ITS_OWN:
        return (*ASSUMED, True)
    low, middle, high = (float(value) for value in np.quantile(np.array(own, np.float64), [0.1, 0.5, 0.9]))
    return middle, low, high, False


# ---------- what it came to ----------


def reckon(now: datetime) -> int:
    """Compare the questions before and after each publication that is not settled yet; returns how many.

    A pack's articles are left out: they came before the desk had questions of its own.
    """
    settled = Realised.objects.filter(days=LONGEST.days).values("article")
    published = Article.objects.filter(status__in=SHOWN, published_at__lte=now - SHORTEST).exclude(pk__in=settled)
    articles = list(published.filter(pack="").order_by("pk"))
    if not articles:
        return 0
    began = min(one.published_at for one in articles if one.published_at)
    asked = counting.moments(began - LONGEST)
    changed = _changes(began - LONGEST)
    for article in articles:
        _compare(article, asked, changed, now)
    return len(articles)


def _compare(article: Article, asked: counting.Moments, changed: dict[int, list[datetime]], now: datetime) -> None:
    at = article.published_at
    assert at is not None  # reckon asks for those that have one
    reach = min(LONGEST, now - at)
    start, end = at - reach, at + reach
    untouched = [
        _counts(moments, start, at, end)
        for other, moments in asked.items()
        if other != article.pk and not any(start <= moment < end for moment in changed.get(other, ()))
    ]
    own = _counts(asked.get(article.pk, []), start, at, end)
    saved = rules.before_and_after(own, untouched)
    found = {"share": saved.share, "low": saved.low, "high": saved.high, "expected": saved.expected} if saved else {}
    nothing = dict.fromkeys(("share", "low", "high", "expected"))
    Realised.objects.update_or_create(
        article=article,
        defaults={"days": reach.days, "before": own.before, "after": own.after, "untouched": len(untouched)}
        | nothing
        | found
        | {"reckoned_at": now},
    )


def _counts(moments: Sequence[datetime], start: datetime, at: datetime, end: datetime) -> Counts:
    return Counts(sum(start <= moment < at for moment in moments), sum(at <= moment < end for moment in moments))


def _changes(since: datetime) -> dict[int, list[datetime]]:
    """When readers got to see other words, by article."""
    found: dict[int, list[datetime]] = {}
    for article, at in Revision.objects.filter(created_at__gte=since).values_list("text__article_id", "created_at"):
        found.setdefault(article, []).append(at)
    return found


# ---------- the hold-out ----------


def may_be_held_out(article: Article) -> bool:
    """Whether its kind allows it; see `rules.may_be_held_out`."""
    signatures = [known().get(one) for one in article.signatures]
    cases = [case for one in signatures if one for case in {one.case, *dict(one.cases).values()}]
    return rules.may_be_held_out(article.category.slug if article.category else "", cases)


def sessions_a_month(article: Article) -> int:
    """In how many asking sessions of the last thirty days the article came up."""
    return Showing.objects.filter(article=article, at__gte=clock.now() - MONTH).count()


@transaction.atomic
def begin_hold_out(article: Article, *, by: User) -> HoldOut:
    """Let one asking session in ten go without the article, until a lead ends it. Raises HoldOutRefused."""
    if not article.is_citable or not may_be_held_out(article):
        raise HoldOutRefused(
            _("Nobody goes without an article about accounts, money, safety or incidents, or of unknown kind.")
        )
    if sessions_a_month(article) < rules.LEAST_SESSIONS:
        said = _("It came up in fewer than %(count)d asking sessions within 30 days: too few to measure with.")
        raise HoldOutRefused(said % {"count": rules.LEAST_SESSIONS})
    try:
        with transaction.atomic():
            running = HoldOut.objects.create(article=article, started_by=by)
    except IntegrityError:
        return HoldOut.objects.get(article=article, ended_at=None)
    record(Kind.HOLD_OUT_BEGUN, by=by, subject_id=article.pk)
    record_audit(Kind.HOLD_OUT_BEGUN, by=by, after={"article": article.pk})
    return running


@transaction.atomic
def end_hold_out(article: Article, *, by: User) -> None:
    """Everybody sees the article again; ended twice, the second changes nothing."""
    if HoldOut.objects.filter(article=article, ended_at=None).update(ended_at=clock.now()):
        record(Kind.HOLD_OUT_ENDED, by=by, subject_id=article.pk)
        record_audit(Kind.HOLD_OUT_ENDED, by=by, before={"article": article.pk})


def show(session: str, article_ids: Sequence[int]) -> list[int]:
    """Note that these articles came up in an asking session; returns those that it shall see, in their order."""
    running = Article.objects.filter(pk__in=article_ids, hold_outs__ended_at=None, hold_outs__isnull=False)
    held = {
        article.pk
        for article in running.select_related("category")
        if rules.is_held(session, article.pk) and may_be_held_out(article)
    }
    Showing.objects.bulk_create(
        [Showing(article_id=pk, session=session, is_held=pk in held) for pk in article_ids], ignore_conflicts=True
    )
    return [pk for pk in article_ids if pk not in held]


def asked(session: str) -> None:
    """The session's question was sent to us after all."""
    Showing.objects.filter(session=session).update(is_asked=True)


# ---------- what readers look for ----------


def record_search(words: str, *, found: bool) -> None:
    """Count a search of the help centre; of those without result the words are kept, masked, unless they are abuse."""
    SearchDay.objects.get_or_create(day=clock.now().date())
    SearchDay.objects.filter(day=clock.now().date()).update(
        searches=F("searches") + 1, fruitless=F("fruitless") + (0 if found else 1)
    )
    folded = " ".join(secrets.mask(words).text.casefold().split())[:80]
    if found or not folded or judging.judge(folded).is_covered:
        return
    FruitlessSearch.objects.get_or_create(words=folded)
    FruitlessSearch.objects.filter(words=folded).update(count=F("count") + 1, last_at=clock.now())


def forget(now: datetime) -> None:
    """Drop what is old: words after 90 days (or beyond the newest 5,000), sessions after 400."""
    kept = FruitlessSearch.objects.order_by("-last_at").values_list("pk", flat=True)[:MOST_SEARCHES]
    FruitlessSearch.objects.filter(Q(last_at__lt=now - KEPT_SEARCHES) | ~Q(pk__in=list(kept))).delete()
    Showing.objects.filter(at__lt=now - KEPT_SHOWINGS).delete()
