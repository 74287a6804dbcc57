"""What an inbox takes in, and who answers for the repository. Pure decisions on plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from firstline.channels.base import ParsedMessage, Thread

HELPERS = {"owner", "member", "collaborator"}
KINDS = {"issues": "issues", "discussions": "discussions", "pull": "pull_requests"}
DEFAULT_KINDS = "issues, discussions"
LEFT = "left_to_maintainers"
Settings = Mapping[str, str]


def words(settings: Settings, name: str, default: str = "") -> set[str]:
    """The comma-separated words of a setting, in lower case."""
    return {word.strip().lower() for word in settings.get(name, default).split(",") if word.strip()}


def left_out(thread: Thread, text: str, settings: Settings) -> str:
    """`left_to_maintainers` for a thread that no rule of the inbox takes in; one that calls our account comes in."""
    account = (settings.get("account") or settings.get("app_slug") or "").lower()
    if account and re.search(rf"(?<![\w/])@{re.escape(account)}(?![\w-])", text.lower()):
        return ""
    if settings.get("only_mentions") in ("1", "true", "on", "yes"):
        return LEFT
    if KINDS.get(thread.kind, thread.kind) not in words(settings, "kinds", DEFAULT_KINDS):
        return LEFT
    roles, labels, forms = (words(settings, name) for name in ("associations", "labels", "forms"))
    is_wanted = (
        (not roles or thread.opener_role in roles)
        and (not labels or bool(labels & {label.lower() for label in thread.labels or ()}))
        and (not forms or thread.form in forms)
    )
    return "" if is_wanted else LEFT


def is_helper(parsed: ParsedMessage, settings: Settings) -> bool:
    """Whether the writer owns the repository, belongs to its organisation, or is listed as a helper."""
    login = parsed.sender.email.lower() if parsed.sender else ""
    return parsed.sender_role in HELPERS or login in words(settings, "helpers")


def is_own(parsed: ParsedMessage, settings: Settings) -> bool:
    """Whether our app wrote it, or our personal account did with a marker of ours: by hand it may write as well."""
    if parsed.by_app and parsed.by_app == settings.get("app_id"):
        return True
    if parsed.sender is None:
        return False
    slug, account = settings.get("app_slug", "").lower(), settings.get("account", "").lower()
    login = parsed.sender.email.lower()
    return bool(slug and login == f"{slug}[bot]") or bool(account and login == account and parsed.marker)
