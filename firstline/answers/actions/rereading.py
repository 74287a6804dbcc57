"""What was read before the catalogue changed is read once more, while somebody still waits for an answer to it."""

from django.db import transaction

from firstline.answers import queries
from firstline.answers.actions import suggesting
from firstline.answers.models import Diagnosis, Suggestion, SuggestionState
from firstline.conversations.models import Conversation, Message


def read_again(conversation_id: int) -> bool:
    """Diagnose the contact's newest message anew; says whether it now reads otherwise. May run twice.

    A message to which nothing could be proposed is asked for again with what it is now known to be.
    """
    conversation = Conversation.objects.select_related("contact").get(pk=conversation_id)
    heard = queries.newest_heard(conversation)
    if conversation.is_ended or heard is None or heard.is_automatic:
        return False
    message = Message.objects.select_related("conversation__contact", "strand").get(pk=heard.pk)
    reading = suggesting.read(message)
    before = Diagnosis.objects.filter(message=message).values_list("signature", "case", "cause").first()
    now = (reading.signature or "", reading.case or "", reading.cause)
    if now == (before or ("", "", "")):
        return False
    with transaction.atomic():
        diagnosis, _is_new = Diagnosis.objects.update_or_create(
            message=message, defaults=suggesting.said_of(message, reading)
        )
        suggesting.record_diagnosis(diagnosis)
        Suggestion.objects.filter(message=message, state=SuggestionState.NOTHING).delete()
    suggesting.suggest(message.pk)
    return True
