from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory

from firstline.core import clock
from firstline.operations import actions, views
from firstline.operations.models import Heartbeat
from firstline.operations.queries import SILENCE

pytestmark = pytest.mark.django_db


def worker_beats() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def ask(rf: RequestFactory) -> tuple[int, bytes]:
    response = views.health(rf.get("/health"))
    return response.status_code, response.content


def test_all_alive(rf: RequestFactory) -> None:
    worker_beats()
    actions.beat("intake")

    assert ask(rf) == (
        200,
        b'{"status": "ok", "web": "ok", "worker": "ok", "intake": "ok", "database": "ok"}',
    )


def test_a_dead_worker_is_named(rf: RequestFactory) -> None:
    actions.beat("intake")

    status, said = ask(rf)

    assert status == 503
    assert b'"worker": "not alive"' in said
    assert b'"intake": "ok"' in said


def test_an_old_heartbeat_does_not_count(rf: RequestFactory) -> None:
    worker_beats()
    actions.beat("intake")
    Heartbeat.objects.update(at=clock.now() - SILENCE - timedelta(seconds=1))

    status, said = ask(rf)

    assert status == 503
    assert b'"intake": "not alive"' in said


def test_beating_twice_keeps_one_row() -> None:
    actions.beat("intake")
    first = Heartbeat.objects.get().at
    actions.beat("intake")

    assert Heartbeat.objects.get().at > first
