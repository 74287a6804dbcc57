"""Runs the queue's jobs here and now, on Django's own connection and inside the caller's transaction."""

import json

from django.db import connection
from procrastinate.contrib.django import app

from firstline.core import clock

TAKE = """
DELETE FROM procrastinate_jobs WHERE id = (
    SELECT id FROM procrastinate_jobs
    WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= %s)
    ORDER BY priority DESC, id LIMIT 1)
RETURNING task_name, args
"""


def forget(task: str) -> None:
    """Drop the waiting jobs of a task, because what they would do one by one is done at once."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s", [task])


def run_due() -> int:
    """Run every job that is due by the desk's clock, the most urgent first, until none is left; returns how many.

    What a job raises ends the run: a story that does not come true must not be half told.
    """
    ran = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [clock.now()])
            taken = cursor.fetchone()
        if taken is None:
            return ran
        name, arguments = taken
        app.tasks[name].func(**json.loads(arguments))
        ran += 1
