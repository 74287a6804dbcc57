"""`firstline eval replay`: how right the machine would have been over this desk's own history."""

import argparse
import datetime
import statistics
import time

from firstline.core.commands import Commands, print_json, say


def add(commands: Commands) -> None:
    """Register this slice's commands."""
    commands.add(
        "eval replay",
        run=eval_replay,
        configure=_options,
        help="Replay the desk's own answered questions, knowing only what was known at each date.",
        django=True,
    )


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", required=True, metavar="D", help="the first day, as 2026-01-31")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def eval_replay(options: argparse.Namespace) -> int:
    """Print `{since, n, answered, coverage, precision, interval, threshold, suggestions, topics, curve, …}`."""
    from firstline.answers.actions import replaying

    try:
        since = datetime.date.fromisoformat(options.since)
    except ValueError:
        say(f"Give the day as 2026-01-31, not {options.since!r}.")
        return 2
    started = time.monotonic()
    replay = replaying.run(replaying.ask(since, by=None).pk)
    figures = _figures(replay.pk) | {"seconds": round(time.monotonic() - started, 2)}
    if options.json:
        print_json(figures)
    else:
        print("\n".join(f"{name:14} {value}" for name, value in figures.items() if name not in ("topics", "curve")))
    return 0


def _figures(replay_id: int) -> dict[str, object]:
    from firstline.answers import measures, queries
    from firstline.answers.models import Replay

    replay = Replay.objects.get(pk=replay_id)
    points = queries.points(replay)
    steps = measures.curve(points)
    alone = measures.allowed(steps)
    beside = measures.allowed(steps, precision=measures.SUGGEST_PRECISION, bound=0.0)
    distances = list(replay.questions.filter(article__isnull=False).values_list("distance", flat=True))
    return {
        "since": str(replay.since),
        "n": len(points),
        "engine": replay.engine,
        "proposed": sum(point.sureness is not None for point in points),
        "right": sum(point.is_right for point in points),
        **_step(alone),
        "suggestions": _step(beside),
        "distance": round(statistics.median(distances), 3) if distances else None,
        "ece": measures.calibration_error(points),
        "topics": [_topic(topic) for topic in queries.topics(replay)],
        "curve": [_step(step) for step in steps],
    }


def _step(step: object) -> dict[str, object]:
    from firstline.answers.measures import Step

    if not isinstance(step, Step):
        return {"answered": 0, "coverage": 0.0, "precision": None, "interval": None, "threshold": None}
    return {
        "answered": step.answered,
        "coverage": round(step.coverage, 4),
        "precision": round(step.precision, 4),
        "interval": [round(step.low, 4), round(step.high, 4)],
        "threshold": step.threshold,
    }


def _topic(topic: object) -> dict[str, object]:
    from firstline.answers.queries import Topic

    assert isinstance(topic, Topic)
    said = {"inbox": topic.inbox, "case": topic.case, "n": topic.n, "proposed": topic.proposed, "right": topic.right}
    return said | _step(topic.step) | {"may_answer": topic.may_answer}
