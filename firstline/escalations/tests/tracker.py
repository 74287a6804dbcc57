"""A repository on loopback with one line of commits, releases and issues: what the tracker's port asks of GitHub."""

from __future__ import annotations

import base64
import json
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

ALLOW = "FIRSTLINE_EGRESS_ALLOW"
PLACE = "orbit/cli"


@dataclass
class Issue:
    """One issue: its state, its timeline as GraphQL tells it, and the pull requests that close it."""

    number: int
    title: str = "Publish stops at 100 %"
    state: str = "OPEN"
    reason: str | None = None
    timeline: list[dict[str, Any]] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Repository:
    """The line of commits, oldest first, and what was made of it. `is_down` answers everything with 502."""

    url: str = ""
    commits: list[dict[str, Any]] = field(default_factory=list)
    releases: list[dict[str, Any]] = field(default_factory=list)
    tags: list[dict[str, Any]] = field(default_factory=list)
    issues: dict[int, Issue] = field(default_factory=dict)
    owners: str = ""
    is_down: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    at_tag: dict[str, int] = field(default_factory=dict)

    def commit(self, sha: str, at: datetime, message: str = "work") -> str:
        """One more commit on the line."""
        who = {"committer": {"date": _said(at)}, "message": message}
        self.commits.append({"sha": sha, "commit": who})
        return sha

    def release(self, tag: str, at: datetime, *, prerelease: bool = False, draft: bool = False) -> None:
        """A release of everything that is on the line."""
        self.at_tag[tag] = len(self.commits)
        made = {"tag_name": tag, "published_at": _said(at), "prerelease": prerelease, "draft": draft}
        self.releases.insert(0, made)

    def tag(self, name: str) -> None:
        """A tag without a release."""
        self.at_tag[name] = len(self.commits)
        self.tags.insert(0, {"name": name, "commit": {"sha": self.commits[-1]["sha"]}})

    def closes(self, issue: Issue, at: datetime, *, reason: str = "COMPLETED", sha: str = "", pull: int = 0) -> None:
        """It is closed: by a pull request, a commit, or by hand."""
        closer: dict[str, Any] | None = None
        if pull:
            merged = {"number": pull, "mergedAt": _said(at), "mergeCommit": {"oid": sha}}
            issue.pulls.append(merged)
            closer = {"__typename": "PullRequest", **merged}
        elif sha:
            closer = {"__typename": "Commit", "oid": sha, "committedDate": _said(at)}
        issue.state, issue.reason = "CLOSED", reason
        issue.timeline.append(
            {"__typename": "ClosedEvent", "id": f"C{len(issue.timeline)}", "createdAt": _said(at),
             "stateReason": reason, "closer": closer}
        )  # fmt: skip

    def reopens(self, issue: Issue, at: datetime) -> None:
        """It is open again."""
        issue.state, issue.reason = "OPEN", "REOPENED"
        made = {"__typename": "ReopenedEvent", "id": f"R{len(issue.timeline)}", "createdAt": _said(at)}
        issue.timeline.append(made)

    def says(self, issue: Issue, login: str, text: str, at: datetime) -> None:
        """Somebody comments."""
        number = len(issue.comments) + 1
        issue.comments.append(
            {"id": number, "user": {"login": login}, "body": text, "created_at": _said(at), "html_url": f"https://x/{number}"}
        )  # fmt: skip

    def answer(self, method: str, target: str, body: Any) -> tuple[int, Any]:
        """The answer to one request."""
        path = unquote(urlsplit(target).path)
        self.asked.append((method, path))
        if self.is_down:
            return 502, {"message": "Bad gateway"}
        if path == "/graphql":
            return 200, {"data": {"repository": {"issue": self._issue(int(body["variables"]["number"]))}}}
        found = re.fullmatch(rf"/repos/{PLACE}/(.+)", path)
        return self._rest(method, found[1], body) if found else (404, {})

    def _issue(self, number: int) -> dict[str, Any] | None:
        one = self.issues.get(number)
        if one is None:
            return None
        return {
            "title": one.title, "url": f"https://github.com/{PLACE}/issues/{number}", "state": one.state,
            "stateReason": one.reason, "closedByPullRequestsReferences": {"nodes": one.pulls},
            "timelineItems": {"nodes": one.timeline},
        }  # fmt: skip

    def _rest(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if path in {"releases", "tags"}:
            return 200, getattr(self, path)
        if path == ".github/CODEOWNERS" or path.startswith("contents/"):
            is_there = path == "contents/.github/CODEOWNERS" and self.owners
            return (200, {"content": base64.b64encode(self.owners.encode()).decode()}) if is_there else (404, {})
        if found := re.fullmatch(r"compare/(\w+)\.\.\.(.+)", path):
            return self._compare(found[1], found[2])
        if found := re.fullmatch(r"commits/(\w+)", path):
            return next(((200, one) for one in self.commits if one["sha"] == found[1]), (404, {}))
        if path == "issues":
            made = Issue(max(self.issues, default=0) + 1, body["title"])
            self.issues[made.number] = made
            return 201, {"number": made.number, "body": body["body"]}
        if found := re.fullmatch(r"issues/comments/(\d+)", path):
            return self._edit(int(found[1]), body)
        if found := re.fullmatch(r"issues/(\d+)(/comments)?", path):
            return self._thread(method, self.issues[int(found[1])], body, is_comments=bool(found[2]))
        return 404, {}

    def _compare(self, sha: str, tag: str) -> tuple[int, Any]:
        shas = [one["sha"] for one in self.commits]
        if sha not in shas or tag not in self.at_tag:
            return 404, {}
        begin, end = shas.index(sha) + 1, self.at_tag[tag]
        status = "identical" if begin == end else "ahead" if begin < end else "behind"
        return 200, {"status": status, "commits": self.commits[begin:end]}

    def _thread(self, method: str, issue: Issue, body: Any, *, is_comments: bool) -> tuple[int, Any]:
        if not is_comments:
            if issue.state == "CLOSED" and body["state"] == "open":
                self.reopens(issue, datetime.fromisoformat(issue.timeline[-1]["createdAt"].replace("Z", "+00:00")))
            return 200, {}
        if method == "GET":
            return 200, issue.comments
        issue.comments.append(
            {"id": len(issue.comments) + 1, "user": {"login": "desk[bot]"}, "body": body["body"],
             "created_at": "2026-11-23T10:00:00Z", "html_url": ""}
        )  # fmt: skip
        return 201, issue.comments[-1]

    def _edit(self, number: int, body: Any) -> tuple[int, Any]:
        for issue in self.issues.values():
            for one in issue.comments:
                if one["id"] == number:
                    one["body"] = body["body"]
                    return 200, one
        return 404, {}


def _said(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def running() -> Iterator[Repository]:
    """A repository that answers for as long as the block lasts."""
    repository = Repository()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, found = repository.answer(self.command, self.path, json.loads(raw or b"null"))
            answer = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PATCH = _serve

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    repository.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    before = os.environ.get(ALLOW, "")
    os.environ[ALLOW] = f"{before} {repository.url.removeprefix('http://')}"
    try:
        yield repository
    finally:
        os.environ[ALLOW] = before
        server.shutdown()
        server.server_close()
        thread.join()
