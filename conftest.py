"""The test suite's ground: one throw-away PostgreSQL a run, a migrated template, a database a worker (ground.md G11).

Nothing is started until the first test asks for the database. With FIRSTLINE_DATABASE_URL set, its server is used
instead (the user in it must be allowed to create databases).
"""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker
from pytest_socket import socket_allow_hosts

from tests import database


def pytest_configure(config: pytest.Config) -> None:
    """Clear away what runs that were killed have left behind."""
    if not hasattr(config, "workerinput"):
        database.sweep()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove the run's folder."""
    if not hasattr(config, "workerinput"):
        database.remove(database.run_folder())


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    """Sockets reach this machine only."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _no_jobs_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that really commits leaves no jobs behind: Django's flush does not know procrastinate's tables."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        blocker: DjangoDbBlocker = request.getfixturevalue("django_db_blocker")
        with blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, worker_id: str
) -> Iterator[None]:
    """A database of this worker's own, copied from the run's migrated template."""
    with django_db_blocker.unblock():
        name = database.create(database.run_folder(), worker_id)
    yield
    with django_db_blocker.unblock():
        database.drop(database.run_folder(), name)


@pytest.fixture
def run_reactions(db: None) -> Callable[..., int]:
    """Run what the events queued until nothing due is left; returns how many jobs ran (tests/jobs.py)."""
    from tests.jobs import run_reactions

    return run_reactions
