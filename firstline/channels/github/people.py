"""What moderation does on GitHub: block somebody from an organisation, hide a comment, limit who may write in a
repository, and all of it taken back.

REST offers no end by time, so that the desk unblocks by itself (trust-and-safety.md 1.2).
https://docs.github.com/rest/orgs/blocking, https://docs.github.com/rest/interactions/repos and
https://docs.github.com/graphql/reference/mutations (2026-11)
"""

from __future__ import annotations

from urllib.parse import quote

from firstline.channels.base import ChannelError
from firstline.channels.github import client
from firstline.channels.github.client import Settings
from firstline.channels.port import Act, ActKind

ACTS: frozenset[ActKind] = frozenset({"block", "unblock", "unhide", "limit", "unlimit"})
UNHIDE = "mutation($thread: ID!) { unminimizeComment(input: {subjectId: $thread}) { clientMutationId } }"
IS_HIDDEN = "query($thread: ID!) { node(id: $thread) { ... on Minimizable { isMinimized } } }"


def act(act: Act, settings: Settings) -> None:
    """Block, unblock, show again, limit or free. Raises ChannelError. `value` of a limit is for how many hours: GitHub
    knows steps, and lets it end by itself.
    """
    if act.kind in ("limit", "unlimit"):
        _limit(act, settings)
        return
    if act.kind == "unhide":
        client.graphql(settings, UNHIDE, {"thread": act.ref})
        return
    client.call(settings, "PUT" if act.kind == "block" else "DELETE", _block(act, settings))


def _limit(act: Act, settings: Settings) -> None:
    """Only accounts older than a day may write in the repository."""
    path = f"/repos/{client.repository(settings)}/interaction-limits"
    if act.kind == "unlimit":
        client.call(settings, "DELETE", path)
        return
    expiry = "one_day" if int(act.value or 24) <= 24 else "three_days"
    client.call(settings, "PUT", path, json={"limit": "existing_users", "expiry": expiry})


def is_so(act: Act, settings: Settings) -> bool:
    """Whether somebody is blocked, or a comment hidden, already. Raises ChannelError."""
    if act.kind == "block":
        return _is_blocked(act, settings)
    if act.kind == "hide":
        node = client.graphql(settings, IS_HIDDEN, {"thread": act.ref}).get("node") or {}
        return bool(node.get("isMinimized"))
    if act.kind == "lock":
        place, _, number = act.thread.address.partition("/issues/")
        return bool(number) and bool(client.get(settings, f"/repos/{place}/issues/{number}").get("locked"))
    return False


def _is_blocked(act: Act, settings: Settings) -> bool:
    from githubkit.exception import RequestFailed

    try:
        client.call(settings, "GET", _block(act, settings))
    except ChannelError as error:
        cause = error.__cause__
        if isinstance(cause, RequestFailed) and cause.response.status_code == 404:
            return False
        raise
    return True


def _block(act: Act, settings: Settings) -> str:
    owner = client.repository(settings).partition("/")[0]
    return f"/orgs/{owner}/blocks/{quote(act.value.removeprefix('@'), safe='')}"
