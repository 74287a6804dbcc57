"""`firstline up|web|worker|intake`, `database …`, `doctor`, `admin create`, `bench …`."""

import argparse

from firstline.core.commands import DONE, NOT_SO, Commands, print_json, say


def add(commands: Commands) -> None:
    """Register this slice's commands."""
    commands.add("up", run=up, configure=_demo_option, help="Run the whole desk on this machine until Ctrl-C.")
    commands.add("web", run=web, help="Run the web role alone.")
    commands.add("worker", run=worker, help="Run the worker role alone.")
    commands.add("intake", run=intake, help="Run the intake role (the mail listener) alone.")
    commands.add("status", run=status, help="Serve the status page from its files alone, whatever else is down.")
    commands.add(
        "database prepare",
        run=database_prepare,
        configure=_json_option,
        help="Migrate, and make the first inbox and admin if there is none.",
        django=True,
    )
    commands.add(
        "doctor", run=doctor, configure=_json_option, help="Check settings, database and files; say what to do."
    )
    commands.add(
        "admin create",
        run=admin_create,
        configure=_admin_options,
        help="Add an admin, or give one a new way in.",
        django=True,
    )


def up(options: argparse.Namespace) -> int:
    """Run everything in the foreground."""
    from firstline.operations import supervisor

    return supervisor.up(demo=options.demo)


def web(_options: argparse.Namespace) -> int:
    """The web role."""
    from firstline.operations import supervisor
    from firstline.operations.web import run_web

    return NOT_SO if supervisor.refuse_root() else run_web()


def worker(_options: argparse.Namespace) -> int:
    """The worker role."""
    from firstline.operations import supervisor
    from firstline.operations.worker import run_worker

    return NOT_SO if supervisor.refuse_root() else run_worker()


def intake(_options: argparse.Namespace) -> int:
    """The intake role."""
    from firstline.operations import supervisor
    from firstline.operations.intake import run_intake

    return NOT_SO if supervisor.refuse_root() else run_intake()


def status(_options: argparse.Namespace) -> int:
    """The status page's files."""
    from firstline.operations import status_page, supervisor

    return NOT_SO if supervisor.refuse_root() else status_page.run_alone()


def database_prepare(options: argparse.Namespace) -> int:
    """Print `{link, admin, support}`."""
    from dataclasses import asdict

    from firstline.operations.preparing import prepare

    ready = prepare()
    if options.json:
        print_json(asdict(ready))
    else:
        say(f"The database is up to date; mail goes to {ready.support}.")
    return DONE


def doctor(options: argparse.Namespace) -> int:
    """Print what was checked; status 1 when something needs doing."""
    from firstline.operations import doctor as checks

    return checks.run(as_json=options.json)


def admin_create(options: argparse.Namespace) -> int:
    """Print a one-time sign-in link with `--link`; status 1 when the address exists and no link was asked for."""
    from django.conf import settings

    from firstline.accounts.actions import create_sign_in_link, create_user
    from firstline.accounts.models import User
    from firstline.accounts.permissions import Role

    found = User.objects.filter(email__iexact=options.email).first()
    if found and not options.link:
        say(f"{found.email} exists already; --link gives a new way in.")
        return NOT_SO
    if found and not found.is_active:
        say(f"{found.email} was deactivated; no link is given.")
        return NOT_SO
    user = found or create_user(options.email, name=options.name, roles=[Role.ADMIN])
    link = settings.BASE_URL + create_sign_in_link(user) if options.link else ""
    if options.json:
        print_json({"email": user.email, "created": found is None, "link": link})
    else:
        print(link or f"{user.email} was added; give them a way in with --link.")
    return DONE


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _demo_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="load the demo desk into an empty database")


def _admin_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--email", required=True)
    parser.add_argument("--name", default="")
    parser.add_argument("--link", action="store_true", help="print a sign-in link that works once, within 24 hours")
    _json_option(parser)
