"""Hand-written SQL for the few paths that every mail takes, on Django's own connection and in its transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

import psycopg
from django.db import connection


def run(statement: LiteralString, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows; the server binds the parameters and keeps the plan.

    Arrays of many rows go in one round trip. Raises Django's database errors.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, parameters, prepare=True).fetchall()
