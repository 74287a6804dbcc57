"""What a desk needs before it serves: the schema, an inbox, a way in for the first admin, the demo if asked for."""

from dataclasses import dataclass

from firstline.core import environment


@dataclass(frozen=True, slots=True)
class Ready:
    """`link`: path of a one-time sign-in link, "" once someone has signed in; `admin` and `support`: addresses."""

    link: str
    admin: str
    support: str


def prepare() -> Ready:
    """Migrate, then make what is missing. May run at every start."""
    from django.core.management import call_command

    if migrations_wait():
        call_command("migrate", verbosity=0, interactive=False)
    from firstline.inboxes.actions import ensure_default_inbox

    inbox = ensure_default_inbox()
    link, admin = first_way_in()
    return Ready(link, admin, inbox.address)


def migrations_wait() -> bool:
    """Whether the schema is behind the code; cheaper than `migrate`, which also looks through all permissions."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def first_way_in() -> tuple[str, str]:
    """A fresh sign-in link for the first admin until somebody has signed in, and that admin's address."""
    from firstline.accounts.actions import create_sign_in_link, create_user
    from firstline.accounts.models import User
    from firstline.accounts.permissions import Role

    admin = User.objects.filter(roles__contains=[Role.ADMIN.value], is_active=True).order_by("pk").first()
    if admin is None:
        address = environment.text("FIRSTLINE_ADMIN_EMAIL", "admin@localhost")
        admin = create_user(address, name="Admin", roles=[Role.AGENT, Role.LEAD, Role.ADMIN])
    if User.objects.exclude(last_login=None).exists():
        return "", admin.email
    return create_sign_in_link(admin), admin.email
