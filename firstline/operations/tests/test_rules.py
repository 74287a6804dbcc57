from datetime import UTC, datetime, timedelta

import pytest

from firstline.operations.rules import judge, pause_before_restart

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SILENCE = timedelta(seconds=12)


def test_all_alive() -> None:
    health = judge(NOW, database=True, worker=NOW, intake=NOW - SILENCE, silence=SILENCE)

    assert health.ok
    assert (health.web, health.worker, health.intake, health.database) == ("ok", "ok", "ok", "ok")


@pytest.mark.parametrize("last", [None, NOW - timedelta(seconds=12.1)])
def test_a_silent_worker_is_named(last: datetime | None) -> None:
    health = judge(NOW, database=True, worker=last, intake=NOW, silence=SILENCE)

    assert not health.ok
    assert health.worker == "not alive"
    assert health.intake == "ok"


def test_pauses_grow_and_are_capped() -> None:
    assert [pause_before_restart(n) for n in (0, 1, 2, 3, 20)] == [0.0, 0.1, 0.2, 0.4, 10.0]
