"""'This was not me': somebody whose address was used can end all mail to it by one link (S-13)."""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.channels.base import ChannelError
from firstline.core import clock, tokens
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.inboxes.models import StoppedAddress

PURPOSE = "not-me"


class NotWanted(ChannelError):
    """The owner of the address has asked for no more mail."""


def not_me_link(address: str) -> str:
    """The link for a mail to an address whose owner has proved nothing yet."""
    row = StoppedAddress.objects.get_or_create(address=address.strip().lower())[0]
    return settings.BASE_URL + reverse("inboxes:not_me", args=[tokens.make(PURPOSE, [row.pk])])


def refuse_stopped(addresses: Iterable[str]) -> set[str]:
    """Those of the addresses, in lower case, whose owners want no mail. Raises NotWanted when that is all of them."""
    asked = {address.strip().lower() for address in addresses}
    found = StoppedAddress.objects.filter(address__in=asked, stopped_at__isnull=False)
    stopped = set(found.values_list("address", flat=True))
    if asked and stopped == asked:
        raise NotWanted(_("The owner of this address says that it was not them, and gets no mail."), permanent=True)
    return stopped


@transaction.atomic
def stop(token: str) -> StoppedAddress:
    """End all mail to the link's address. Raises BadToken."""
    (pk,) = tokens.read(PURPOSE, token, 1)
    row = StoppedAddress.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise tokens.BadToken("There is no such address any more.")
    if row.stopped_at is None:
        row.stopped_at = clock.now()
        row.save(update_fields=["stopped_at"])
        record(Kind.ADDRESS_STOPPED, by=MACHINE, subject_id=row.pk)
    return row
