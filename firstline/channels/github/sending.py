"""What leaves for GitHub: a comment, found again when a try was unclear, and acts on a thread."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import quote

from firstline.channels import metering
from firstline.channels.base import ChannelError, OutgoingMessage, Thread
from firstline.channels.github import client
from firstline.channels.github.client import Settings
from firstline.channels.port import Act

MARKER = "<!-- firstline:{} -->"
ADDRESS = re.compile(r"([\w.-]+/[\w.-]+)/(issues|pull|discussions)/(\d+)")
MENTION = re.compile(r"(?<![\w`/])@(?=[A-Za-z0-9])")
INVISIBLE = "\u200b"
LOOK_BACK = timedelta(minutes=10)
"""How much earlier than our own clock GitHub's may say that our comment was written."""
LONGEST = 65_000

ADD = """mutation($thread: ID!, $body: String!) {
  addDiscussionComment(input: {discussionId: $thread, body: $body}) { comment { databaseId } } }"""
FIND = """query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { discussion(number: $number) { id } } }"""
NEWEST = """query($thread: ID!) {
  node(id: $thread) { ... on Discussion { comments(last: 50) { nodes { databaseId body } } } } }"""


def send(outgoing: OutgoingMessage, settings: Settings) -> str:
    """Post a comment, once; its external id. Raises ChannelError."""
    thread = _thread(outgoing)
    text = body(outgoing)
    if len(text) > LONGEST:
        raise ChannelError("GitHub takes at most 65,000 characters.", permanent=True)
    metering.spend("post")
    if _is_discussion(thread):
        data = client.graphql(settings, ADD, {"thread": _node(thread, settings), "body": text})
        made = (data.get("addDiscussionComment") or {}).get("comment") or {}
        return f"discussion_comment/{made.get('databaseId', '')}"
    answer = client.call(settings, "POST", f"{_issue(thread)}/comments", json={"body": text}).json()
    return f"issue_comment/{answer['id']}"


def find(outgoing: OutgoingMessage, settings: Settings) -> str:
    """The external id of the newest comment that bears our marker, '' when there is none. Raises ChannelError."""
    thread, marker = _thread(outgoing), MARKER.format(marker_of(outgoing.message_id))
    if _is_discussion(thread):
        data = client.graphql(settings, NEWEST, {"thread": _node(thread, settings)})
        found = (((data.get("node") or {}).get("comments") or {}).get("nodes")) or []
        bearing = [one.get("databaseId") for one in found if marker in str(one.get("body"))]
        return f"discussion_comment/{bearing[-1]}" if bearing else ""
    since = (outgoing.date - LOOK_BACK).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    listed = client.pages(settings, f"{_issue(thread)}/comments", {"since": since})
    bearing = [one["id"] for one in listed if marker in str(one.get("body"))]
    return f"issue_comment/{bearing[-1]}" if bearing else ""


def marker_of(message_id: str) -> str:
    """The hidden mark's 32 hex digits: what stands before the @ of a message's id."""
    return message_id.strip("<>").partition("@")[0]


def body(outgoing: OutgoingMessage) -> str:
    """The comment: the agent's Markdown, their public name, our hidden marker."""
    signature = f"\n\n<sub>{outgoing.sender.name}</sub>" if outgoing.sender.name else ""
    return f"{quiet_quotes(outgoing.text)}{signature}\n{MARKER.format(marker_of(outgoing.message_id))}"


def quiet_quotes(text: str) -> str:
    """Nobody is called by what is only quoted: a zero-width space parts each @ from its name in lines with `>`."""
    return "\n".join(
        MENTION.sub(f"@{INVISIBLE}", line) if line.lstrip().startswith(">") else line for line in text.split("\n")
    )


def act(act: Act, settings: Settings) -> None:
    """Do something to a thread; what is so already is left as it is. Raises ChannelError."""
    if act.kind == "hide":
        _hide(act, settings)
    elif _is_discussion(act.thread):
        _act_on_discussion(act, settings)
    else:
        _act_on_issue(act, settings)


