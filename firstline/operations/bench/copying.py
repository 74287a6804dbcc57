"""Rows by COPY: the fastest way in, with every column that Django would fill."""

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, models

NULL = r"\N"


class Table:
    """Renders rows of one model as COPY text. Values must hold no tab, line break or backslash."""

    def __init__(self, model: type[models.Model], varying: Iterable[str]) -> None:
        """`varying` names the columns that `line` is given, in order; all others keep their field's default."""
        self.model = model
        self.varying = list(varying)
        fields = {field.column: field for field in model._meta.concrete_fields}
        fixed = {column: render(_default(field)) for column, field in fields.items() if column not in self.varying}
        self.columns = [*self.varying, *fixed]
        self.tail = "".join(f"\t{value}" for value in fixed.values()) + "\n"

    def line(self, *values: object) -> str:
        """One row."""
        return "\t".join([render(value) for value in values]) + self.tail

    def copy(self, lines: Iterable[str]) -> None:
        """Send the lines."""
        columns = ", ".join(f'"{column}"' for column in self.columns)
        statement = f"COPY {self.model._meta.db_table} ({columns}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write("".join(lines))

    def set_sequence(self) -> None:
        """Let the next row that Django inserts get a free id."""
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {table}", [table])  # noqa: S608  # a model's table


class Insert:
    """An INSERT of one row by hand-written SQL that stays right when the model gets a column."""

    def __init__(self, model: type[models.Model], varying: Iterable[str]) -> None:
        """`varying` names the columns that `values` is given, in order; all others keep their field's default."""
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        names = list(varying)
        fixed = {field.column: _parameter(_default(field)) for field in fields if field.column not in names}
        self._fixed = list(fixed.values())
        columns = [f'"{column}"' for column in [*names, *fixed]]
        self.sql = (
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})"  # noqa: S608  # a model's names
            f" VALUES ({', '.join(['%s'] * len(columns))}) RETURNING id"
        )

    def values(self, *varying: object) -> list[object]:
        """The parameters of one row."""
        return [*varying, *self._fixed]


def _parameter(value: object) -> object:
    from psycopg.types.json import Jsonb

    return Jsonb(value) if isinstance(value, dict | list) else value


@contextlib.contextmanager
def without_indexes(tables: Iterable[type[models.Model]], say: Callable[[str], None]) -> Iterator[None]:
    """Drop the tables' plain indexes while many rows come in and build them afterwards, which is several times faster.

    Needs the tables' owner. Unique ones stay: constraints rest on them.
    """
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique",
            [names],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '512MB'")
            for name, definition in indexes:
                say(f"building {name}")
                cursor.execute(definition)
            cursor.execute("RESET maintenance_work_mem")


def render(value: object) -> str:
    """A value in COPY's text format."""
    if value is None:
        return NULL
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value)
    return str(value)


def _default(field: "models.Field[Any, Any]") -> object:
    value: object = field.get_default()
    return value


def next_id(model: type[models.Model]) -> int:
    """The first id free above all rows."""
    top: Mapping[str, int | None] = model._default_manager.aggregate(top=models.Max("pk"))
    return (top["top"] or 0) + 1
