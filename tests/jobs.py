"""Running queued jobs inside a test, on Django's own connection and so inside the test's transaction."""

import inspect
from datetime import datetime
from typing import Any

from asgiref.sync import async_to_sync
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job
from procrastinate.retry import RetryDecision

from firstline.core import clock

LIMIT = 1000


def run_reactions(until: datetime | None = None) -> int:
    """Run every job due at `until` (default: now) as a worker would, highest priority first, until none is left.

    A job that raises is put off when its task asks for a retry, as the worker does; otherwise its exception fails the
    test. Returns how many jobs ran. Raises RuntimeError after 1,000, which means that jobs queue each other for ever.
    """
    for ran in range(LIMIT):
        row = _next(until or clock.now())
        if row is None:
            return ran
        _run(row)
    raise RuntimeError(f"More than {LIMIT} jobs ran: they seem to queue each other.")


def waiting(task: str = "") -> list[ProcrastinateJob]:
    """The jobs that are queued, due or not, oldest first; of one task if its full name is given."""
    rows = _table().filter(status="todo").order_by("id")
    return list(rows.filter(task_name=task) if task else rows)


def _table() -> Any:
    return ProcrastinateJob.objects.db_manager("default")


def _next(due: datetime) -> ProcrastinateJob | None:
    rows = _table().filter(status="todo").exclude(scheduled_at__gt=due)
    found: ProcrastinateJob | None = rows.order_by("-priority", "id").first()
    return found


def _run(row: ProcrastinateJob) -> None:
    task = app.tasks[row.task_name]
    if task.pass_context:
        raise NotImplementedError(f"{row.task_name} asks for procrastinate's context, which tests do not have.")
    function: Any = async_to_sync(task.func) if inspect.iscoroutinefunction(task.func) else task.func
    try:
        with transaction.atomic():  # a savepoint: what a failing job wrote is undone, as it is for a worker
            function(**row.args)
    except Exception as error:
        decision = _retry(task, row, error)
        if decision is None:
            raise
        _set(row, status="todo", attempts=row.attempts + 1, scheduled_at=decision.retry_at)
        return
    _set(row, status="succeeded", attempts=row.attempts + 1)


def _retry(task: Any, row: ProcrastinateJob, error: Exception) -> RetryDecision | None:
    if task.retry_strategy is None:
        return None
    job = Job(
        id=row.pk,
        queue=row.queue_name,
        lock=row.lock,
        queueing_lock=row.queueing_lock,
        task_name=row.task_name,
        attempts=row.attempts,
    )
    decision: RetryDecision | None = task.retry_strategy.get_retry_decision(exception=error, job=job)
    return decision


def _set(row: ProcrastinateJob, **values: str | int | datetime | None) -> None:
    """procrastinate's models refuse writes, so the row is changed by SQL."""
    from django.db import connection

    columns = ", ".join(f"{name} = %s" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE procrastinate_jobs SET {columns} WHERE id = %s", [*values.values(), row.pk])
