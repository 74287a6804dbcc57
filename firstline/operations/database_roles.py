"""Roles, database and extensions of the desk's own server: one role owns and migrates, another runs (ground.md G6)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

DATABASE = "firstline"
NAMES = {"super": "firstline_super", "owner": "firstline_owner", "app": "firstline_app"}
EXTENSIONS = ("vector", "pg_trgm", "unaccent", "btree_gin", "citext")


def ensure(server_url: str, template_url: str, passwords: Mapping[str, str]) -> None:
    """Bring roles, extensions and database to what the desk needs; quick and without effect when they are there.

    `server_url` and `template_url` are the superuser's addresses of the databases `postgres` and `template1`.
    """
    import psycopg

    with psycopg.connect(server_url, autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
            return
        for role in ("owner", "app"):
            _ensure_role(server, NAMES[role], passwords[role])
        server.execute(f"GRANT {NAMES['app']} TO {NAMES['owner']}")  # so that migrations and tests can act as the app
        with psycopg.connect(template_url, autocommit=True) as template:
            _prepare_template(template)
        # Last, so that a crash before it is made good by the next start.
        server.execute(f"CREATE DATABASE {DATABASE} OWNER {NAMES['owner']}")


def _ensure_role(server: "psycopg.Connection[psycopg.rows.TupleRow]", name: str, password: str) -> None:
    from psycopg import sql

    if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone():
        server.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
    server.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), sql.Literal(password)))


def _prepare_template(template: "psycopg.Connection[psycopg.rows.TupleRow]") -> None:
    """What every database of this server has: extensions that only a superuser may add, and the app role's rights."""
    from psycopg import sql

    rows = template.execute("SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", (list(EXTENSIONS),))
    for (name,) in rows.fetchall():
        template.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
    owner, app = NAMES["owner"], NAMES["app"]
    template.execute(f"GRANT CREATE ON SCHEMA public TO {owner}")
    template.execute(f"GRANT USAGE ON SCHEMA public TO {app}")
    for right, kind in (
        ("SELECT, INSERT, UPDATE, DELETE", "TABLES"),
        ("USAGE, SELECT", "SEQUENCES"),
        ("EXECUTE", "FUNCTIONS"),
    ):
        template.execute(f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT {right} ON {kind} TO {app}")
