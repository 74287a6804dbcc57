"""Who looks at a conversation and who writes: said to open pages, kept nowhere."""

import json

from django.db import connection

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.events.recording import CHANNEL

STATES = ("looking", "writing", "left")


def announce(conversation: Conversation, state: str, *, by: User) -> None:
    """Tell the pages that may see the conversation's inbox; they forget it again by themselves after 45 seconds."""
    payload = {
        "kind": f"presence.{state}",
        "conversation": conversation.pk,
        "inbox": conversation.inbox_id,
        "person": by.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(payload)])
