"""Writes docs/reference/commands.md from the commands themselves, and the pages made of tables: `make docs`."""

import argparse
from pathlib import Path

from firstline.config import requirements
from firstline.config.cli import DJANGO_HELP, GROUPS, load
from firstline.core.commands import Command
from firstline.privacy import data_map

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "commands.md"
HEAD = """\
# Commands

Every command prints for people by default; with `--json` it prints one JSON object (or JSON Lines, where it takes
many) and nothing else on standard output. Exit status: 0 done, 1 the thing asked about is not so, 2 wrong use.
Settings come from the environment alone: see [settings](settings.md). A command that needs the database uses that of
a running `firstline up`, or starts it for as long as it needs it.

This page is written by `make docs`.
"""


def page() -> str:
    """The page's text."""
    parts = [HEAD]
    for title, words in GROUPS.items():
        parts.append(f"## {title}\n")
        parts += [_section(command) for word in words for command in load(word).below(word)]
    parts.append(f"## Django's own\n\n{' '.join(DJANGO_HELP.splitlines()[1].split())}\n")
    return "\n".join(parts)


def _section(command: Command) -> str:
    parser = command.parser()
    actions = [action for action in parser._actions if not isinstance(action, argparse._HelpAction)]
    lines = [f"### `firstline {command.name}`", "", f"{command.help[0].upper()}{command.help[1:].rstrip('.')}."]
    if parser.epilog:
        lines[-1] += f" {parser.epilog}"
    if actions:
        lines += ["", *(_option(action) for action in actions)]
    return "\n".join(lines) + "\n"


def _option(action: argparse.Action) -> str:
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    takes_value = action.nargs != 0
    name = action.option_strings[0] if action.option_strings else metavar
    shown = f"{name} {metavar}" if action.option_strings and takes_value else name
    if action.choices:
        shown += f" ({', '.join(str(choice) for choice in action.choices)})"
    needed = " (needed)" if action.required and action.option_strings else ""
    said = f": {action.help % {'default': action.default}}" if action.help else ""
    return f"- `{shown}`{needed}{said}"


if __name__ == "__main__":
    PAGE.write_text(page())
    requirements.PAGE.write_text(requirements.page())
    (PAGE.parent / "data-map.md").write_text(data_map.page())
