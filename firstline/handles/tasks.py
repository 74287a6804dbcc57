"""Jobs of this slice."""

from procrastinate.contrib.django import app

from firstline.conversations.models import Conversation
from firstline.events.models import Event
from firstline.handles import actions


@app.task(name="handles.look_elsewhere", queue="answers")
def look_elsewhere(event_id: int) -> None:
    """See whether the same person has the same question open already."""
    found = Conversation.objects.select_related("contact").filter(
        pk=Event.objects.get(pk=event_id).conversation_id or 0
    )
    conversation = found.first()
    if conversation is not None:
        actions.look_elsewhere(conversation)
