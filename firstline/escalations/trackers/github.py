"""GitHub: an issue with its closing pull requests, and the first release or tag that holds their merge commits.

An issue's state says nothing about what people can install. What does: `ClosedEvent.closer` and
`closedByPullRequestsReferences` (GraphQL) give the merge commits, `compare` (REST) says whether a tag is ahead of one
and which commits between them revert it. https://docs.github.com/graphql/reference/objects#issue,
https://docs.github.com/rest/commits/commits#compare-two-commits (2026-11)
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

from firstline.channels.base import ChannelError
from firstline.channels.github import client
from firstline.escalations.trackers.port import Comment, Happened, Ref, Settings, Snapshot

URL = re.compile(r"https://[\w.-]+/([\w.-]+/[\w.-]+)/issues/([1-9]\d{0,9})(?:[#?].*)?", re.ASCII)
MOST_RELEASES = 30
MOST_TAGS = 10
OWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
ISSUE = """query($owner: String!, $name: String!, $number: Int!) { repository(owner: $owner, name: $name) {
  issue(number: $number) { title url state stateReason
    closedByPullRequestsReferences(first: 20, includeClosedPrs: true) {
      nodes { number mergedAt mergeCommit { oid } } }
    timelineItems(last: 100, itemTypes: [CLOSED_EVENT, REOPENED_EVENT]) { nodes {
      __typename
      ... on ReopenedEvent { id createdAt }
      ... on ClosedEvent { id createdAt stateReason closer { __typename
        ... on Commit { oid committedDate }
        ... on PullRequest { number mergedAt mergeCommit { oid } } } } } } } } }"""


@dataclass(frozen=True, slots=True)
class _Fix:
    sha: str
    at: datetime
    pull: int = 0


class GitHub:
    """The port's GitHub side."""

    def ref(self, url: str) -> Ref | None:
        """The issue at an address."""
        found = URL.fullmatch(url.strip())
        return Ref(found[1].lower(), int(found[2])) if found else None

    def url(self, ref: Ref) -> str:
        """The address of an issue on github.com."""
        return f"https://github.com/{ref.place}/issues/{ref.number}"

    def read(self, ref: Ref, settings: Settings, known: Mapping[str, Sequence[str]]) -> Snapshot:
        """The issue, what closed it, and the releases since that hold it."""
        owner, _slash, name = ref.place.partition("/")
        data = client.graphql(settings, ISSUE, {"owner": owner, "name": name, "number": ref.number})
        issue = (data.get("repository") or {}).get("issue")
        if not isinstance(issue, dict):
            raise ChannelError(client.GONE, permanent=True)
        events = [one for one in issue["timelineItems"]["nodes"] if one]
        fixes = list(dict.fromkeys(_fixes(issue, events)))
        happened = [*_states(events), *(_merged(fix) for fix in fixes)]
        if fixes:
            happened += _released(ref.place, settings, fixes, known)
        return Snapshot(
            str(issue["title"]), str(issue["url"]), str(issue["state"]).lower(), _reason(issue["stateReason"]), happened
        )

    def open(self, place: str, title: str, body: str, settings: Settings) -> Ref:
        """A new issue."""
        made = client.call(settings, "POST", f"/repos/{place}/issues", json={"title": title, "body": body}).json()
        return Ref(place, int(made["number"]))

    def reopen(self, ref: Ref, settings: Settings) -> None:
        """Open it again."""
        client.call(settings, "PATCH", _path(ref), json={"state": "open"})

    def say(self, ref: Ref, text: str, settings: Settings, *, known: str, mark: str) -> str:
        """One comment of ours, kept up to date; found by its hidden mark when a crash lost its id."""
        body = f"{text}\n<!-- {mark} -->"
        known = known or self._find(ref, mark, settings)
        if known:
            try:
                client.call(settings, "PATCH", f"/repos/{ref.place}/issues/comments/{known}", json={"body": body})
                return known
            except client.Missing:  # somebody deleted it: it is said again
                pass
        made = client.call(settings, "POST", f"{_path(ref)}/comments", json={"body": body}).json()
        return str(made["id"])

    def comments(self, ref: Ref, since: datetime, settings: Settings) -> list[Comment]:
        """What people said there since a moment; none of our own."""
        params = {"since": since.strftime("%Y-%m-%dT%H:%M:%SZ")}
        listed = client.pages(settings, f"{_path(ref)}/comments", params)
        return [_comment(one) for one in listed if _is_theirs(one) and _time(one["created_at"]) >= since]

    def codeowners(self, place: str, settings: Settings) -> str:
        """The file where GitHub looks for it, the first that is there."""
        for path in OWNERS:
            try:
                found = client.get(settings, f"/repos/{place}/contents/{path}")
            except client.Missing:
                continue
            return base64.b64decode(str(found.get("content", ""))).decode(errors="replace")
        return ""

    def _find(self, ref: Ref, mark: str, settings: Settings) -> str:
        listed = client.pages(settings, f"{_path(ref)}/comments", {})
        return next((str(one["id"]) for one in listed if f"<!-- {mark} -->" in str(one.get("body"))), "")