def _act_on_issue(act: Act, settings: Settings) -> None:
    path = _issue(act.thread)
    if act.kind == "label":
        _label(act, settings)
    requests: dict[str, Callable[[], tuple[str, str, Any]]] = {
        "close": lambda: ("PATCH", path, {"state": "closed", "state_reason": act.value or "completed"}),
        "reopen": lambda: ("PATCH", path, {"state": "open"}),
        "lock": lambda: ("PUT", f"{path}/lock", {"lock_reason": act.value or "resolved"}),
        "unlock": lambda: ("DELETE", f"{path}/lock", None),
        "label": lambda: ("POST", f"{path}/labels", {"labels": [act.value]}),
        "unlabel": lambda: ("DELETE", f"{path}/labels/{quote(act.value, safe='')}", None),
        "assign": lambda: ("POST", f"{path}/assignees", {"assignees": [act.value]}),
        "unassign": lambda: ("DELETE", f"{path}/assignees", {"assignees": [act.value]}),
    }
    method, address, json = requests[act.kind]()
    try:
        client.call(settings, method, address, json=json)
    except client.Missing:
        if act.kind != "unlabel":  # a label that is not there need not be taken off
            raise


DISCUSSION_ACTS = {
    "close": "mutation($thread: ID!, $value: DiscussionCloseReason) {"
    " closeDiscussion(input: {discussionId: $thread, reason: $value}) { clientMutationId } }",
    "reopen": "mutation($thread: ID!) { reopenDiscussion(input: {discussionId: $thread}) { clientMutationId } }",
    "lock": "mutation($thread: ID!) { lockLockable(input: {lockableId: $thread}) { clientMutationId } }",
    "unlock": "mutation($thread: ID!) { unlockLockable(input: {lockableId: $thread}) { clientMutationId } }",
    "label": "mutation($thread: ID!, $value: ID!) {"
    " addLabelsToLabelable(input: {labelableId: $thread, labelIds: [$value]}) { clientMutationId } }",
    "unlabel": "mutation($thread: ID!, $value: ID!) {"
    " removeLabelsFromLabelable(input: {labelableId: $thread, labelIds: [$value]}) { clientMutationId } }",
}
CLOSE_REASONS = {"completed": "RESOLVED", "not_planned": "OUTDATED", "duplicate": "DUPLICATE"}
HIDE = (
    "mutation($thread: ID!, $value: ReportedContentClassifiers!) {"
    " minimizeComment(input: {subjectId: $thread, classifier: $value}) { clientMutationId } }"
)


def _act_on_discussion(act: Act, settings: Settings) -> None:
    if act.kind not in DISCUSSION_ACTS:
        raise ChannelError("GitHub's discussions have no assignees.", permanent=True)
    variables: dict[str, str] = {"thread": _node(act.thread, settings)}
    if act.kind == "close":
        variables["value"] = CLOSE_REASONS.get(act.value, "RESOLVED")
    if act.kind in ("label", "unlabel"):
        variables["value"] = _label(act, settings)["node_id"]
    client.graphql(settings, DISCUSSION_ACTS[act.kind], variables)


def _label(act: Act, settings: Settings) -> Any:
    """The repository's own label; GitHub would make one of any word, and not every tag is meant for everybody."""
    place, _number = _parts(act.thread)
    try:
        return client.get(settings, f"/repos/{place}/labels/{quote(act.value, safe='')}")
    except client.Missing as error:
        raise client.Missing("The repository has no label of this name.", permanent=True) from error


def _hide(act: Act, settings: Settings) -> None:
    client.graphql(settings, HIDE, {"thread": act.ref, "value": (act.value or "off_topic").upper()})


def _thread(outgoing: OutgoingMessage) -> Thread:
    if outgoing.thread is None:
        raise ChannelError("There is no thread to post to.", permanent=True)
    return outgoing.thread


def _is_discussion(thread: Thread) -> bool:
    return "/discussions/" in thread.address


def _node(thread: Thread, settings: Settings) -> str:
    """The node id of a discussion, by which alone GraphQL reaches it."""
    if thread.ref:
        return thread.ref
    place, number = _parts(thread)
    owner, _, name = place.partition("/")
    data = client.graphql(settings, FIND, {"owner": owner, "name": name, "number": int(number)})
    found = (data.get("repository") or {}).get("discussion") or {}
    if not found.get("id"):
        raise client.Missing(client.GONE, permanent=True)
    return str(found["id"])


def _issue(thread: Thread) -> str:
    """The path of an issue or pull request; both are issues to the API."""
    place, number = _parts(thread)
    return f"/repos/{place}/issues/{number}"


def _parts(thread: Thread) -> tuple[str, str]:
    found = ADDRESS.fullmatch(thread.address)
    if found is None:
        raise ChannelError("This thread's address on GitHub is not known.", permanent=True)
    return found.group(1), found.group(3)
