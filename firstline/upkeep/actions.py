"""Every write about whether articles are still true."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from firstline.accounts.models import User
from firstline.core import clock, egress
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.knowledge import actions as knowledge
from firstline.knowledge.models import SHOWN, Article, ArticleText, SlugRedirect
from firstline.knowledge.rules.versions import BadRange, holds_for
from firstline.search import queries as search
from firstline.upkeep import rules
from firstline.upkeep.models import Finding, FindingKind, Link
from firstline.upstream.models import Release

ASKED_AGAIN, RETRIED = timedelta(days=7), timedelta(hours=20)
LINK_SECONDS, LINKS_A_RUN = 8.0, 500
FEWEST_TO_DOUBT = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What a run says of one article."""

    kind: FindingKind
    detail: str
    said: str = ""
    other_id: int | None = None


def examine(article_id: int | None = None) -> int:
    """Hold the article, or all, to its questions, links, product and review; returns how many are stale now.

    Never within a transaction: it ranks every question. What was found before and is mended is forgotten.
    """
    articles = Article.objects.filter(status__in=SHOWN)
    if article_id is not None:
        articles = articles.filter(pk=article_id)
    now = clock.now()
    found: dict[int, list[Found]] = {article.pk: [] for article in articles}
    for proof in search.proofs(article_id):
        if not proof.holds and proof.article_id in found:
            found[proof.article_id].append(Found(FindingKind.QUESTION, proof.question, other_id=proof.found_id))
    texts = ArticleText.objects.filter(article__in=found, published_revision__isnull=False)
    _add_links(found, texts.values_list("article_id", "published_revision__body"))
    releases = _newest_releases()
    for article in articles:
        found[article.pk] += [*_moved_on(article, releases), *_overdue(article, now)]
    return sum(_settle(article, found[article.pk]) for article in articles)


def _add_links(found: dict[int, list[Found]], bodies: Iterable[tuple[int, str]]) -> None:
    """Dead addresses outside, and articles that are not shown any more."""
    dead = {link.address: link for link in Link.objects.exclude(status__isnull=True, failures=0)}
    shown = {*Article.objects.filter(status__in=SHOWN).values_list("slug", flat=True)}
    shown |= {*SlugRedirect.objects.filter(article__status__in=SHOWN).values_list("slug", flat=True), "read", "topics"}
    for article_id, body in bodies:
        for address in rules.links(body):
            link = dead.get(address)
            if link is not None and rules.is_dead(link.status, link.failures):
                found[article_id].append(Found(FindingKind.LINK, address, link.said))
        found[article_id] += [Found(FindingKind.LINK, slug) for slug in rules.inside(body) if slug not in shown]


def _newest_releases() -> list[Release]:
    newest: dict[str, Release] = {}
    for release in Release.objects.order_by("out_at", "pk"):
        newest[release.place] = release
    return list(newest.values())


def _moved_on(article: Article, releases: Iterable[Release]) -> list[Found]:
    """The newest release of its product, when the article does not hold for it."""
    if not article.product or not article.versions:
        return []
    for release in releases:
        try:
            concerned = rules.is_about(article.product, release.place)
            if concerned and holds_for(article.versions, release.version) is False:
                return [Found(FindingKind.RELEASE, str(release))]
        except BadRange as error:
            return [Found(FindingKind.RELEASE, f"{article.versions}", str(error))]
    return []


def _overdue(article: Article, now: datetime) -> list[Found]:
    due = article.next_review
    return [Found(FindingKind.REVIEW, due.isoformat())] if due is not None and article.is_due(now.date()) else []


@transaction.atomic
def _settle(article: Article, found: list[Found]) -> bool:
    """Store what holds now, forget the rest, and say so on the article; whether it is stale."""
    Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    wanted = {(one.kind.value, one.detail[:600]): one for one in found}
    known = {(one.kind, one.detail): one for one in Finding.objects.filter(article=article)}
    mended = [one.pk for key, one in known.items() if key not in wanted]
    Finding.objects.filter(pk__in=mended).delete()
    Finding.objects.bulk_create(
        Finding(article=article, kind=kind, detail=detail, said=one.said[:300], other_id=one.other_id)
        for (kind, detail), one in wanted.items()
        if (kind, detail) not in known
    )
    return _judge(article)


def _judge(article: Article) -> bool:
    """An article is stale exactly while it has a finding that nobody waved through."""
    stale = Finding.objects.filter(article=article, waved_at=None).exists()
    if stale:
        knowledge.set_stale(article, by=MACHINE)
    else:
        knowledge.set_true(article, by=MACHINE)
    return stale


@transaction.atomic
def wave_through(finding: Finding, *, by: User) -> None:
    """A person has looked: the article is right all the same."""
    finding.waved_by, finding.waved_at = by, clock.now()
    finding.save(update_fields=["waved_by", "waved_at"])
    record(Kind.ARTICLE_CHANGED, by=by, subject_id=finding.article_id)
    _judge(finding.article)


def ask_links(now: datetime, *, network: egress.Network | None = None) -> int:
    """Ask the servers of links that are due, one after another, at most 500 a run; returns how many were asked.

    When most of them cannot be reached at all, it is the desk that has no way out, and no link is blamed.
    """
    bodies = ArticleText.objects.public().values_list("published_revision__body", flat=True)
    wanted = {address[:600] for body in bodies for address in rules.links(body)}
    Link.objects.exclude(address__in=wanted).delete()
    Link.objects.bulk_create([Link(address=one) for one in sorted(wanted)], ignore_conflicts=True)
    due = Link.objects.filter(
        Q(checked_at=None) | Q(checked_at__lt=now - ASKED_AGAIN) | Q(failures__gt=0, checked_at__lt=now - RETRIED)
    ).order_by(F("checked_at").asc(nulls_first=True))[:LINKS_A_RUN]
    asked = [_ask(link, now, network) for link in due]
    silent = sum(link.status is None for link in asked)
    if len(asked) < FEWEST_TO_DOUBT or 2 * silent <= len(asked):
        Link.objects.bulk_update(asked, ["status", "said", "failures", "checked_at"])
    return len(asked)


def _ask(link: Link, now: datetime, network: egress.Network | None) -> Link:
    try:
        answer = egress.fetch(link.address, allow_http=True, seconds=LINK_SECONDS, network=network)
    except egress.EgressRefused as refused:
        link.status, link.said = None, str(refused)[:300]
    else:
        link.status, link.said = answer.status, str(answer.status)
    alive = link.status is not None and rules.answered(link.status)
    link.failures, link.checked_at = 0 if alive else link.failures + 1, now
    return link
