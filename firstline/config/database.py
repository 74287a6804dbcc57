"""The Django database entry out of a libpq address, many hosts allowed (stack.md section 7)."""

import os
from pathlib import Path
from typing import Any

from psycopg import ProgrammingError, conninfo

from firstline.core import environment

POOLED_ROLES = {"web", "worker", "intake"}


def from_environment(home: Path) -> dict[str, Any]:
    """The entry for FIRSTLINE_DATABASE_URL, else for the embedded cluster below `home`, whose supervisor leaves its
    address there.
    """
    address = environment.text("FIRSTLINE_DATABASE_URL")
    if not address:
        file = home / "secrets" / "database.url"
        address = file.read_text().strip() if file.exists() else f"dbname=firstline host={home / 'socket'}"
    return entry(address, pooled=os.environ.get("FIRSTLINE_ROLE") in POOLED_ROLES)


def entry(address: str, *, pooled: bool) -> dict[str, Any]:
    """A DATABASES entry; `address` is a URL or key=value string as libpq takes it. Raises BadSetting when it is not."""
    try:
        parts = dict(conninfo.conninfo_to_dict(address))
    except ProgrammingError as error:
        raise environment.BadSetting("FIRSTLINE_DATABASE_URL is not an address that PostgreSQL understands.") from error
    options: dict[str, Any] = {
        key: value for key, value in parts.items() if key not in {"dbname", "user", "password", "host", "port"}
    }
    options.setdefault("application_name", f"firstline-{os.environ.get('FIRSTLINE_ROLE', 'command')}")
    if "," in str(parts.get("host", "")):
        options.setdefault("target_session_attrs", "read-write")
        options.setdefault("connect_timeout", 2)
        options.setdefault("tcp_user_timeout", 3000)
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "firstline"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
