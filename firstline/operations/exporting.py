"""`firstline helpcenter export DIR`: the help centre as files, to be served by any web server at any scale.

What needs a server stays with the desk: searching leads there, and reading a paste or saying whether an article helped
is left out. Everything lies below `help/` and `static/`, so that the folder is served at the root of a host.
"""

import argparse
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from firstline.core.commands import DONE, Commands, print_json

STYLED_BY = ("core", "helpcenter", "knowledge")
"""Folders of static files that the pages use."""


@dataclass(frozen=True, slots=True)
class Page:
    """An address of the help centre and the file that it becomes."""

    address: str
    file: str
    language: str = ""


def add(commands: Commands) -> None:
    """Register the command."""
    commands.add(
        "helpcenter export",
        run=run,
        configure=_configure,
        help="Write the public help centre as static files into a folder.",
        django=True,
    )


def run(options: argparse.Namespace) -> int:
    """Print how many pages were written."""
    count = export(options.folder)
    if options.json:
        print_json({"pages": count, "folder": options.folder})
    else:
        print(f"{count} pages written to {options.folder}.")
    return DONE


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder; what an export wrote there is replaced")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def export(folder: Path) -> int:
    """Write every public page, its styles, the sitemap and the feed; returns how many pages. Pages that are gone since
    the last export into this folder are removed.
    """
    from django.conf import settings

    from firstline.operations import static_files

    static_files.collect()
    fresh = folder / ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    pages = list(_pages())
    for page in pages:
        target = fresh / page.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_render(page))
    for name in STYLED_BY:
        shutil.copytree(Path(settings.STATIC_ROOT) / name, fresh / "static" / name)
    for part in ("help", "static"):
        shutil.rmtree(folder / part, ignore_errors=True)
        (fresh / part).rename(folder / part)
    shutil.rmtree(fresh)
    return len(pages)


def _pages() -> Iterator[Page]:
    from django.urls import reverse

    from firstline.helpcenter import queries

    yield Page(reverse("helpcenter:front"), "help/index.html")
    yield Page("/help/nothing-stands-here/", "help/404.html")
    yield Page(reverse("helpcenter:sitemap"), "help/sitemap.xml")
    yield Page(reverse("helpcenter:changes"), "help/changes.atom")
    for shelf in queries.shelves():
        yield Page(reverse("helpcenter:topic", args=[shelf.slug]), f"help/topics/{shelf.slug}/index.html")
    seen: set[str] = set()
    for text in queries.everything():
        slug = text.article.slug
        address = reverse("helpcenter:article", args=[slug])
        if slug not in seen:
            seen.add(slug)
            yield Page(address, f"help/{slug}/index.html", text.language)
        yield Page(address, f"help/{slug}/{text.language}/index.html", text.language)


def _render(page: Page) -> bytes:
    """The page as a stranger sees it; `request.is_export` tells the templates that no server stands behind it."""
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory
    from django.urls import resolve
    from django.utils import translation

    from firstline.helpcenter import rules

    request = RequestFactory().get(page.address, {"lang": page.language} if page.language else {})
    request.user = AnonymousUser()
    request.is_export = True  # type: ignore[attr-defined]  # read by the help centre's templates
    request.csp_nonce = ""  # type: ignore[attr-defined]  # set by django-csp's middleware elsewhere
    match = resolve(page.address)
    with translation.override(rules.interface_language(page.address, page.language, "en")):
        return bytes(match.func(request, *match.args, **match.kwargs).content)
