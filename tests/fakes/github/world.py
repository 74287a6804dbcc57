"""What the fake GitHub holds, and what people do there. Every act changes the state and tells the webhook."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]
PLACE = "Codertocat/Hello-World"
APP_ID, INSTALLATION, SLUG = 4711, 99, "orbit-desk"
PEOPLE = {
    "casey": (501, "NONE"),
    "noor": (502, "NONE"),
    "grim": (66, "NONE"),
    "maya": (77, "MEMBER"),
    "Codertocat": (21031067, "OWNER"),
    "desk": (9, "MEMBER"),
    "helpful": (88, "NONE"),
}
REASONS = {"RESOLVED": "resolved", "OUTDATED": "outdated", "DUPLICATE": "duplicate"}


@dataclass
class Delivery:
    """One attempt to tell the webhook: `status` is None until it was made."""

    pk: int
    guid: str
    event: str
    payload: Json
    at: str
    status: int | None = None


@dataclass
class World:
    """One repository, its threads by number (issues, pull requests and discussions share the numbers)."""

    place: str = PLACE
    place_id: int = 1
    is_private: bool = False
    threads: dict[int, Json] = field(default_factory=dict)
    comments: list[Json] = field(default_factory=list)
    labels: set[str] = field(default_factory=lambda: {"bug", "docs", "question"})
    releases: list[Json] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    _ids: int = 8000

    def tick(self, seconds: int = 1) -> str:
        """A later second, as GitHub writes it: nothing here happens at the same time, and nothing before now."""
        self.now = max(self.now + timedelta(seconds=seconds), datetime.now(UTC).replace(microsecond=0))
        return self.stamp()

    def stamp(self) -> str:
        """The present second."""
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def new_id(self) -> int:
        """An id that nothing else has."""
        self._ids += 1
        return self._ids

    def user(self, login: str) -> Json:
        """An account as it stands in payloads."""
        if login.endswith("[bot]"):
            return {"login": login, "id": APP_ID + len(login), "type": "Bot"}
        return {"login": login, "id": PEOPLE.get(login, (abs(hash(login)) % 10**6, ""))[0], "type": "User"}

    def repository(self) -> Json:
        """The repository as it stands in payloads."""
        return {
            "id": self.place_id,
            "full_name": self.place,
            "private": self.is_private,
            "has_discussions": True,
            "html_url": f"https://github.com/{self.place}",
        }

    def tell(self, event: str, action: str, by: str, **what: Any) -> None:
        """Write down a delivery; what it says is fixed at this moment."""
        number = len(self.deliveries) + 1
        payload = {"action": action, "repository": self.repository(), "sender": self.user(by), **what}
        guid = f"00000000-0000-4000-8000-{number:012}"
        self.deliveries.append(Delivery(number, guid, event, copy.deepcopy(payload), self.stamp()))

    def opens(
        self, who: str, title: str, body: str = "It stops.", *, labels: tuple[str, ...] = (), kind: str = "issue"
    ) -> int:
        """Open an issue, a pull request (`pull`) or a discussion; its number."""
        number, at = len(self.threads) + 1, self.tick()
        word = {"issue": "issues", "pull": "pull", "discussion": "discussions"}[kind]
        thread: Json = {
            "id": self.new_id(), "node_id": f"T_{number}", "number": number, "title": title, "body": body,
            "user": self.user(who), "author_association": PEOPLE.get(who, (0, "NONE"))[1],
            "state": "open", "state_reason": None, "locked": False, "closed_at": None,
            "labels": [{"name": one} for one in labels], "assignees": [],
            "reactions": {"+1": 0, "heart": 0}, "created_at": at, "updated_at": at,
            "html_url": f"https://github.com/{self.place}/{word}/{number}",
            "repository_url": f"https://api.github.com/repos/{self.place}",
        }  # fmt: skip
        if kind == "pull":
            thread["pull_request"] = {"merged_at": None}
        if kind == "discussion":
            thread |= {"answer_html_url": None, "category": {"name": "Q&A"}}
        thread["_kind"] = kind
        self.threads[number] = thread
        self._tell_thread(thread, "created" if kind == "discussion" else "opened", who)
        return number

    def says(self, who: str, number: int, body: str, *, app: bool = False, reply_to: str = "") -> Json:
        """Comment on a thread; `app` says that a program posts it."""
        thread, at = self.threads[number], self.tick()
        comment: Json = {
            "id": self.new_id(), "body": body, "user": self.user(who), "created_at": at, "updated_at": at,
            "author_association": PEOPLE.get(who, (0, "NONE"))[1], "reactions": {"+1": 0},
            "performed_via_github_app": {"id": APP_ID, "slug": SLUG} if app else None,
            "_number": number, "_reply_to": reply_to,
        }  # fmt: skip
        comment["node_id"] = f"C_{comment['id']}"
        comment["html_url"] = f"{thread['html_url']}#issuecomment-{comment['id']}"
        thread["updated_at"] = at
        self.comments.append(comment)
        self._tell_comment(comment, "created", who)
        return comment

    def edits(self, comment: Json, body: str, who: str = "casey") -> None:
        """Change a comment's words."""
        comment |= {"body": body, "updated_at": self.tick()}
        self._tell_comment(comment, "edited", who)

    def rewrites(self, number: int, body: str, who: str = "casey") -> None:
        """Change a thread's first words."""
        self.threads[number] |= {"body": body, "updated_at": self.tick()}
        self._tell_thread(self.threads[number], "edited", who)

    def deletes(self, comment: Json, who: str = "casey") -> None:
        """Take a comment away."""
        self.tick()
        self.comments.remove(comment)
        self._tell_comment(comment, "deleted", who)

    def closes(self, number: int, who: str = "maya", reason: str = "completed") -> None:
        """Close a thread."""
        at = self.tick()
        self._change(number, who, "closed", state="closed", state_reason=reason, closed_at=at, updated_at=at)

    def reopens(self, number: int, who: str = "casey") -> None:
        """Open a closed thread again."""
        self._change(
            number, who, "reopened", state="open", state_reason="reopened", closed_at=None, updated_at=self.tick()
        )

    def locks(self, number: int, who: str = "maya", *, locked: bool = True) -> None:
        """Lock a thread, or let people write in it again."""
        self._change(number, who, "locked" if locked else "unlocked", locked=locked, updated_at=self.tick())

    def labels_it(self, number: int, name: str, who: str = "maya", *, on: bool = True) -> None:
        """Put a label on a thread, or take it off."""
        thread, at = self.threads[number], self.tick()
        rest = [one for one in thread["labels"] if one["name"] != name]
        labels = [*rest, {"name": name}] if on else rest
        self._change(number, who, "labeled" if on else "unlabeled", label={"name": name}, labels=labels, updated_at=at)

    def assigns(self, number: int, login: str, who: str = "maya", *, on: bool = True) -> None:
        """Give a thread to somebody, or take it from them."""
        thread, at = self.threads[number], self.tick()
        rest = [one for one in thread["assignees"] if one["login"] != login]
        assignees = [*rest, self.user(login)] if on else rest
        self._change(number, who, "assigned" if on else "unassigned", assignees=assignees, updated_at=at)

    def accepts(self, comment: Json, who: str = "casey") -> None:
        """Choose a comment as the answer of its discussion."""
        thread = self.threads[comment["_number"]]
        thread |= {"answer_html_url": comment["html_url"], "updated_at": self.tick()}
        self.tell("discussion", "answered", who, discussion=public(thread), answer=public(comment))

    def transfers(self, number: int, to: str, to_id: int, new_number: int, who: str = "maya") -> None:
        """Move an issue to another repository."""
        thread, at = self.threads.pop(number), self.tick()
        moved = public(thread) | {
            "id": self.new_id(), "number": new_number, "updated_at": at,
            "html_url": f"https://github.com/{to}/issues/{new_number}",
            "repository_url": f"https://api.github.com/repos/{to}",
        }  # fmt: skip
        place = {"id": to_id, "full_name": to, "private": False}
        self.tell(
            "issues", "transferred", who, issue=public(thread) | {"updated_at": at},
            changes={"new_issue": moved, "new_repository": place},
        )  # fmt: skip

    def renames(self, to: str, who: str = "Codertocat") -> None:
        """Give the repository another name."""
        before, self.place = self.place, to
        self.tick()
        changes = {"repository": {"name": {"from": before.partition("/")[2]}}}
        self.tell("repository", "renamed", who, changes=changes)

    def releases_it(self, tag: str, who: str = "maya", *, prerelease: bool = False) -> None:
        """Publish a release."""
        release = {
            "id": self.new_id(), "tag_name": tag, "name": tag, "draft": False, "prerelease": prerelease,
            "published_at": self.tick(), "html_url": f"https://github.com/{self.place}/releases/tag/{tag}",
        }  # fmt: skip
        self.releases.append(release)
        self.tell("release", "published", who, release=release)

    def _change(self, number: int, who: str, action: str, *, label: Json | None = None, **values: Any) -> None:
        thread = self.threads[number]
        thread |= values
        self._tell_thread(thread, action, who, **({"label": label} if label else {}))

    def _tell_thread(self, thread: Json, action: str, who: str, **more: Any) -> None:
        event, key = {
            "issue": ("issues", "issue"),
            "pull": ("pull_request", "pull_request"),
            "discussion": ("discussion", "discussion"),
        }[thread["_kind"]]
        self.tell(event, action, who, **{key: public(thread)}, **more)

    def _tell_comment(self, comment: Json, action: str, who: str) -> None:
        thread = self.threads[comment["_number"]]
        is_discussion = thread["_kind"] == "discussion"
        event, key = ("discussion_comment", "discussion") if is_discussion else ("issue_comment", "issue")
        self.tell(event, action, who, **{key: public(thread)}, comment=public(comment))


def public(thing: Json) -> Json:
    """What others see of a thing: without the fake's own notes."""
    return {name: value for name, value in thing.items() if not name.startswith("_")}
