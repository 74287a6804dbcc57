"""From a delivery of GitHub to what it means: a message, a change of state, or nothing for a desk.

Pure and total: any bytes give an answer. Threads and messages carry database ids, never node ids, of which one thing
may have two. https://docs.github.com/webhooks/webhook-events-and-payloads (2026-11)
"""

from __future__ import annotations

import re
from collections.abc import Callable

from firstline.channels.base import Address, ChangeKind, Envelope, Ignored, Parsed, StateChange
from firstline.channels.github import reading
from firstline.channels.github.payloads import delivery, person
from firstline.channels.payloads import Json, moment, obj, objs, text

THREAD_CHANGES: dict[str, ChangeKind] = {
    "assigned": "described",
    "unassigned": "described",
    "category_changed": "described",
    "typed": "described",
    "untyped": "described",
    "ready_for_review": "described",
    "converted_to_draft": "described",
    "answered": "answered",
    "unanswered": "unanswered",
    "closed": "closed",
    "reopened": "reopened",
    "locked": "locked",
    "unlocked": "unlocked",
    "labeled": "labelled",
    "unlabeled": "labelled",
}
OPENED = ("opened", "created", "listed")
PLACE_CHANGES: dict[str, ChangeKind] = {
    "renamed": "place_renamed",
    "transferred": "place_renamed",
    "privatized": "made_private",
    "publicized": "published",
}
APP_CHANGES: dict[str, ChangeKind] = {
    "created": "installed",
    "unsuspend": "installed",
    "new_permissions_accepted": "installed",
    "added": "installed",
    "deleted": "uninstalled",
    "suspend": "uninstalled",
    "removed": "uninstalled",
}
NOT_A_WORD = re.compile(r"[^a-z0-9]+")
RULE_LENGTH = 40


def parse(raw: bytes, envelope: Envelope) -> Parsed:
    """What a delivery means. An event that the desk does not know is `ignored:event_NAME`."""
    payload = delivery(raw)
    if payload is None:
        return Ignored("not_json")
    read = READERS.get(envelope.event)
    return read(payload) if read else _passed("event", envelope.event or "unnamed")


def repository_of(raw: bytes) -> str:
    """The `owner/name` that a delivery is about, '' when it is about none: an app has one webhook for them all."""
    payload = delivery(raw)
    return reading.place(payload) if payload is not None else ""


def _passed(subject: str, action: str) -> Ignored:
    word = NOT_A_WORD.sub("_", f"{subject}_{action}".lower()).strip("_")
    return Ignored(word[:RULE_LENGTH].rstrip("_") or "event")


def _thread_event(payload: Json, key: str) -> Parsed:
    """`issues`, `pull_request`, `discussion`: the thread itself."""
    action, source = text(payload, "action"), obj(payload, key)
    if not reading.has_number(source):
        return Ignored("no_thread")
    thread = reading.thread(payload, source, key)
    if action in OPENED:
        return reading.first_message(thread)
    if action == "edited":
        return StateChange("edited", moment(source, "updated_at"), _by(payload), thread, thread.first)
    if action == "deleted":
        return StateChange("deleted", moment(source, "updated_at"), _by(payload), thread)
    if action == "transferred":
        return _moved(payload, source, key)
    if action in THREAD_CHANGES:
        label = text(obj(payload, "label"), "name")
        answer = reading.answer_url(payload, source)
        return StateChange(
            THREAD_CHANGES[action], moment(source, "updated_at"), _by(payload), thread, value=label, url=answer
        )
    return _passed(key, action)


def _moved(payload: Json, source: Json, key: str) -> Parsed:
    """An issue or discussion that went to another repository, where it has another number."""
    changes = obj(payload, "changes")
    target = obj(changes, f"new_{key}")
    if not reading.has_number(target):
        return _passed(key, "transferred")
    old = reading.thread(payload, source, key)
    new = reading.thread({**payload, "repository": obj(changes, "new_repository")}, target, key)
    return StateChange("transferred", moment(source, "updated_at"), _by(payload), old, moved_to=new)