def _path(ref: Ref) -> str:
    return f"/repos/{ref.place}/issues/{ref.number}"


def _fixes(issue: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> Iterator[_Fix]:
    """The commits that closed it: of its pull requests once they are merged, or pushed with a closing word."""
    closers = [one.get("closer") or {} for one in events if one["__typename"] == "ClosedEvent"]
    for commit in (one for one in closers if one.get("__typename") == "Commit"):
        yield _Fix(str(commit["oid"]), _time(commit["committedDate"]))
    pulls = [one for one in closers if one.get("__typename") == "PullRequest"]
    for pull in [*pulls, *(issue["closedByPullRequestsReferences"]["nodes"] or [])]:
        if pull and pull.get("mergedAt") and pull.get("mergeCommit"):
            yield _Fix(str(pull["mergeCommit"]["oid"]), _time(pull["mergedAt"]), int(pull["number"]))


def _states(events: Sequence[Mapping[str, Any]]) -> Iterator[Happened]:
    for one in events:
        if one["__typename"] == "ClosedEvent":
            reason = {"state_reason": _reason(one["stateReason"])}
            yield Happened(f"closed:{one['id']}", "closed", _time(one["createdAt"]), reason)
        else:
            yield Happened(f"reopened:{one['id']}", "reopened", _time(one["createdAt"]))


def _merged(fix: _Fix) -> Happened:
    return Happened(f"merged:{fix.sha}", "merged", fix.at, {"sha": fix.sha})


def _released(
    place: str, settings: Settings, fixes: Sequence[_Fix], known: Mapping[str, Sequence[str]]
) -> Iterator[Happened]:
    """The releases since the first fix, each with the fixes that it holds, and what was taken back before it."""
    first = min(fix.at for fix in fixes)
    for tag, at, is_prerelease in [*_releases(place, settings, first)] or [*_tags(place, settings, first)]:
        asked = [fix for fix in fixes if fix.sha not in known.get(tag, ())]
        if not asked:
            continue
        held = {fix.sha: _holds(place, settings, fix, tag) for fix in asked}
        for sha, (_is_in, reverted_at) in held.items():
            if reverted_at is not None:
                yield Happened(f"reverted:{sha}", "reverted", min(reverted_at, at), {"sha": sha})
        shas = [sha for sha, (is_in, reverted_at) in held.items() if is_in and reverted_at is None]
        data = {"tag": tag, "prerelease": is_prerelease, "shas": shas, "asked": [fix.sha for fix in asked]}
        yield Happened(f"released:{tag}"[:200], "released", at, data)


def _releases(place: str, settings: Settings, first: datetime) -> Iterator[tuple[str, datetime, bool]]:
    listed = client.pages(settings, f"/repos/{place}/releases", {"per_page": MOST_RELEASES})
    for one in islice(listed, MOST_RELEASES):
        if not one.get("draft") and one.get("published_at") and _time(one["published_at"]) >= first:
            yield str(one["tag_name"]), _time(one["published_at"]), bool(one.get("prerelease"))


def _tags(place: str, settings: Settings, first: datetime) -> Iterator[tuple[str, datetime, bool]]:
    """For projects that only tag; the commit's date stands for the tag's."""
    for one in islice(client.pages(settings, f"/repos/{place}/tags", {}), MOST_TAGS):
        commit = client.get(settings, f"/repos/{place}/commits/{one['commit']['sha']}")
        at = _time(commit["commit"]["committer"]["date"])
        if at >= first:
            yield str(one["name"]), at, False


def _holds(place: str, settings: Settings, fix: _Fix, tag: str) -> tuple[bool, datetime | None]:
    """Whether a tag holds a commit, and when a later commit before the tag took it back."""
    try:
        found = client.get(settings, f"/repos/{place}/compare/{fix.sha}...{quote(tag, safe='')}")
    except client.Missing:  # the commit is not there any more: squashed away or force-pushed
        return False, None
    if found.get("status") not in {"ahead", "identical"}:
        return False, None
    marks = [f"reverts commit {fix.sha[:12]}", *([f"Reverts {place}#{fix.pull}"] if fix.pull else [])]
    for one in found.get("commits") or []:
        message = str(one["commit"]["message"])
        if any(mark.lower() in message.lower() for mark in marks):
            return True, _time(one["commit"]["committer"]["date"])
    return True, None


def _comment(one: Mapping[str, Any]) -> Comment:
    author = str((one.get("user") or {}).get("login", "")).lower()
    return Comment(author, str(one["body"]), _time(one["created_at"]), str(one["html_url"]))


def _is_theirs(one: Mapping[str, Any]) -> bool:
    return bool(one.get("body")) and "<!-- firstline" not in str(one["body"])


def _reason(value: object) -> str:
    return str(value or "").lower()


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value.replace("Z", "+00:00"))
