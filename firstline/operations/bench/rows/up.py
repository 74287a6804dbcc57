"""`firstline up` on a fresh data folder: to the first page, then once more warm."""

from firstline.operations.bench import whole
from firstline.operations.bench.report import Row

FIRST_S, WARM_S = 30.0, 5.0
WARM_RUNS = 3


def measure() -> Row:
    """Seconds from the command to the sign-in page; the better of three warm starts, since neighbours disturb."""
    with whole.fresh_home() as home:
        with whole.running_desk(home) as first:
            first_s = first.seconds
        warm = []
        stops = []
        for _ in range(WARM_RUNS):
            with whole.running_desk(home) as desk:
                warm.append(desk.seconds)
            stops.append(desk.stop_seconds)
    return Row(
        name="up",
        n=1 + WARM_RUNS,
        target=f"warm ≤ {WARM_S:g} s, first ≤ {FIRST_S:g} s",
        ok=min(warm) <= WARM_S and first_s <= FIRST_S,
        p50_ms=round(sorted(warm)[len(warm) // 2] * 1000),
        details={
            "first_s": round(first_s, 2),
            "warm_s": round(min(warm), 2),
            "warm_worst_s": round(max(warm), 2),
            "stop_s": round(max(stops), 2),
        },
    )
