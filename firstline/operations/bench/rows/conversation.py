"""The page of a conversation with twenty messages, all panels."""

from datetime import timedelta

from django.urls import reverse

from firstline.answers.actions import suggest
from firstline.conversations.models import Conversation, Delivery, Message, Status
from firstline.operations.bench import desk, pages
from firstline.operations.bench.report import Row

TARGET_MS = 35.0
MESSAGES = 20
CONVERSATIONS = 20


def measure() -> Row:
    """The whole page with list and frame, and then every panel that the page fetches for itself."""
    user = pages.agent()
    cookie = desk.sign_in(user.pk)
    paths = [reverse("conversations:detail", args=["open", pk]) for pk in _long_ones()]
    floor = pages.floor(pages.statements(user, paths[0]))
    panels = _panels(paths[0])
    with desk.running_web() as web:
        timing = pages.timed(web, cookie, paths)
        panel_ms = sum(pages.timed(web, cookie, [panel], n=50).cpu_ms for panel in panels)
    total = timing.cpu_ms + panel_ms
    return Row(
        name="conversation",
        n=timing.n,
        target=f"≤ {TARGET_MS:g} ms CPU, panels included",
        ok=total <= TARGET_MS,
        cpu_ms=round(total, 2),
        p50_ms=round(timing.p50_ms, 1),
        p95_ms=round(timing.p95_ms, 1),
        per_s=round(timing.per_s, 1),
        floor=round(floor.cpu_ms, 2),
        ratio=round(total / floor.cpu_ms, 2) if floor.cpu_ms else None,
        details={"page_cpu_ms": round(timing.cpu_ms, 2), "panels": len(panels), "panels_cpu_ms": round(panel_ms, 2)},
    )


def _long_ones() -> list[int]:
    """Open conversations of the bench, each brought to twenty messages and read by the machine."""
    found = list(
        Conversation.objects.filter(status=Status.OPEN, inbox__name__startswith="bench-").order_by("-pk")[
            :CONVERSATIONS
        ]
    )
    if not found:
        raise pages.NothingSeeded("Seed the desk first: firstline bench seed --conversations 100000")
    new = []
    for conversation in found:
        messages = list(conversation.messages.order_by("pk"))
        template = messages[0]
        for i in range(MESSAGES - len(messages)):
            at = messages[-1].created_at + timedelta(minutes=i + 1)
            new.append(
                Message(
                    conversation=conversation,
                    strand_id=template.strand_id,
                    author_identity_id=template.author_identity_id,
                    text=template.text,
                    state=Delivery.RECEIVED,
                    created_at=at,
                    written_at=at,
                )
            )
    Message.objects.bulk_create(new)
    for conversation in found:
        newest = conversation.messages.filter(author_identity__isnull=False).order_by("-pk").first()
        if newest is not None:
            suggest(newest.pk)
    return [conversation.pk for conversation in found]


def _panels(path: str) -> list[str]:
    """The addresses of the panels that the page loads by itself."""
    import re

    from django.conf import settings
    from django.test import Client

    browser = Client(HTTP_HOST="localhost")
    browser.force_login(pages.agent(), backend=settings.AUTHENTICATION_BACKENDS[0])
    html = browser.get(path).content.decode()
    elements = re.findall(r"<[^>]*hx-trigger=\"[^\"]*\bload\b[^>]*>", html)
    found = (re.search(r'hx-get="([^"]+)"', element) for element in elements)
    return sorted({match[1] for match in found if match})
