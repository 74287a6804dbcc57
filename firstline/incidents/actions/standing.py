"""The status page beside the processes: files that are served when web, worker and database are away.

They lie in FIRSTLINE_HOME/status. `firstline up` serves them at a port of its own, `firstline status` does so alone,
and any web server can. Each is replaced as a whole, so that no reader meets half of one.
"""

import fcntl
import json
import os
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from firstline.core import clock
from firstline.incidents import publishing, queries

STYLES = ("tokens", "base", "layout", "components/badge", "components/panel", "components/article")
STYLES_LAST = ("components/public-status",)


def folder() -> Path:
    """Where the files lie."""
    return Path(settings.HOME) / "status"


def write() -> None:
    """Write page, style sheet, JSON and feed as things stand now. May run twice, also at once."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        status = queries.status(clock.now())
        with translation.override(settings.LANGUAGE_CODE):
            page = render_to_string("incidents/standing.html", {"status": status, "desk_name": settings.DESK_NAME})
            feed = publishing.as_atom()
        _replace("status.css", _styles())
        _replace("status.json", json.dumps(publishing.as_json(status), indent=1))
        _replace("changes.atom", feed)
        _replace("index.html", page)


def _styles() -> str:
    core = Path(__file__).resolve().parents[2] / "core" / "static" / "core" / "css"
    own = Path(__file__).resolve().parents[1] / "static" / "incidents" / "status.css"
    sheets = [core / f"{name}.css" for name in (*STYLES, *STYLES_LAST)]
    return "\n".join(sheet.read_text() for sheet in (*sheets, own))


def _replace(name: str, text: str) -> None:
    """Write under another name, then rename: readers see the old file or the new one."""
    path = folder() / name
    data = text.encode()
    if path.exists() and path.read_bytes() == data:
        return
    new = path.with_name(f".{name}.new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
