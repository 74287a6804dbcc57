"""A week as Markdown or CSV, for its owner's own use. No contact's name is in it."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core.tables import as_csv
from firstline.thanks.own_week import Week, Written

_SPECIAL = str.maketrans({one: f"\\{one}" for one in "\\`*_[]<>#|"})


def as_markdown(week: Week) -> str:
    """The page as a text to keep."""
    days = f"{date_format(week.monday, 'j F')} – {date_format(week.sunday, 'j F Y')}"
    parts = [f"# {_('My week')}: {days}"]
    for title, lines in _parts(week):
        if lines:
            parts.append("\n".join([f"## {title}", "", *(f"- {one}" for one in lines)]))
    return "\n\n".join(parts) + "\n"


def as_table(week: Week) -> str:
    """One row for each thing: the week, what it is, and its words."""
    rows = [(week.monday.isoformat(), what, words) for what, words in _rows(week)]
    return as_csv(["week", "what", "words"], rows)


def _parts(week: Week) -> list[tuple[str, list[str]]]:
    return [
        (_("Solved"), [f"#{one.number} {_plain(one.title)}".strip() for one in week.solved]),
        (_("Articles, and whom they helped"), [_article(one) for one in week.articles]),
        (_("Fixes begun"), [_plain(one.summary.splitlines()[0]) for one in week.fixes if one.summary]),
        (_("Worked with"), list(week.people)),
        (_("Thanks"), [_plain(one.words) for one in week.thanks]),
    ]


def _rows(week: Week) -> Iterator[tuple[str, str]]:
    for one in week.solved:
        yield "solved", f"#{one.number} {one.title}".strip()
    for written in week.articles:
        yield "article", _used(written)
    for fix in week.fixes:
        yield "fix", fix.summary.partition("\n")[0]
    for name in week.people:
        yield "worked_with", name
    for card in week.thanks:
        yield "thanks", card.words


def _article(one: Written) -> str:
    address = settings.BASE_URL + reverse("knowledge:edit", args=[one.article.pk])
    said = ngettext("answered %(n)d conversation", "answered %(n)d conversations", one.used) % {"n": one.used}
    return f"[{_plain(one.title)}]({address}): {said}"


def _used(one: Written) -> str:
    return f"{one.title} ({one.used})"


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return " ".join(text.split()).translate(_SPECIAL)
