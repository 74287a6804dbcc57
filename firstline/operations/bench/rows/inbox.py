"""A view's page of fifty rows with the sidebar's counts."""

from django.urls import reverse

from firstline.conversations.models import Conversation, Status
from firstline.operations.bench import desk, pages
from firstline.operations.bench.report import Row

TARGET_MS = 30.0
SAME = 0.2


def measure() -> Row:
    """First page of the open view; its first page and one half-way down the resolved view must cost the same."""
    user = pages.agent()
    cookie = desk.sign_in(user.pk)
    first = reverse("conversations:list", args=["open"])
    resolved = reverse("conversations:list", args=["resolved"])
    deep, depth = _half_way(resolved)
    floor = pages.floor(pages.statements(user, first))
    with desk.running_web() as web:
        timing = pages.timed(web, cookie, [first])
        shallow_ms = pages.timed(web, cookie, [resolved]).cpu_ms
        deep_ms = pages.timed(web, cookie, [deep]).cpu_ms
    return Row(
        name="inbox",
        n=timing.n,
        target=f"≤ {TARGET_MS:g} ms CPU; a deep page as the first ± 20 %",
        ok=timing.cpu_ms <= TARGET_MS and deep_ms <= shallow_ms * (1 + SAME),
        cpu_ms=round(timing.cpu_ms, 2),
        p50_ms=round(timing.p50_ms, 1),
        p95_ms=round(timing.p95_ms, 1),
        per_s=round(timing.per_s, 1),
        floor=round(floor.cpu_ms, 2),
        ratio=round(timing.cpu_ms / floor.cpu_ms, 2) if floor.cpu_ms else None,
        details={
            "resolved_first_page_cpu_ms": round(shallow_ms, 2),
            "resolved_page": depth,
            "deep_page_cpu_ms": round(deep_ms, 2),
        },
    )


def _half_way(path: str) -> tuple[str, int]:
    """The address of the page in the middle of the resolved view, or the 10,000th, and its number."""
    resolved = Conversation.objects.filter(status=Status.RESOLVED).order_by("-sort_at", "-pk")
    rows = min(resolved.count() // 2, 500_000)
    sort_at, pk = resolved.values_list("sort_at", "pk")[rows]
    return f"{path}?after={sort_at.isoformat().replace('+', '%2B')},{pk}", rows // 50
