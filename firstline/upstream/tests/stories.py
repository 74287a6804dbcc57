"""A repository's life made by chance from a seed, and everything that an agent could see of it at the desk."""

from __future__ import annotations

import random
from typing import Any

from firstline.conversations.models import Conversation
from firstline.inboxes.models import Inbox
from firstline.upstream import queries
from firstline.upstream.models import Original
from tests.fakes.github.world import Json, World

WHO = ("casey", "casey", "noor", "grim", "maya")
WORDS = ("It still stops.", "+1", "Use npm 11.", "Thanks, that works.", "Which version?", "same here", "bump")


class Life:
    """People act on one repository; the same seed gives the same acts, whatever the ids."""

    def __init__(self, world: World, seed: int, *, deletes: bool = True) -> None:
        self.world, self.random, self.deletes = world, random.Random(seed), deletes
        self.said: list[Json] = []

    def go_on(self, acts: int) -> None:
        """So many acts, each told by one delivery."""
        for _act in range(acts):
            if len(self.world.threads) < 3:
                self._opens()
            else:
                self.random.choice([self._opens, self._says, self._says, self._says, self._changes, self._revises])()

    def _opens(self) -> None:
        kind = self.random.choice(["issue", "issue", "discussion"])
        title = f"Trouble {len(self.world.threads) + 1}"
        self.world.opens(self.random.choice(WHO[:4]), title, "It stops.", kind=kind)

    def _number(self) -> int:
        return self.random.choice(sorted(self.world.threads))

    def _says(self) -> None:
        self.said.append(self.world.says(self.random.choice(WHO), self._number(), self.random.choice(WORDS)))

    def _revises(self) -> None:
        if not self.said:
            return self._says()
        comment = self.random.choice(self.said)
        if self.random.random() < 0.7 or not self.deletes:
            return self.world.edits(comment, f"{comment['body']} (edited)")
        self.said.remove(comment)
        return self.world.deletes(comment)

    def _changes(self) -> None:
        number = self._number()
        match self.random.randrange(4 if self.world.threads[number]["_kind"] == "discussion" else 5):
            case 0 if self.world.threads[number]["state"] == "closed":
                self.world.reopens(number)
            case 0:
                self.world.closes(number, reason=self.random.choice(["completed", "duplicate"]))
            case 1:
                self.world.labels_it(number, self.random.choice(["bug", "docs", "question"]))
            case 2 | 3:
                self.world.locks(number, locked=not self.world.threads[number]["locked"])
            case _:
                self.world.assigns(number, "maya", on=not self.world.threads[number]["assignees"])


def seen(inbox: Inbox, *, history: bool = True) -> dict[str, Any]:
    """What the desk shows of an inbox's conversations, by their subject; without `history` only what stands there
    now, not what was edited and deleted on the way.
    """
    found: dict[str, Any] = {}
    for conversation in Conversation.objects.filter(inbox=inbox):
        originals = Original.objects.filter(message__conversation=conversation).select_related("message", "thread")
        said = sorted(
            (one.message.text, one.message.author_identity_id, one.message.is_automatic,
             (sorted(one.message.flags), queries.versions(one)) if history else ())
            for one in originals if history or one.deleted_at is None
        )  # fmt: skip
        thread = originals[0].thread
        found[conversation.subject] = (
            conversation.status, conversation.resolution, sorted(conversation.tags.values_list("name", flat=True)),
            thread.state, thread.is_locked, thread.assignees, said,
        )  # fmt: skip
    return found
