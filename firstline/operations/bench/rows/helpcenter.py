"""An article of the help centre for fifty readers at once: read for the first time, and read before."""

import contextlib
import sys
from collections.abc import Iterator

from django.urls import reverse

from firstline.core import clock
from firstline.knowledge.actions.starting import starter_articles
from firstline.knowledge.models import Article, ArticleStatus, ArticleText, Revision
from firstline.operations.bench import desk, meter, readers
from firstline.operations.bench.report import Row, percentile

ARTICLES, READERS, ROUNDS, WARM = 200, 50, 3, 1500
LEAST_WARM, LEAST_COLD = 0.40, 0.15


def measure() -> Row:
    """Requests a second, three rounds in turn with the floor; CPU of the warm reading, database included."""
    with _articles() as paths, desk.running_web(program=_empty()) as empty:
        floor = warm = cold = cpu = 0.0
        taken: list[float] = []
        for _ in range(ROUNDS):
            floor += WARM / readers.read(empty, ["/"], readers=READERS, n=WARM)[0]
            with desk.running_web() as web:
                readers.read(web, [reverse("helpcenter:front")], readers=1, n=1)
                cold += ARTICLES / readers.read(web, paths, readers=READERS, n=ARTICLES)[0]
                before = _cpu(web)
                seconds, times = readers.read(web, paths[:READERS], readers=READERS, n=WARM)
                warm, cpu, taken = warm + WARM / seconds, cpu + _cpu(web) - before, taken + times
    return Row(
        name="helpcenter",
        n=ROUNDS * WARM,
        target=f"warm ≥ {LEAST_WARM:.0%} of the floor's requests a second, cold ≥ {LEAST_COLD:.0%}",
        ok=warm >= LEAST_WARM * floor and cold >= LEAST_COLD * floor,
        cpu_ms=round(cpu / (ROUNDS * WARM) * 1000, 2),
        p50_ms=round(percentile(taken, 0.5), 1),
        p95_ms=round(percentile(taken, 0.95), 1),
        per_s=round(warm / ROUNDS, 1),
        floor=round(floor / ROUNDS, 1),
        ratio=round(warm / floor, 2),
        details={"cold_per_s": round(cold / ROUNDS, 1), "cold_ratio": round(cold / floor, 2), "readers": READERS},
    )


def _empty() -> list[str]:
    return [sys.executable, "-m", "firstline.operations.bench.emptying"]


def _cpu(web: desk.Web) -> float:
    return sum(meter.cpu_seconds(pid) for pid in {web.pid} | meter.backends())


@contextlib.contextmanager
def _articles() -> Iterator[list[str]]:
    """Addresses of articles with the words of the starter set, gone again at the end."""
    Article.objects.filter(slug__startswith="bench-reading-").delete()  # of a run that was killed
    words = starter_articles()
    made = Article.objects.bulk_create(
        Article(slug=f"bench-reading-{number}", status=ArticleStatus.PUBLISHED, published_at=clock.now())
        for number in range(ARTICLES)
    )
    texts = ArticleText.objects.bulk_create(
        ArticleText(article=one, title=words[n % len(words)].title, body=words[n % len(words)].body)
        for n, one in enumerate(made)
    )
    for text in texts:
        text.published_revision = Revision.objects.create(text=text, number=1, title=text.title, body=text.body)
    ArticleText.objects.bulk_update(texts, ["published_revision"])
    try:
        yield [reverse("helpcenter:article", args=[one.slug]) for one in made]
    finally:
        Article.objects.filter(pk__in=[one.pk for one in made]).delete()
