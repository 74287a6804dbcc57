"""The worker role: procrastinate's worker, with the sweep of stalled jobs and the purge of old ones beside it."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from procrastinate import App

CONCURRENCY = 4
POLL = 0.5  # seconds; the next job of a busy lock waits for the poll, not for the end of the one before
STALLED_AFTER = 20.0  # seconds without a heartbeat of the worker that took the job
SWEEP_EVERY = 5.0
PURGE_EVERY = 3600.0
KEEP_FAILED_HOURS = 30 * 24
STOP_LIMIT = 1.0

log = logging.getLogger(__name__)


def run_worker() -> int:
    """Run jobs until SIGTERM or SIGINT; running ones get a second to end, else another worker does them again."""
    import django

    django.setup()
    from procrastinate.contrib.django import app

    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]  # Django's connector has it
    gc.collect()
    gc.freeze()
    with app.replace_connector(connector) as working:
        asyncio.run(_work(working))
    return 0


async def _work(app: "App") -> None:
    from firstline.operations.queries import WORKER_BEAT

    async with app.open_async():
        helpers = [asyncio.create_task(_repeat(SWEEP_EVERY, retry_stalled, app))]
        helpers.append(asyncio.create_task(_repeat(PURGE_EVERY, purge, app)))
        await app.run_worker_async(
            concurrency=CONCURRENCY,
            fetch_job_polling_interval=POLL,
            update_heartbeat_interval=WORKER_BEAT,
            stalled_worker_timeout=STALLED_AFTER,
            shutdown_graceful_timeout=STOP_LIMIT,
            delete_jobs="successful",
        )
        for helper in helpers:
            helper.cancel()


async def _repeat(seconds: float, function: "Callable[[App], Awaitable[None]]", app: "App") -> None:
    """Call it for ever; a database that is away is tried again at the next turn."""
    from procrastinate.exceptions import ConnectorException

    while True:
        try:
            await function(app)
        except ConnectorException:
            log.warning("%s will be tried again: the database did not answer", function.__name__)
        await asyncio.sleep(seconds)


async def retry_stalled(app: "App") -> None:
    """Queue again what a worker had taken that no longer shows signs of life; procrastinate does not by itself."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        log.warning("Job %s (%s) was left by a worker that died; it is queued again", job.id, job.task_name)
        await app.job_manager.retry_job(job)


async def purge(app: "App") -> None:
    """Delete finished jobs: succeeded ones that were not deleted at once, failed ones after thirty days."""
    await app.job_manager.delete_old_jobs(nb_hours=1)
    await app.job_manager.delete_old_jobs(
        nb_hours=KEEP_FAILED_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
