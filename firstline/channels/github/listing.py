"""Catching up: what the repository has, told as the webhooks would have told it, and failed deliveries sent again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from firstline.channels.base import ChannelError, Envelope
from firstline.channels.github import client
from firstline.channels.github.client import Settings
from firstline.channels.payloads import moment
from firstline.channels.port import Arrival, Listed

DISCUSSIONS = """query($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    discussions(first: 25, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        databaseId id number title body url createdAt updatedAt locked closed closedAt stateReason authorAssociation
        author { login ... on User { databaseId name } ... on Bot { databaseId } __typename }
        answer { url } labels(first: 30) { nodes { name } }
        comments(last: 100) { nodes {
          databaseId id body url createdAt updatedAt authorAssociation
          author { login ... on User { databaseId name } ... on Bot { databaseId } __typename }
          replies(last: 50) { nodes {
            databaseId id body url createdAt updatedAt authorAssociation
            author { login ... on User { databaseId name } ... on Bot { databaseId } __typename } } }
        } }
      }
    }
  }
}"""
Object = dict[str, Any]


def reconcile(since: datetime, settings: Settings) -> Iterator[Listed]:
    """Issues, pull requests, their comments and discussions that changed since then, oldest first. Raises
    ChannelError.
    """
    name = client.repository(settings)
    found = client.get(settings, f"/repos/{name}")
    yield from _issues(settings, found, _stamp(since))
    if found.get("has_discussions"):
        yield from _discussions(settings, found, since)


def _issues(settings: Settings, repository: Object, since: str) -> Iterator[Listed]:
    path = f"/repos/{repository['full_name']}"
    order: Mapping[str, str | int] = {"since": since, "sort": "updated", "direction": "asc"}
    issues: dict[str, Object] = {}
    for issue in client.pages(settings, f"{path}/issues", {**order, "state": "all"}):
        issues[str(issue.get("url"))] = issue
        yield _listed("issues", "issue", {"issue": issue}, issue, repository)
    for comment in client.pages(settings, f"{path}/issues/comments", order):
        url = str(comment.get("issue_url"))
        if url not in issues:
            issues[url] = client.get(settings, url)
        payload = {"issue": issues[url], "comment": comment}
        yield _listed("issue_comment", "issue_comment", payload, comment, repository)


def _discussions(settings: Settings, repository: Object, since: datetime) -> Iterator[Listed]:
    owner, _, name = str(repository["full_name"]).partition("/")
    after: str | None = None
    while True:
        data = client.graphql(settings, DISCUSSIONS, {"owner": owner, "name": name, "after": after})
        page = ((data.get("repository") or {}).get("discussions")) or {}
        for node in page.get("nodes") or []:
            discussion = _as_rest(node)
            updated = moment(discussion, "updated_at")
            if updated is not None and updated < since:
                return
            yield from _discussion(node, discussion, repository)
        if not (page.get("pageInfo") or {}).get("hasNextPage"):
            return
        after = page["pageInfo"]["endCursor"]


def _discussion(node: Object, discussion: Object, repository: Object) -> Iterator[Listed]:
    yield _listed("discussion", "discussion", {"discussion": discussion}, discussion, repository)
    for top in (node.get("comments") or {}).get("nodes") or []:
        for said in [top, *((top.get("replies") or {}).get("nodes") or [])]:
            comment = _as_rest(said)
            payload = {"discussion": discussion, "comment": comment}
            yield _listed("discussion_comment", "discussion_comment", payload, comment, repository)


def _listed(event: str, prefix: str, payload: Object, thing: Object, repository: Object) -> Listed:
    raw = json.dumps({"action": "listed", **payload, "repository": repository}, sort_keys=True).encode()
    external_id = f"{prefix}/{thing.get('id')}"
    version = f"{external_id}@{thing.get('updated_at')}"
    return Listed(external_id, moment(thing, "updated_at"), Arrival(raw, Envelope(event=event), version))


def _as_rest(node: Object) -> Object:
    """A node of GraphQL in the words that webhooks use."""
    author = node.get("author") or {}
    labels = (node.get("labels") or {}).get("nodes")
    found: Object = {
        "id": node.get("databaseId"),
        "node_id": node.get("id"),
        "body": node.get("body"),
        "html_url": node.get("url"),
        "created_at": node.get("createdAt"),
        "updated_at": node.get("updatedAt"),
        "author_association": node.get("authorAssociation"),
        "user": author
        and {
            "login": author.get("login"),
            "id": author.get("databaseId"),
            "name": author.get("name"),
            "type": author.get("__typename"),
        },
    }
    if "number" in node:
        found |= {
            "number": node["number"],
            "title": node.get("title"),
            "locked": node.get("locked"),
            "state": "closed" if node.get("closed") else "open",
            "closed_at": node.get("closedAt"),
            "state_reason": (node.get("stateReason") or "").lower(),
            "answer_html_url": (node.get("answer") or {}).get("url"),
            "labels": labels if labels is not None else [],
        }
    return found


def redeliver(since: datetime, settings: Settings) -> int:
    """Have GitHub send again each delivery since then that no attempt got through; how many. Raises ChannelError.

    GitHub keeps deliveries for three days, never tries again by itself, and gives every attempt the first one's GUID.
    """
    asked, path = _deliveries(settings)
    arrived: set[str] = set()
    failed: dict[str, int] = {}
    for one in _attempts(asked, path, since):
        guid = str(one.get("guid"))
        if 200 <= int(one.get("status_code") or 0) < 300:
            arrived.add(guid)
        else:
            failed.setdefault(guid, int(one["id"]))
    lost = {guid: attempt for guid, attempt in failed.items() if guid not in arrived}
    for attempt in lost.values():
        client.request(asked, "POST", f"{path}/{attempt}/attempts")
    return len(lost)


def _deliveries(settings: Settings) -> tuple[client.Client, str]:
    """Whose deliveries are ours: the app's, or those of the repository's webhook that leads here."""
    app = client.as_app(settings)
    if app is not None:
        return app, "/app/hook/deliveries"
    name = client.repository(settings)
    for hook in client.pages(settings, f"/repos/{name}/hooks", {}):
        if (hook.get("config") or {}).get("url") == settings.get("hook_url"):
            return client.installed(settings), f"/repos/{name}/hooks/{hook['id']}/deliveries"
    raise ChannelError("The repository has no webhook that leads to this inbox.", permanent=True)


def _attempts(asked: client.Client, path: str, since: datetime) -> Iterator[Object]:
    """The attempts since then, newest first."""
    response = client.request(asked, "GET", path, params={"per_page": client.PAGE})
    while True:
        for one in response.json():
            at = moment(one, "delivered_at")
            if at is not None and at < since:
                return
            yield one
        following = client.NEXT.search(response.headers.get("link", ""))
        if following is None:
            return
        response = client.request(asked, "GET", following.group(1))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
