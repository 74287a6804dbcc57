"""Hand-written SQL for the few paths that every mail takes, on Django's own connection and in its transaction."""

from __future__ import annotations

import enum
import functools
from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

import psycopg
from django.db import connection, models


def run(statement: LiteralString, parameters: Mapping[str, object] | Sequence[object]) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows; the server binds the parameters and keeps the plan.

    Arrays of many rows go in one round trip. Raises Django's database errors.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, parameters, prepare=True).fetchall()


def insert_together(*rows: models.Model, unless_known: type[models.Model] | None = None) -> None:
    """Insert new rows of several tables by one statement and give each its id.

    A row may point to others that stand before it. Values and defaults are those that Django's own `save` would write;
    no signals are sent. A row of the model `unless_known` is left out where it would break a unique constraint: its id
    stays None.
    """
    places = {id(row): number for number, row in enumerate(rows)}
    pointing = tuple(
        (number, field.attname, places[id(row._state.fields_cache[field.name])])
        for number, row in enumerate(rows)
        for field in row._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and id(row._state.fields_cache.get(field.name)) in places
    )
    statement, columns = _insertion(tuple(type(row) for row in rows), pointing, unless_known)
    [ids] = run(statement, [_value(rows[number], field) for number, field in columns])
    for row, pk in zip(rows, ids, strict=True):
        row.pk, row._state.adding, row._state.db = pk, False, connection.alias
    for number, attname, place in pointing:
        setattr(rows[number], attname, rows[place].pk)


@functools.cache
def _insertion(
    kinds: tuple[type[models.Model], ...],
    pointing: tuple[tuple[int, str, int], ...],
    unless_known: type[models.Model] | None,
) -> tuple[LiteralString, list[tuple[int, models.Field[Any, Any]]]]:
    """The statement for rows of these models, and which field of which row each parameter is."""
    others = {(number, attname): place for number, attname, place in pointing}
    parts, columns = [], []
    for number, kind in enumerate(kinds):
        fields = [field for field in kind._meta.concrete_fields if not field.primary_key]
        values = []
        for field in fields:
            place = others.get((number, field.attname))
            values.append("%s" if place is None else f"(SELECT id FROM row{place})")  # noqa: S608  # a number
            columns += [(number, field)] if place is None else []
        names = ", ".join(f'"{field.column}"' for field in fields)
        known = " ON CONFLICT DO NOTHING" if kind is unless_known else ""
        parts.append(
            f'row{number} AS (INSERT INTO "{kind._meta.db_table}" ({names})'  # noqa: S608  # a model's names
            f" VALUES ({', '.join(values)}){known} RETURNING id)"
        )
    ids = ", ".join(f"(SELECT id FROM row{number})" for number in range(len(kinds)))  # noqa: S608
    return f"WITH {', '.join(parts)} SELECT {ids}", columns


def _value(row: models.Model, field: models.Field[Any, Any]) -> object:
    """The parameter for one field, as `save` would write it."""
    value = field.get_db_prep_save(field.pre_save(row, add=True), connection)
    return value.value if isinstance(value, enum.Enum) else value
