"""From a stored message to its diagnosis and suggestion."""

import os

from firstline.answers.actions import suggest
from firstline.answers.models import Suggestion
from firstline.conversations.models import Conversation, Message, Status
from firstline.core.commands import say
from firstline.models_ai import embedder
from firstline.operations.bench import knowledge_base, meter, pages
from firstline.operations.bench.report import Row

MESSAGES = 100
WARM_UP = 5
TARGET_MS = 30.0


def measure() -> Row:
    """The newest messages of open conversations, against the embedder alone on the same texts."""
    pages.agent()
    knowledge_base.ensure(say)
    messages = _messages(MESSAGES + WARM_UP)
    if len(messages) < MESSAGES + WARM_UP:
        raise pages.NothingSeeded("Seed more: firstline bench seed --conversations 10000")
    Suggestion.objects.filter(message__in=[message.pk for message in messages]).delete()
    model = embedder.load()

    def here() -> set[int]:
        return {os.getpid()}

    def index(i: int) -> int:
        return i if i >= 0 else MESSAGES - 1 - i

    floor = meter.measure(lambda i: model.encode([messages[index(i)].text]), n=MESSAGES, pids=here, warm_up=WARM_UP)
    timing = meter.measure(
        lambda i: suggest(messages[index(i)].pk),
        n=MESSAGES,
        pids=lambda: here() | meter.backends(),
        warm_up=WARM_UP,
    )
    made = Suggestion.objects.filter(message__in=[message.pk for message in messages]).count()
    return Row(
        name="suggest",
        n=MESSAGES,
        target=f"≤ floor + {TARGET_MS:g} ms CPU",
        ok=timing.cpu_ms <= floor.cpu_ms + TARGET_MS,
        cpu_ms=round(timing.cpu_ms, 2),
        p50_ms=round(timing.p50_ms, 1),
        p95_ms=round(timing.p95_ms, 1),
        per_s=round(timing.per_s, 1),
        floor=round(floor.cpu_ms, 2),
        ratio=round(timing.cpu_ms / floor.cpu_ms, 2),
        details={"above_floor_cpu_ms": round(timing.cpu_ms - floor.cpu_ms, 2), "stored": made},
    )


def _messages(count: int) -> list[Message]:
    """The newest contact's message of as many open conversations."""
    conversations = Conversation.objects.filter(status=Status.OPEN, inbox__name__startswith="bench-").order_by("pk")
    found = (
        conversation.messages.filter(author_identity__isnull=False).order_by("-pk").first()
        for conversation in conversations[:count]
    )
    return [message for message in found if message is not None]
