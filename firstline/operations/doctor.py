"""`firstline doctor`: looks at every setting and part of the desk, and says what to do about what is not right."""

import os
import shutil
import socket
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal
from urllib.parse import urlsplit

from firstline.core import environment
from firstline.core.commands import DONE, NOT_SO, print_json

LEAST_DISK = 1_000_000_000  # bytes
OLDEST_SERVER = 150000
Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `advice` says what to do, and is empty when all is well."""

    check: str
    level: Level
    found: str
    advice: str = ""


def run(*, as_json: bool) -> int:
    """Print the findings; 1 when one of them keeps the desk from working, else 0."""
    findings = list(examine())
    ok = all(finding.level != "fail" for finding in findings)
    if as_json:
        print_json({"ok": ok, "checks": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            mark = {"ok": "ok  ", "warn": "note", "fail": "FAIL"}[finding.level]
            print(
                f"{mark}  {finding.check:<10} {finding.found}"
                + (f"\n      → {finding.advice}" if finding.advice else "")
            )
    return DONE if ok else NOT_SO


def examine() -> Iterator[Finding]:
    """All findings in the order in which one would mend them; stops where the rest cannot be looked at."""
    try:
        import django

        django.setup()
    except environment.BadSetting as error:
        yield Finding(
            "settings", "fail", str(error), "Correct this variable; docs/reference/settings.md lists them all."
        )
        return
    yield Finding("settings", "ok", "all variables can be read")
    for check in (account, home, desk_key, addresses, models, outgoing):
        yield check()
    yield from database()
    yield from mailboxes()
    yield from safety()
    yield from ports()


def account() -> Finding:
    """Who we are."""
    if os.geteuid() != 0:
        return Finding("account", "ok", "not root")
    if environment.text("FIRSTLINE_ALLOW_ROOT") == "1":
        return Finding(
            "account", "warn", "root, allowed by FIRSTLINE_ALLOW_ROOT", "Use an account of its own in production."
        )
    return Finding(
        "account", "fail", "root", "Use another account, or set FIRSTLINE_ALLOW_ROOT=1 on a machine of its own."
    )


def home() -> Finding:
    """The data folder: there, writable, with room."""
    folder = environment.home()
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return Finding(
            "data", "fail", f"{folder} is not a folder we can write to", "Set FIRSTLINE_HOME to one, or create it."
        )
    free = shutil.disk_usage(folder).free
    if free < LEAST_DISK:
        return Finding(
            "data", "fail", f"{free / 1e9:.1f} GB free at {folder}", "Free at least 1 GB: mail is refused without room."
        )
    return Finding("data", "ok", f"{folder}, {free / 1e9:.0f} GB free")


def desk_key() -> Finding:
    """The key that opens everything kept sealed."""
    from firstline.core import sealing

    try:
        sealing.desk_key()
    except (environment.BadSetting, OSError) as error:
        return Finding(
            "desk key", "fail", str(error), "Restore the key from its backup; without it no kept mail opens."
        )
    if environment.text("FIRSTLINE_DESK_KEY"):
        return Finding("desk key", "ok", "from the environment; the same on every machine of this desk")
    file = sealing.key_file()
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        return Finding("desk key", "fail", f"{file} can be read by others", f"Run: chmod 600 {file}")
    return Finding("desk key", "ok", f"{file}; back it up apart from the database")


def addresses() -> Finding:
    """Where the desk and foreign content are served."""
    from django.conf import settings

    if settings.BASE_URL.startswith("http:"):
        return Finding("address", "ok", f"{settings.BASE_URL}, on this machine only")
    if not settings.CONTENT_URL or urlsplit(settings.CONTENT_URL).hostname == urlsplit(settings.BASE_URL).hostname:
        return Finding(
            "address",
            "fail",
            f"{settings.BASE_URL} has no host of its own for content",
            "Set FIRSTLINE_CONTENT_URL to another host.",
        )
    return Finding("address", "ok", f"{settings.BASE_URL}, content at {settings.CONTENT_URL}")


def models() -> Finding:
    """The language model."""
    from firstline.models_ai import folder

    found = folder.find()
    if found is None:
        return Finding(
            "model",
            "warn",
            f"none in {folder.configured()}; search goes by words alone",
            "Run: firstline models install",
        )
    return Finding("model", "ok", str(found))


def outgoing() -> Finding:
    """Where replies go out."""
    address = environment.text("FIRSTLINE_OUTGOING_SMTP")
    if not address:
        return Finding(
            "outgoing",
            "warn",
            "no outgoing server: replies are kept at /outbox/",
            "Set FIRSTLINE_OUTGOING_SMTP to send.",
        )
    parts = urlsplit(address)
    number = parts.port or (465 if parts.scheme == "smtps" else 25)
    try:
        socket.create_connection((parts.hostname or "", number), timeout=3).close()
    except OSError as error:
        return Finding(
            "outgoing",
            "fail",
            f"{parts.hostname}:{number} does not answer: {error}",
            "Correct FIRSTLINE_OUTGOING_SMTP.",
        )
    return Finding("outgoing", "ok", f"{parts.hostname}:{number} answers")


def database() -> Iterator[Finding]:
    """The server, its version and encoding, the role, pgvector, the schema."""
    from django.db import DatabaseError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int, current_setting('server_version'),"
                " current_setting('server_encoding'), current_user,"
                " (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),"
                " (SELECT extversion FROM pg_extension WHERE extname = 'vector'),"
                " (SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user)"
            )
            number, version, encoding, user, superuser, vector, owned = cursor.fetchall()[0]
    except DatabaseError as error:
        outside = bool(environment.text("FIRSTLINE_DATABASE_URL"))
        advice = "Correct FIRSTLINE_DATABASE_URL, or start that server." if outside else "Start the desk: firstline up"
        yield Finding("database", "fail", str(error).strip().splitlines()[0], advice)
        return
    if number < OLDEST_SERVER or encoding != "UTF8":
        yield Finding(
            "database", "fail", f"PostgreSQL {version}, {encoding}", "Use PostgreSQL 15 or newer with encoding UTF8."
        )
    else:
        yield Finding("database", "ok", f"PostgreSQL {version}, UTF-8")
    yield role(user, superuser=superuser, owned=owned)
    yield vectors(vector)
    yield schema()


def mailboxes() -> Iterator[Finding]:
    """The mailboxes that the desk reads itself, and the grants they need."""
    from django.db import DatabaseError

    from firstline.inboxes import conditions

    try:
        found = [conditions.condition(inbox) for inbox in conditions.all_inboxes()]
    except DatabaseError:
        return  # said by the database's own line
    for one in found:
        if one.state == "consent":
            yield Finding(
                "mailbox", "fail", f"{one.inbox.name}: access missing", "Connect it under /settings/inboxes/."
            )
        elif one.state == "failing" and one.mailbox is not None:
            yield Finding("mailbox", "fail", f"{one.inbox.name}: {one.mailbox.failure}", "Correct its settings.")
        elif one.state == "connecting":
            yield Finding("mailbox", "warn", f"{one.inbox.name}: not read now", "Start the desk: firstline up")
        elif one.is_fetched and one.state != "off":
            yield Finding("mailbox", "ok", f"{one.inbox.name} is read")


def safety() -> Iterator[Finding]:
    """Whom the desk calls when somebody may be in danger, and where help is found: set before it goes live (D-14)."""
    from django.db import DatabaseError

    from firstline.moderation.models import Helpline, SafetyContact

    try:
        contacts, lines = SafetyContact.objects.filter(user__is_active=True).count(), Helpline.objects.count()
    except DatabaseError:
        return  # said by the database's own line
    found = f"{contacts} safety contacts, {lines} helplines"
    if contacts < 2 or not lines:
        yield Finding("safety", "warn", found, "Name two contacts and a helpline under /settings/safety/.")
    else:
        yield Finding("safety", "ok", found)


def role(user: str, *, superuser: bool, owned: int) -> Finding:
    """Whether the desk runs as a role that cannot change its own tables and audit."""
    if superuser or owned:
        return Finding(
            "role",
            "warn",
            f"the desk runs as {user}, which " + ("is a superuser" if superuser else "owns its tables"),
            "Give it a role of its own, and FIRSTLINE_MIGRATE_URL the owner: docs/install.md says how.",
        )
    return Finding("role", "ok", f"{user}, which owns no table")


def vectors(version: str | None) -> Finding:
    """pgvector, or what stands in for it."""
    if version is None or tuple(int(part) for part in version.split(".")[:2]) < (0, 8):
        return Finding(
            "vectors", "warn", f"pgvector {version or 'is absent'}: each process keeps its own small index instead"
        )
    return Finding("vectors", "ok", f"pgvector {version}")


def schema() -> Finding:
    """Whether the schema is that of this code."""
    from firstline.operations.preparing import migrations_wait

    if migrations_wait():
        return Finding("schema", "fail", "older than this version of the desk", "Run: firstline migrate")
    return Finding("schema", "ok", "up to date")


def ports() -> Iterator[Finding]:
    """Whether the ports serve us, or are free."""
    from firstline.operations.supervisor import answers, port

    for name, default, check in (("FIRSTLINE_PORT", 8000, "web port"), ("FIRSTLINE_SMTP_PORT", 2525, "mail port")):
        number = port(name, default)
        ours = answers(number) and (_is_desk(number) if check == "web port" else True)
        if answers(number) and not ours:
            yield Finding(check, "fail", f"{number} is taken by another program", f"Set {name} to a free port.")
        else:
            yield Finding(check, "ok", f"{number} " + ("serves" if ours else "is free; the desk is not running"))


def _is_desk(number: int) -> bool:
    """Whether a desk answers at /health."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", number, timeout=3)
    try:
        connection.request("GET", "/health", headers={"Host": "localhost"})
        return b'"worker"' in connection.getresponse().read(1000)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
