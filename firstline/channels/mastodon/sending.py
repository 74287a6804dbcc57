"""A reply on Mastodon: to the post that was answered, read by no more people than that one, found again when a try was
unclear. https://docs.joinmastodon.org/methods/statuses/#create (2026-11)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from firstline.channels.base import ChannelError, OutgoingMessage
from firstline.channels.mastodon import client
from firstline.channels.mastodon.client import Settings
from firstline.channels.mastodon.reading import IDS
from firstline.channels.networks import posts
from firstline.channels.networks.api import Api
from firstline.channels.payloads import moment, objs, text
from firstline.core import html

WIDE_TO_NARROW = ("public", "unlisted", "private", "direct")
DEFAULT_LIMIT = 500
LINK, LINK_COUNTS = re.compile(r"https?://\S+"), 23
CALL = re.compile(r"(?<![\w/])@(\w[\w.-]*)@([\w.-]+\w)")
ANY_CALL = re.compile(r"(?<![\w/@])@(?=\w)")
INVISIBLE = "\u200b"
LOOK_BACK = timedelta(minutes=10)
"""How much earlier than our own clock the server's may say that our post was written."""
Object = dict[str, Any]


def send(outgoing: OutgoingMessage, settings: Settings) -> str:
    """Post the reply, as a thread when it is long; the external id of its first post. Raises ChannelError.

    Each post bears its own Idempotency-Key: the server answers a repeat with the post that it already has.
    """
    at = client.api(settings)
    target = _target(at, outgoing, settings)
    written = compose(outgoing, target, settings)
    done = _posted(at, target, written, outgoing, settings) if len(written) > 1 else []
    before = done[-1] if done else text(target, "id")
    for number, part in enumerate(written[len(done) :], len(done)):
        fields = {
            "status": part,
            "in_reply_to_id": before,
            "visibility": narrower(text(target, "visibility"), is_public=_is_public(outgoing)),
            "spoiler_text": text(target, "spoiler_text"),
            "language": text(target, "language") or None,
        }
        key = {"Idempotency-Key": f"{outgoing.message_id.strip('<>').partition('@')[0]}-{number}"}
        before = text(at.post("/api/v1/statuses", fields, headers=key), "id")
        done.append(before)
    return f"{client.server(settings)}/{done[0]}"


def find(outgoing: OutgoingMessage, settings: Settings) -> str:
    """The external id of a reply that is there whole already, '' when it is not. Raises ChannelError."""
    at = client.api(settings)
    target = _target(at, outgoing, settings)
    written = compose(outgoing, target, settings)
    done = _posted(at, target, written, outgoing, settings)
    return f"{client.server(settings)}/{done[0]}" if len(done) == len(written) else ""


def compose(outgoing: OutgoingMessage, target: Object, settings: Settings) -> list[str]:
    """The posts: each calls the one who is answered, so that they are told, and in confidence nobody else."""
    who = f"@{text(target.get('account') or {}, 'acct')}"
    said = outgoing.text.strip()
    is_direct = narrower(text(target, "visibility"), is_public=_is_public(outgoing)) == "direct"
    said = _without_calls(said, but=who if is_direct else "", everywhere=is_direct)
    limit = limit_of(settings) - count(text(target, "spoiler_text"))
    room = limit - count(f"{who} ")
    parts = posts.parts_of(said, limit if _calls(said, who) else room, count)
    return [part if _calls(part, who) else f"{who} {part}" for part in parts]


def narrower(asked: str, *, is_public: bool) -> str:
    """The visibility of an answer: the question's, and `direct` when the desk holds the thread to be private."""
    if asked not in WIDE_TO_NARROW or (asked in WIDE_TO_NARROW[:2] and not is_public):
        return "direct"
    return asked


def count(said: str) -> int:
    """Signs as Mastodon counts them: a link is 23, of an account elsewhere only its name counts."""
    return posts.graphemes(CALL.sub(r"@\1", LINK.sub("x" * LINK_COUNTS, said)))


def limit_of(settings: Settings) -> int:
    """How many signs a post of this server holds."""
    given = settings.get("limit", "")
    return int(given) if given.isdigit() and int(given) > 0 else DEFAULT_LIMIT


def _calls(said: str, who: str) -> bool:
    return re.search(rf"(?<![\w@]){re.escape(who)}(?![\w@.-]*\w)", said, re.IGNORECASE) is not None


def _without_calls(said: str, *, but: str, everywhere: bool) -> str:
    """Nobody is called by what is quoted; in a direct message nobody but the reader, for who is called reads it."""

    def quiet(line: str) -> str:
        return ANY_CALL.sub(lambda found: _kept(line, found.start(), but), line)

    return "\n".join(quiet(line) if everywhere or line.lstrip().startswith(">") else line for line in said.split("\n"))


def _kept(line: str, start: int, but: str) -> str:
    is_reader = but and line[start:].lower().startswith(but.lower()) and not line[start + len(but) :][:1].isalnum()
    return "@" if is_reader else f"@{INVISIBLE}"


def _is_public(outgoing: OutgoingMessage) -> bool:
    return outgoing.thread is not None and outgoing.thread.is_public


def _target(at: Api, outgoing: OutgoingMessage, settings: Settings) -> Object:
    """The post that is answered, as it stands now. Raises ChannelError (Gone when it was deleted)."""
    server, _, status_id = outgoing.in_reply_to.rpartition("/")
    if not IDS.fullmatch(status_id):
        raise ChannelError("There is no post left to answer.", permanent=True)
    if server != client.server(settings):
        raise ChannelError("The post lies on another server than this inbox's.", permanent=True)
    found = at.get(f"/api/v1/statuses/{status_id}")
    return found if isinstance(found, dict) else {}


def _posted(
    at: Api, target: Object, written: Sequence[str], outgoing: OutgoingMessage, settings: Settings
) -> list[str]:
    """Ids of the posts of this reply that are there already, in order: each answers the one before with our words."""
    me = text(client.me(settings), "id")
    listed = at.get(f"/api/v1/accounts/{me}/statuses", {"limit": 40, "exclude_reblogs": "true"})
    ours = [one for one in objs({"posts": listed}, "posts") if _is_since(one, outgoing)]
    done, before = list[str](), text(target, "id")
    for part in written:
        found = next((one for one in ours if text(one, "in_reply_to_id") == before and _says(one, part)), None)
        if found is None:
            return done
        before = text(found, "id")
        done.append(before)
    return done


def _is_since(status: Any, outgoing: OutgoingMessage) -> bool:
    at = moment(status, "created_at")
    return at is None or at >= outgoing.date - LOOK_BACK


def _says(status: Any, part: str) -> bool:
    """Whether a post shows these words; the server turns calls and links into HTML, where hosts of calls are hidden."""
    return _bare(html.to_text(text(status, "content"))) == _bare(part)


def _bare(said: str) -> str:
    return "".join(re.sub(r"(@\w[\w.-]*)@[\w.-]+\w", r"\1", said).split()).replace(INVISIBLE, "")
