"""Pure decisions about processes: who counts as alive, how long to wait before a restart."""

from dataclasses import dataclass
from datetime import datetime, timedelta

ALIVE, SILENT = "ok", "not alive"
LONGEST_PAUSE = 10.0
STEADY = 30.0  # seconds after which a process is no longer taken to fail at its start


@dataclass(frozen=True, slots=True)
class Health:
    """What `GET /health` says of each part: "ok" or "not alive"."""

    web: str
    worker: str
    intake: str
    database: str

    @property
    def ok(self) -> bool:
        """Whether every part is alive."""
        return {self.web, self.worker, self.intake, self.database} == {ALIVE}


def judge(
    now: datetime, *, database: bool, worker: datetime | None, intake: datetime | None, silence: timedelta
) -> Health:
    """A role is alive whose last heartbeat is no older than `silence`."""

    def state(last: datetime | None) -> str:
        return ALIVE if last is not None and now - last <= silence else SILENT

    return Health(ALIVE, state(worker), state(intake), ALIVE if database else SILENT)


def pause_before_restart(failures: int) -> float:
    """Seconds to wait after `failures` quick deaths in a row: 0.1, 0.2, 0.4 … 10."""
    return min(LONGEST_PAUSE, 0.1 * 2 ** max(failures - 1, 0)) if failures else 0.0
