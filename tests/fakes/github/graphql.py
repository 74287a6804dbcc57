"""The GraphQL half: discussions, which REST does not have."""

from __future__ import annotations

from typing import Any

from tests.fakes.github.world import REASONS, Json, World


def answer(world: World, query: str, variables: Json, who: str, as_app: bool) -> Json:
    """The answer to one query or mutation, told apart by the field that it asks for."""
    for field, act in (
        ("addDiscussionComment", _comment),
        ("closeDiscussion", _close),
        ("reopenDiscussion", _reopen),
        ("unlockLockable", _unlock),
        ("lockLockable", _lock),
        ("addLabelsToLabelable", _label),
        ("removeLabelsFromLabelable", _unlabel),
        ("minimizeComment", _minimize),
        ("discussions(", _list),
        ("discussion(number:", _find),
        ("comments(last:", _newest),
    ):
        if field in query:
            try:
                return act(world, variables, who, as_app)
            except KeyError:
                return {"data": None, "errors": [{"type": "NOT_FOUND", "message": "Could not resolve to a node."}]}
    return {"errors": [{"message": "The fake does not know this query."}]}


def _number(variables: Json) -> int:
    return int(str(variables["thread"]).removeprefix("T_"))


def _comment(world: World, variables: Json, who: str, as_app: bool) -> Json:
    if world.threads[_number(variables)]["locked"]:
        return {"errors": [{"type": "FORBIDDEN", "message": "The discussion is locked."}]}
    made = world.says(who, _number(variables), variables["body"], app=as_app)
    return {"data": {"addDiscussionComment": {"comment": {"databaseId": made["id"]}}}}


def _close(world: World, variables: Json, who: str, as_app: bool) -> Json:
    world.closes(_number(variables), who, REASONS[variables["value"]])
    return _done()


def _reopen(world: World, variables: Json, who: str, as_app: bool) -> Json:
    world.reopens(_number(variables), who)
    return _done()


def _lock(world: World, variables: Json, who: str, as_app: bool) -> Json:
    world.locks(_number(variables), who)
    return _done()


def _unlock(world: World, variables: Json, who: str, as_app: bool) -> Json:
    world.locks(_number(variables), who, locked=False)
    return _done()


def _label(world: World, variables: Json, who: str, as_app: bool) -> Json:
    world.labels_it(_number(variables), variables["value"].removeprefix("L_"), who)
    return _done()


def _unlabel(world: World, variables: Json, who: str, as_app: bool) -> Json:
    world.labels_it(_number(variables), variables["value"].removeprefix("L_"), who, on=False)
    return _done()


def _minimize(world: World, variables: Json, who: str, as_app: bool) -> Json:
    found = {one["node_id"]: one for one in world.comments}
    found[variables["thread"]]["_hidden"] = variables["value"]
    return _done()


def _done() -> Json:
    return {"data": {"done": {"clientMutationId": None}}}


def _find(world: World, variables: Json, who: str, as_app: bool) -> Json:
    return {"data": {"repository": {"discussion": {"id": world.threads[int(variables["number"])]["node_id"]}}}}


def _newest(world: World, variables: Json, who: str, as_app: bool) -> Json:
    found = [one for one in world.comments if one["_number"] == _number(variables)][-50:]
    return {
        "data": {"node": {"comments": {"nodes": [{"databaseId": one["id"], "body": one["body"]} for one in found]}}}
    }


def _list(world: World, variables: Json, who: str, as_app: bool) -> Json:
    found = [one for one in world.threads.values() if one["_kind"] == "discussion"]
    newest = sorted(found, key=lambda one: str(one["updated_at"]), reverse=True)
    start = int(variables.get("after") or 0)
    page = newest[start : start + 25]
    more = start + 25 < len(newest)
    info = {"hasNextPage": more, "endCursor": str(start + 25) if more else None}
    nodes = [_discussion(world, one) for one in page]
    return {"data": {"repository": {"discussions": {"pageInfo": info, "nodes": nodes}}}}


def _discussion(world: World, thread: Json) -> Json:
    answer = thread["answer_html_url"]
    said = [one for one in world.comments if one["_number"] == thread["number"] and not one["_reply_to"]]
    return {
        **_node(thread),
        "number": thread["number"], "title": thread["title"], "locked": thread["locked"],
        "closed": thread["state"] == "closed", "closedAt": thread["closed_at"],
        "stateReason": (thread["state_reason"] or "").upper() or None,
        "answer": {"url": answer} if answer else None,
        "labels": {"nodes": [{"name": one["name"]} for one in thread["labels"]]},
        "comments": {"nodes": [{**_node(one), "replies": {"nodes": _replies(world, one)}} for one in said]},
    }  # fmt: skip


def _replies(world: World, comment: Json) -> list[Json]:
    return [_node(one) for one in world.comments if one["_reply_to"] == comment["node_id"]]


def _node(thing: Json) -> Json:
    user: dict[str, Any] = thing["user"]
    return {
        "databaseId": thing["id"], "id": thing["node_id"], "body": thing["body"], "url": thing["html_url"],
        "createdAt": thing["created_at"], "updatedAt": thing["updated_at"],
        "authorAssociation": thing["author_association"],
        "author": {"login": user["login"].removesuffix("[bot]"), "databaseId": user["id"], "__typename": user["type"]},
    }  # fmt: skip
