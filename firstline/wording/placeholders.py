"""Placeholders that a macro or a hurried writer left in a draft."""

import re

from firstline.wording.words import without_code

_ANYWHERE = re.compile(
    r"(?<!\$)\{\{[^}\n]{0,60}\}\}|\{%[^%\n]{0,60}%\}|%[A-Z][A-Z_]{2,30}%|\$\{(?:name|user|contact|package|date)\}",
    re.IGNORECASE,
)
_IN_PROSE = re.compile(
    r"\[(?:todo|tbd|tbc|fixme|xxx|insert|name|link|date|your|package|customer|contact|user|version|number|add"
    r"|fill|url|time|agent|team)\b[^\]\n]{0,60}\](?!\()"
    r"|<(?:name|your[ _-]?name|first[ _-]?name|last[ _-]?name|customer|contact|user(?:[ _-]?name)?"
    r"|package(?:[ _-]?name)?|link|url|date|time|version|agent|insert[^>\n]{0,40}|todo|tbd|number|ticket)>"
    r"|\b(?:TODO|FIXME|TBD|XXX+|TK TK|lorem ipsum)\b"
    r"|\{(?:name|first_?name|last_?name|user(?:name)?|contact(?:\.\w+)?|customer(?:\.\w+)?|package|link|date"
    r"|version|agent)\}"
    r"|_{4,}",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    r"^\s*(?:\$ |> )?(?:npm|npx|yarn|pnpm|pip|git|curl|node|cargo|gem|docker|twine|export|set)\b.*$", re.MULTILINE
)


def left(draft: str) -> list[str]:
    """The placeholders in a draft; `<package>` within code or on a command's line is not one."""
    prose = _COMMAND.sub(" ", without_code(draft))
    found = [match.group() for match in _ANYWHERE.finditer(without_code(draft))]
    return found + [match.group() for match in _IN_PROSE.finditer(prose)]
