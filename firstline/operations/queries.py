"""Is the desk alive? One read over the heartbeats of all roles."""

from datetime import timedelta

from django.db import DatabaseError, connection

from firstline.core import clock
from firstline.operations.rules import Health, judge

WORKER_BEAT = 3.0  # seconds between the worker's heartbeats
INTAKE_BEAT = 3.0
SILENCE = timedelta(seconds=12)  # three missed heartbeats, with room for a busy machine


def health() -> Health:
    """Who is alive, out of the database's point of view; the web process is alive by answering."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT max(last_heartbeat) FROM procrastinate_workers),"
                " (SELECT max(at) FROM operations_heartbeat WHERE role = 'intake')"
            )
            worker, intake = cursor.fetchone() or (None, None)
    except DatabaseError:
        return judge(clock.now(), database=False, worker=None, intake=None, silence=SILENCE)
    return judge(clock.now(), database=True, worker=worker, intake=intake, silence=SILENCE)
