"""The `firstline` command: finds the slice that offers what was asked, sets Django up if needed, runs it.

Only the modules listed for the first word are imported, so that `firstline mail inspect` needs no database and
loads nothing it does not use. A word that is not listed goes to Django's own command runner.
"""

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator, Sequence

from firstline.core.commands import DONE, WRONG_USE, Command, Commands, listing, say

MODULES: dict[str, tuple[str, ...]] = {
    "up": ("firstline.operations.commands",),
    "web": ("firstline.operations.commands",),
    "worker": ("firstline.operations.commands",),
    "database": ("firstline.operations.commands",),
    "status": ("firstline.operations.commands",),
    "doctor": ("firstline.operations.commands",),
    "admin": ("firstline.operations.commands",),
    "bench": ("firstline.operations.bench.commands",),
    "seed": ("firstline.operations.demo.commands",),
    "intake": ("firstline.operations.commands", "firstline.intake.commands"),
    "inbox": ("firstline.intake.commands",),
    "ledger": ("firstline.ledger.commands",),
    "replay": ("firstline.intake.commands",),
    "mail": ("firstline.channels.commands", "firstline.intake.commands"),
    "models": ("firstline.models_ai.commands",),
    "search": ("firstline.search.commands",),
    "packs": ("firstline.knowledge.commands",),
    "helpcenter": ("firstline.operations.exporting",),
    "diagnose": ("firstline.evidence.commands",),
    "redact": ("firstline.evidence.commands",),
    "cover": ("firstline.covers.commands",),
    "audit": ("firstline.events.commands",),
    "person": ("firstline.privacy.commands",),
    "retention": ("firstline.privacy.commands",),
    "eval": (
        "firstline.channels.email.evaluation.commands",
        "firstline.wording.commands",
        "firstline.covers.commands",
        "firstline.escalations.commands",
        "firstline.incidents.commands",
        "firstline.search.commands",
        "firstline.evidence.commands",
        "firstline.answers.commands",
        "firstline.knowledge.commands",
        "firstline.savings.commands",
    ),
}
"""First word of a command → the modules whose `add(commands)` register it."""

GROUPS: dict[str, tuple[str, ...]] = {
    "Run the desk": (
        "up",
        "web",
        "worker",
        "intake",
        "database",
        "status",
        "doctor",
        "admin",
        "audit",
        "person",
        "retention",
        "seed",
    ),
    "Mail and inboxes": ("inbox", "mail", "ledger", "replay"),
    "Answers": ("models", "search", "packs", "helpcenter", "diagnose", "redact", "cover"),
    "Measure": ("eval", "bench"),
}

ROLES = ("web", "worker", "intake")
WITHOUT_DATABASE = ("makemigrations", "check", "collectstatic", "makemessages", "compilemessages", "help", "version")
AS_OWNER = ("database prepare", "bench seed")  # they change tables, or load them past the app's rights
INTERRUPTED = 130

DJANGO_HELP = """Django's own:
  migrate, makemigrations, shell, check, …  (firstline help lists them)"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status (0 done, 1 not so, 2 wrong use)."""
    try:
        return _main(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader (`head`) has gone; Python would complain once more while leaving
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _main(words: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstline.config.settings")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # for vectors this small a second thread only spins
    if not words or words[0] in ("-h", "--help"):
        print(overview())
        return DONE if words else WRONG_USE
    if words[0] not in MODULES:
        return _django(words)
    if len(words) == 1 and words[0] in ROLES:
        os.environ.setdefault("FIRSTLINE_ROLE", words[0])  # database connections are pooled by role
    commands = load(words[0])
    found = commands.find(words)
    if found is None or (found[1][:1] in (["-h"], ["--help"]) and len(commands.below(found[0].name)) > 1):
        return _group_help(commands, words, found[0] if found else None)
    return _run(*found)


def load(word: str) -> Commands:
    """The commands whose first word is `word`."""
    commands = Commands()
    for module in MODULES[word]:
        importlib.import_module(module).add(commands)
    return commands


def overview() -> str:
    """Every command by group."""
    parts = ["usage: firstline COMMAND …\n"]
    for title, words in GROUPS.items():
        found = [command for word in words for command in load(word).below(word)]
        parts.append(f"{title}:\n{listing(found)}\n")
    return "\n".join([*parts, DJANGO_HELP])


def _group_help(commands: Commands, words: list[str], exact: Command | None) -> int:
    """List what begins with the words given; wrong use unless help was asked for."""
    asked = words[-1] in ("-h", "--help")
    prefix = exact.name if exact else words[0]
    text = f"usage: firstline {prefix} …\n\n{listing(commands.below(prefix))}"
    if exact:
        text = f"{exact.parser().format_help()}\n{listing(commands.below(prefix))}"
    if asked:
        print(text)
        return DONE
    say(text)
    return WRONG_USE


def _run(command: Command, rest: list[str]) -> int:
    try:
        options = command.parser().parse_args(rest)
    except SystemExit as leaving:  # argparse has said what is wrong (2), or printed its help (0)
        return int(leaving.code or 0)
    if not command.django:
        return command.run(options)
    with database(as_owner=command.name in AS_OWNER, prepared=command.name != "database prepare"):
        import django

        django.setup()
        return command.run(options)


def _django(words: list[str]) -> int:
    from django.core.management import execute_from_command_line

    if words[0] in WITHOUT_DATABASE:
        execute_from_command_line(["firstline", *words])
        return DONE
    with database(as_owner=words[0] == "migrate", prepared=words[0] != "migrate"):
        execute_from_command_line(["firstline", *words])
    return DONE


@contextlib.contextmanager
def database(*, as_owner: bool, prepared: bool) -> Iterator[None]:
    """A database to work with, found before Django reads its settings.

    The outside one, that of `firstline up`, or one started for this command, and then brought up to date if `prepared`
    says so. `as_owner` chooses the role that may change tables.
    """
    from firstline.core import environment

    if environment.text("FIRSTLINE_DATABASE_URL"):
        owner = environment.text("FIRSTLINE_MIGRATE_URL") if as_owner else ""
        os.environ.update({"FIRSTLINE_DATABASE_URL": owner} if owner else {})
        yield
        return
    from firstline.operations import postgres, supervisor

    running = postgres.Cluster(environment.home()).pid() is not None
    with postgres.borrowed(environment.home()) as cluster:
        if prepared and not running:
            supervisor.prepare(cluster, os.environ)
        if as_owner:
            os.environ["FIRSTLINE_DATABASE_URL"] = cluster.url("owner")
        yield


if __name__ == "__main__":
    sys.exit(main())
