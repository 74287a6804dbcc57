"""Grouping questions into gaps: 1,000, 10,000 and 100,000 of them, and the place of one new question."""

import resource
import time

import numpy as np
from numpy.typing import NDArray

from firstline.knowledge.rules import grouping
from firstline.operations.bench.report import Row

SIZES = (1_000, 10_000, 100_000)
DIMENSIONS, A_TOPIC, SEED = 384, 20, 7
LIMIT_SECONDS, LIMIT_MB, LIMIT_PLACE_MS = 600.0, 2000.0, 50.0
SLACK = 2.0
"""How far the growth may lie above n log n: the small run fits the processor's cache."""

Vectors = NDArray[np.float32]


def measure() -> Row:
    """CPU of the grouping alone, over made-up vectors: topics of very unequal sizes with a common part."""
    cpu: dict[int, float] = {}
    wall = 0.0
    for size in SIZES:
        vectors = _vectors(size)
        before, began = time.process_time(), time.perf_counter()
        found = grouping.group(vectors)
        cpu[size], wall = time.process_time() - before, time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    place_ms = _place(vectors, found.proposed)
    growth = cpu[SIZES[2]] / cpu[SIZES[1]]
    expected = SIZES[2] * np.log(SIZES[2]) / (SIZES[1] * np.log(SIZES[1]))
    return Row(
        name="gaps",
        n=SIZES[-1],
        target=f"100k ≤ {LIMIT_SECONDS / 60:g} min, ≤ {LIMIT_MB / 1000:g} GB, as n log n or better",
        ok=wall <= LIMIT_SECONDS and memory <= LIMIT_MB and growth <= SLACK * expected and place_ms <= LIMIT_PLACE_MS,
        cpu_ms=round(1000 * cpu[SIZES[-1]] / SIZES[-1], 3),
        per_s=round(SIZES[-1] / wall, 1),
        floor=round(float(expected), 2),
        ratio=round(growth / expected, 2),
        details={
            **{f"cpu_s_{size}": round(seconds, 1) for size, seconds in cpu.items()},
            "wall_s_100000": round(wall, 1),
            "peak_memory_mb": round(memory),
            "place_ms": round(place_ms, 2),
            "growth_10k_to_100k": round(growth, 1),
        },
    )


def _place(vectors: Vectors, labels: NDArray[np.int64]) -> float:
    """Milliseconds to find the group of one new question among all."""
    scale = grouping.Scale.of(vectors)
    means = grouping.means_of(scale.apply(vectors), labels)
    began = time.perf_counter()
    for row in vectors[:50]:
        grouping.nearest(scale.apply(row[None, :])[0], means, scale.propose)
    return (time.perf_counter() - began) * 1000 / 50


def _vectors(size: int) -> Vectors:
    """Unit vectors around size / 20 topics, the i-th as frequent as 1 / i^0.8, all with a common part."""
    random = np.random.default_rng(SEED)
    topics = size // A_TOPIC
    common = random.standard_normal(DIMENSIONS, dtype=np.float32)
    centres = random.standard_normal((topics, DIMENSIONS), dtype=np.float32) + 0.4 * common
    shares = 1 / np.arange(1, topics + 1) ** 0.8
    drawn = random.choice(topics, size, p=shares / shares.sum())
    vectors = centres[drawn] + 0.75 * random.standard_normal((size, DIMENSIONS), dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
