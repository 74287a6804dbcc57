"""An answer on X: to a post that called the account, as a thread when it is long; or into a direct conversation.

X has no key by which a repeat is known: after an unclear failure, and before a thread goes on, the account's newest
posts are read for our words. https://docs.x.com/x-api/posts/creation-of-a-post (2026-08)
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from firstline.channels.base import ChannelError, OutgoingMessage
from firstline.channels.networks import posts
from firstline.channels.networks.api import Api, Refused
from firstline.channels.payloads import moment, obj, objs, text
from firstline.channels.x import client
from firstline.channels.x.client import Settings
from firstline.channels.x.counting import DIRECT_LIMIT, LIMIT, has_link, weight
from firstline.channels.x.reading import DIRECT, IDS

LOOK_BACK = timedelta(minutes=2)
LINK = re.compile(r"\S*(?:https?://|t\.co/)\S+")
NOT_CALLED = "X lets this account answer only posts that call it. Open the post there to answer by hand."


def send(outgoing: OutgoingMessage, settings: Settings) -> str:
    """Post the answer; the external id of its first post. Raises ChannelError."""
    at = client.api(settings)
    if _conversation(outgoing):
        return _send_direct(at, outgoing)
    target, written = _target(outgoing), compose(outgoing)
    done = _posted(at, target, written, outgoing) if len(written) > 1 else []
    before = done[-1] if done else target
    for part in written[len(done) :]:
        before = _post(at, part, before)
        done.append(before)
    return f"post/{done[0]}"


def find(outgoing: OutgoingMessage, settings: Settings) -> str:
    """The external id of an answer that is there whole already, '' when it is not. Raises ChannelError."""
    at = client.api(settings)
    if _conversation(outgoing):
        return _find_direct(at, outgoing)
    written = compose(outgoing)
    done = _posted(at, _target(outgoing), written, outgoing)
    return f"post/{done[0]}" if len(done) == len(written) else ""


def charges(outgoing: OutgoingMessage) -> Mapping[str, int]:
    """What it will cost: an answer to who called is cheaper than a post, a link dearer than both."""
    if _conversation(outgoing):
        return {"direct_sent": 1}
    parts = posts.cut(posts.quiet_quotes(outgoing.text), LIMIT, weight)
    linked = sum(1 for part in parts if has_link(part))
    first = 0 if has_link(parts[0]) else 1
    counted = {"post_with_link": linked, "answer": first, "post_sent": len(parts) - linked - first}
    counted |= {"own_post": 10} if len(parts) > 1 else {}
    return {kind: count for kind, count in counted.items() if count}


def compose(outgoing: OutgoingMessage) -> list[str]:
    """The posts of the answer. Raises ChannelError when it is too long for a thread."""
    return posts.parts_of(posts.quiet_quotes(outgoing.text), LIMIT, weight)


def _post(at: Api, part: str, before: str) -> str:
    try:
        made = at.post("/2/tweets", {"text": part, "reply": {"in_reply_to_tweet_id": before}})
    except Refused as error:
        if "duplicate" in error.sentence.lower():
            raise ChannelError("X says that this was posted already.", permanent=False, unclear=True) from error
        if "(403)" in error.sentence:
            raise ChannelError(NOT_CALLED, permanent=True) from error
        raise
    post_id = text(obj(made, "data"), "id")
    if not post_id:
        raise ChannelError("X took the post and did not say as what.", permanent=False, unclear=True)
    return post_id


def _posted(at: Api, target: str, written: Sequence[str], outgoing: OutgoingMessage) -> list[str]:
    """Ids of the posts of this answer that are there already, in order."""
    since = (outgoing.date - LOOK_BACK).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    where = {"max_results": "20", "start_time": since, "post.fields": "created_at,entities,note_post"}
    listed = objs(at.get(f"/2/users/{client.me(at)['id']}/tweets", where), "data")
    unused, done = listed[::-1], list[str]()
    for part in written:
        found = next((one for one in unused if _says(one, part)), None)
        if found is None:
            return done
        unused.remove(found)
        done.append(text(found, "id"))
    return done


def _says(post: Mapping[str, Any], part: str) -> bool:
    """Whether a post has these words: X puts calls in front of an answer and shortens links."""
    said = text(obj(post, "note_post"), "text") or text(post, "text")
    return _bare(html.unescape(said)) == _bare(part)


def _bare(said: str) -> str:
    return " ".join(LINK.sub("", re.sub(r"^(?:@\w{1,15}\s+)+", "", said)).split())


def _conversation(outgoing: OutgoingMessage) -> str:
    """The direct conversation that it belongs to, '' for a post. What is private never becomes a post."""
    thread = outgoing.thread
    if thread is None:
        raise ChannelError("There is no thread to post to.", permanent=True)
    kind, _, found = thread.address.partition("/")
    if kind == "dm" and DIRECT.fullmatch(found):
        return found
    if kind != "post" or not thread.is_public:
        raise ChannelError("This thread's address at X is not known.", permanent=True)
    return ""


def _target(outgoing: OutgoingMessage) -> str:
    kind, _, post_id = outgoing.in_reply_to.partition("/")
    if kind != "post" or not IDS.fullmatch(post_id):
        raise ChannelError("There is no post left to answer.", permanent=True)
    return post_id


def _send_direct(at: Api, outgoing: OutgoingMessage) -> str:
    said = outgoing.text.strip()
    if len(said) > DIRECT_LIMIT:
        raise ChannelError(f"A direct message at X takes {DIRECT_LIMIT:,} characters.", permanent=True)
    made = at.post(f"/2/dm_conversations/{_conversation(outgoing)}/messages", {"text": said})
    return f"dm/{text(obj(made, 'data'), 'dm_event_id')}"


def _find_direct(at: Api, outgoing: OutgoingMessage) -> str:
    path = f"/2/dm_conversations/{_conversation(outgoing)}/dm_events"
    listed = at.get(path, {"max_results": 20, "dm_event.fields": "created_at,id,text", "event_types": "MessageCreate"})
    for one in objs(listed, "data"):
        if posts.same(html.unescape(text(one, "text")), outgoing.text) and _is_since(one, outgoing.date):
            return f"dm/{text(one, 'id')}"
    return ""


def _is_since(event: Mapping[str, Any], date: datetime) -> bool:
    at = moment(event, "created_at")
    return at is None or at >= date - LOOK_BACK
