"""Threads and messages out of GitHub's objects."""

from __future__ import annotations

import re

from firstline.channels.base import ParsedMessage, Thread
from firstline.channels.github.payloads import is_machine, person, reactions
from firstline.channels.payloads import Json, moment, names, number, obj, text

KINDS = {"issue": "issues", "pull_request": "pull", "discussion": "discussions"}
"""The word in a thread's address, by the payload's key."""
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
MARKER = re.compile(r"<!-- firstline:([0-9a-f]{32}) -->")
HEADING = re.compile(r"\s*###[ \t]+(\S[^\r\n]*)")
REPOSITORY = re.compile(r"(?:/repos/|github\.com/|^)([^/\s]+/[^/\s]+)(?:/|$)")


def has_number(source: Json) -> bool:
    """Whether this is a thread at all."""
    return number(source, "number") > 0


def place(payload: Json) -> str:
    """The repository's `owner/name`."""
    return text(obj(payload, "repository"), "full_name")


def thread(payload: Json, source: Json, key: str) -> Thread:
    """The issue, pull request or discussion, as it stands in this payload."""
    repository = obj(payload, "repository")
    name = place(payload) or _place_of(source)
    kind = "pull" if isinstance(source.get("pull_request"), dict) else KINDS[key]
    is_private = repository.get("private") is True or text(repository, "visibility") in ("private", "internal")
    old, old_place = obj(payload, "changes", f"old_{key}"), obj(payload, "changes", "old_repository")
    found = Thread(
        key=thread_key(repository, name, source),
        address=f"{name}/{kind}/{number(source, 'number')}",
        ref=text(source, "node_id"),
        url=text(source, "html_url"),
        title=text(source, "title"),
        kind=kind,
        place=name,
        is_public=not is_private,
        opener=person(source),
        opener_role=text(source, "author_association").lower(),
        form=_form(text(source, "body")),
        state=_state(source),
        state_reason=_reason(source),
        is_locked=source["locked"] if isinstance(source.get("locked"), bool) else None,
        labels=names(source, "labels"),
        assignees=names(source, "assignees", "login"),
        reactions=reactions(source),
        answer_url=text(source, "answer_html_url"),
        closed_at=moment(source, "closed_at"),
        created_at=moment(source, "created_at"),
        updated_at=moment(source, "updated_at"),
        was=thread_key(old_place, text(old_place, "full_name"), old) if has_number(old) and old_place else "",
    )
    prefix = "discussion" if key == "discussion" else "pull_request" if key == "pull_request" else "issue"
    return found.opened_by(_message(source, f"{prefix}/{text(source, 'id')}", found))


def thread_key(repository: Json, name: str, source: Json) -> str:
    """`REPOSITORY_ID#NUMBER`: issues, pull requests and discussions of a repository share one row of numbers."""
    return f"{text(repository, 'id') or name.lower()}#{number(source, 'number')}"


def first_message(found: Thread) -> ParsedMessage:
    """What the thread was opened with."""
    assert found.first is not None
    return found.first.within(found)


def comment(payload: Json, source: Json, said: Json, key: str, prefix: str) -> ParsedMessage:
    """A comment or review, within its thread."""
    found = thread(payload, source, key)
    return _message(said, f"{prefix}/{text(said, 'id')}", found).within(found)


def answer_url(payload: Json, source: Json) -> str:
    """Where a discussion's accepted answer is read."""
    return text(obj(payload, "answer"), "html_url") or text(source, "answer_html_url")


def without_comments(body: str) -> str:
    """What a reader of GitHub sees: the hints of issue templates stand in HTML comments."""
    return COMMENT.sub("", body).replace("\r\n", "\n").strip()


def _message(said: Json, external_id: str, found: Thread) -> ParsedMessage:
    body = text(said, "body")
    marker = MARKER.search(body)
    created = moment(said, "created_at") or moment(said, "submitted_at")
    return ParsedMessage(
        external_id=external_id,
        ref=text(said, "node_id"),
        sender=person(said),
        subject=found.title,
        date=created,
        updated_at=moment(said, "updated_at") or created,
        text=body.replace("\r\n", "\n"),
        reply_text=without_comments(body),
        sender_role=text(said, "author_association").lower(),
        sender_is_machine=is_machine(said),
        by_app=text(obj(said, "performed_via_github_app"), "id"),
        marker=marker.group(1) if marker else "",
        url=text(said, "html_url") or found.url,
        reactions=reactions(said),
    )


def _state(source: Json) -> str:
    """`open` or `closed`. Discussions of before 2023 carry `open` and `locked` in `state`: locked ones are open."""
    state = text(source, "state").lower()
    return "closed" if state == "closed" else "open" if state else ""


def _reason(source: Json) -> str:
    if source.get("merged") is True or obj(source, "pull_request").get("merged_at"):
        return "merged"
    return text(source, "state_reason").lower()


def _form(body: str) -> str:
    """The first heading of an issue that was opened by a form, in lower case; '' for other issues."""
    heading = HEADING.match(without_comments(body))
    return heading.group(1).strip().lower() if heading else ""


def _place_of(source: Json) -> str:
    found = REPOSITORY.search(text(source, "repository_url") or text(source, "html_url"))
    return found.group(1) if found else ""
