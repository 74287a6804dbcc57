"""The catalogues of the public pages: `python -m tests.catalogues` brings firstline/locale up to date.

What anybody may see outside the desk is translated: help centre and ask form. New texts come into the `.po`
files with an empty translation, which a test then misses; those that are gone go. The `.mo` files lie beside them, so
that nobody needs a compiler to run the desk.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "firstline" / "locale"
LANGUAGES = ("de", "fr")
PUBLIC = (
    "helpcenter/*.py",
    "helpcenter/templates/**/*.html",
    "ask/*.py",
    "ask/templates/ask/[!i]*.html",  # inbox.html is a page of the desk
    "channels/web/cases.py",
    "channels/web/asked.py",
    "intake/templates/**/receipt*.html",
    "knowledge/rendering.py",
    "core/templates/core/site.html",
    "core/templates/core/base.html",
    "incidents/templates/incidents/banner.html",
    "escalations/texts.py",
)
"""Files, below firstline/, whose words readers outside see."""
REASONS = "knowledge/models.py", "class UnhelpfulReason"
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}
Message = str | tuple[str, ...]


def public_messages() -> dict[Message, str]:
    """Every text of the public pages, with the file that it stands in first; plural texts as tuples."""
    found: dict[Message, str] = {}
    for file in sorted(path for pattern in PUBLIC for path in (ROOT / "firstline").glob(pattern)):
        for message in _messages(file, file.read_text(encoding="utf-8")):
            found.setdefault(message, str(file.relative_to(ROOT)))
    name, start = REASONS
    source = (ROOT / "firstline" / name).read_text(encoding="utf-8")
    reasons = source[source.index(start) :].split("\nclass ", 2)
    for message in _messages(Path(name), "class " + reasons[0].removeprefix("class ")):
        found.setdefault(message, f"firstline/{name}")
    return found


def _messages(file: Path, source: str) -> Iterable[Message]:
    code = f"({templatize(source)}\n)" if file.suffix == ".html" else source  # within brackets no indentation counts
    rows = extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS)
    return [message for _line, message, _comments, _context in rows if message]


def catalogue(language: str) -> Catalog:
    """What firstline/locale holds of one language; an empty one where there is none yet."""
    file = _po(language)
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as opened:
        return read_po(opened, locale=language)


def _empty(language: str) -> Catalog:
    """A catalogue without dates and names of people, so that writing it twice gives the same bytes."""
    fresh = Catalog(
        locale=language,
        header_comment="# The public pages of Firstline; written by python -m tests.catalogues.",
        project="Firstline",
        version="1",
        msgid_bugs_address="none",
        last_translator="none",
        language_team="none",
        charset="utf-8",
        fuzzy=False,
    )
    fresh.creation_date = fresh.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    return fresh


def compiled(filled: Catalog) -> bytes:
    """The catalogue as the `.mo` file that the desk reads."""
    out = io.BytesIO()
    write_mo(out, filled)
    return out.getvalue()


def bring_up_to_date(language: str) -> list[Message]:
    """Write the files of one language anew; returns the texts that still lack a translation."""
    known = catalogue(language)
    fresh = _empty(language)
    for message, file in public_messages().items():
        key = message[0] if isinstance(message, tuple) else message
        before = known.get(key)
        empty = ("",) * fresh.num_plurals if isinstance(message, tuple) else ""
        flags = {"python-format"} & set(before.flags if before else ())
        fresh.add(message, before.string if before else empty, locations=[(file, 0)], flags=flags)
    target = _po(language)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as opened:
        write_po(opened, fresh, width=120, include_lineno=False, omit_header=False, sort_output=True)
    target.with_suffix(".mo").write_bytes(compiled(fresh))
    return missing(fresh)


def missing(filled: Catalog) -> list[Message]:
    """Public texts that the catalogue does not translate."""
    lacking = []
    for message in public_messages():
        entry = filled.get(message[0] if isinstance(message, tuple) else message)
        if entry is None or not all(parts(entry.string)):
            lacking.append(message)
    return lacking


def parts(text: str | Sequence[str] | None) -> list[str]:
    """The text, or its singular and plural."""
    return [text or ""] if text is None or isinstance(text, str) else list(text)


def _po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


if __name__ == "__main__":
    for one in LANGUAGES:
        print(f"{one}: {len(bring_up_to_date(one))} texts without a translation")
