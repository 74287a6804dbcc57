"""Memory of the whole desk, PostgreSQL included."""

import time

from firstline.operations.bench import mails, meter, whole
from firstline.operations.bench.report import Row

IDLE_MB, AFTER_MB = 450.0, 700.0
SETTLE_S = 8.0
MAILS = 300
PAGES = 200


def measure() -> Row:
    """PSS a few seconds after the start; again after articles were indexed, mails processed and pages read."""
    with whole.fresh_home() as home, whole.running_desk(home) as desk:
        time.sleep(SETTLE_S)
        idle, parts = _measured(desk)
        desk.run("packs", "install", "npm")
        desk.deliver(mails.mails(MAILS, to="support@localhost", tag=f"m{home.name[-6:]}"))
        desk.wait_until_processed()
        cookie = desk.sign_in()
        for _ in range(PAGES):
            desk.page("/desk/open/", cookie)
        after, worked = _measured(desk)
    return Row(
        name="memory",
        n=1,
        target=f"idle ≤ {IDLE_MB:g} MB, after work ≤ {AFTER_MB:g} MB",
        ok=idle <= IDLE_MB and after <= AFTER_MB,
        details={
            "idle_mb": round(idle),
            "after_mb": round(after),
            **{f"idle_{name}_mb": round(value) for name, value in parts.items()},
            **{f"after_{name}_mb": round(value) for name, value in worked.items()},
        },
    )


def _measured(desk: whole.Desk) -> tuple[float, dict[str, float]]:
    parts = {name: meter.pss_bytes(pids) / 1e6 for name, pids in desk.processes().items()}
    return sum(parts.values()), parts
