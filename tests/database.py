"""The run's server: started by whichever worker first needs it, stopped by the process that began the run."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo, sql

from firstline.operations import processes
from firstline.operations.postgres import FOR_TESTS, Cluster

PREFIX = "firstline-run-"


def run_folder() -> Path:
    """The folder of this run, made by firstline/config/settings_test.py; its name holds the first process's id."""
    return Path(os.environ["FIRSTLINE_TEST_RUN"])


def sweep() -> None:
    """Stop and remove what killed runs have left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if not processes.alive(int(owner)) and os.access(folder, os.W_OK):
            remove(folder)


def remove(folder: Path) -> None:
    """Stop the server below `folder`, or drop what the run made on an outside one, and delete the folder."""
    if (folder / "postgres.lock").exists():
        Cluster(folder).stop()
    elif (folder / "migrated").exists() and "FIRSTLINE_DATABASE_URL" in os.environ:
        with psycopg.connect(_outside(), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(_template(folder))))
    shutil.rmtree(folder, ignore_errors=True)


def create(folder: Path, worker: str) -> str:
    """Point Django at a fresh copy of the migrated template; returns the copy's name."""
    name = f"{_template(folder)}_{worker}"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = _server(folder)
        if not (folder / "migrated").exists():
            _create(server, _template(folder), "template1")
            _point_django_at(server, _template(folder))
            _migrate()
            (folder / "migrated").touch()
        _create(server, name, _template(folder))
    _point_django_at(server, name)
    return name


def drop(folder: Path, name: str) -> None:
    """Drop a worker's database; sessions that a test has forgotten are ended."""
    from django.db import connections

    connections.close_all()
    with psycopg.connect(_server(folder), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _template(folder: Path) -> str:
    return folder.name.replace("-", "_").lower()


def _outside() -> str:
    return os.environ.get("FIRSTLINE_DATABASE_URL", "")


def _server(folder: Path) -> str:
    """The address by which databases are made; starts the run's own server if it does not run yet."""
    if _outside():
        return _outside()
    folder.chmod(0o755)  # the database's user has to pass through it
    cluster = Cluster(folder, extra=FOR_TESTS)
    if cluster.pid() is None:
        cluster.start(follow_parent=False)
    return cluster.url("super", "postgres")


def _create(server: str, name: str, template: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    if not _outside():
        statement += sql.SQL(" OWNER firstline_owner")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection, connections

    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:  # Django empties all tables after a test that really commits
        for table in ("auditentry", "auditpersonal", "auditlink"):
            cursor.execute(f"ALTER TABLE events_{table} DISABLE TRIGGER audit_no_truncate")
    connections.close_all()


def _point_django_at(server: str, name: str) -> None:
    """Change the one settings entry that all of Django's connections share; tests act as the owner of the tables."""
    from django.conf import settings

    from firstline.config.database import entry

    address = server if _outside() else Cluster(run_folder()).url("owner")
    new: dict[str, Any] = entry(conninfo.make_conninfo(address, dbname=name), pooled=False)
    settings.DATABASES["default"].update(new)
