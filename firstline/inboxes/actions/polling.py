"""The place of a source that is asked; the asking itself is intake's."""

from collections.abc import Mapping

from django.db import transaction

from firstline.core import clock
from firstline.inboxes.models import Mailbox


def place_of(mailbox: Mailbox) -> dict[str, str]:
    """Where the next look begins; before the first one, the moment from which on things are taken."""
    begins_at = mailbox.begins_at or mailbox.inbox.created_at
    return {"begins_at": begins_at.isoformat(), **mailbox.place}


@transaction.atomic
def note_polled(mailbox: Mailbox, place: Mapping[str, str], *, took: bool) -> None:
    """What lay before `place` is committed in this very transaction: the next look begins there."""
    held = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    held.place = mailbox.place = dict(place)
    held.taken_at = clock.now() if took else held.taken_at
    held.save(update_fields=["place", "taken_at"])