def _comment_event(payload: Json, key: str, comment_key: str, prefix: str) -> Parsed:
    """A comment on a thread, or a review of one."""
    action, source, comment = text(payload, "action"), obj(payload, key), obj(payload, comment_key)
    if not reading.has_number(source) or not text(comment, "id"):
        return Ignored("no_thread")
    message = reading.comment(payload, source, comment, key, prefix)
    if action in ("created", "submitted", "listed"):
        return message if message.text.strip() else Ignored("no_text")
    if action == "edited":
        return StateChange("edited", message.updated_at, _by(payload), message.thread, message)
    if action == "deleted":
        return StateChange("deleted", message.updated_at, _by(payload), message.thread, message)
    return _passed(comment_key, action)


def _label_event(payload: Json) -> Parsed:
    kinds: dict[str, ChangeKind] = {"created": "label_defined", "edited": "label_defined", "deleted": "label_dropped"}
    action, name = text(payload, "action"), text(obj(payload, "label"), "name")
    if action not in kinds or not name:
        return _passed("label", action)
    before = text(obj(payload, "changes", "name"), "from")
    return StateChange(kinds[action], by=_by(payload), place=reading.place(payload), value=name, before=before)


def _repository_event(payload: Json) -> Parsed:
    action = text(payload, "action")
    if action not in PLACE_CHANGES:
        return _passed("repository", action)
    name = reading.place(payload)
    before = text(obj(payload, "changes", "repository", "name"), "from")
    owner = text(obj(payload, "changes", "owner", "from", "user"), "login") or text(
        obj(payload, "changes", "owner", "from", "organization"), "login"
    )
    old = f"{owner or name.partition('/')[0]}/{before or name.partition('/')[2]}"
    return StateChange(
        PLACE_CHANGES[action],
        moment(obj(payload, "repository"), "updated_at"),
        _by(payload),
        place=name,
        value=text(obj(payload, "repository"), "id"),
        before=old if old != name else "",
    )


def _installation_event(payload: Json) -> Parsed:
    action = text(payload, "action")
    if action not in APP_CHANGES:
        return _passed("installation", action)
    added = [text(one, "full_name") for one in objs(payload, "repositories_added") or objs(payload, "repositories")]
    removed = [text(one, "full_name") for one in objs(payload, "repositories_removed")]
    return StateChange(
        APP_CHANGES[action],
        by=_by(payload),
        place=" ".join(removed if action == "removed" else added),
        value=text(obj(payload, "installation"), "id"),
    )


def _release_event(payload: Json) -> Parsed:
    release, action = obj(payload, "release"), text(payload, "action")
    if action not in ("published", "released"):
        return _passed("release", action)
    if release.get("draft") is True or release.get("prerelease") is True:
        return Ignored("prerelease")
    return StateChange(
        "released",
        moment(release, "published_at"),
        _by(payload),
        place=reading.place(payload),
        value=text(release, "tag_name"),
        url=text(release, "html_url"),
    )


def _by(payload: Json) -> Address | None:
    return person(payload, "sender") if obj(payload, "sender") else None


def _ping(payload: Json) -> Parsed:
    return Ignored("ping")


READERS: dict[str, Callable[[Json], Parsed]] = {
    "issues": lambda payload: _thread_event(payload, "issue"),
    "pull_request": lambda payload: _thread_event(payload, "pull_request"),
    "discussion": lambda payload: _thread_event(payload, "discussion"),
    "issue_comment": lambda payload: _comment_event(payload, "issue", "comment", "issue_comment"),
    "discussion_comment": lambda payload: _comment_event(payload, "discussion", "comment", "discussion_comment"),
    "pull_request_review_comment": lambda payload: _comment_event(payload, "pull_request", "comment", "review_comment"),
    "pull_request_review": lambda payload: _comment_event(payload, "pull_request", "review", "review"),
    "label": _label_event,
    "repository": _repository_event,
    "installation": _installation_event,
    "installation_repositories": _installation_event,
    "release": _release_event,
    "ping": _ping,
}
