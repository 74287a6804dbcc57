"""Every write about contacts."""

from django.db import IntegrityError, transaction

from firstline.contacts.models import Contact, ContactIdentity
from firstline.core import statements

EMAIL = "email"


def identify(*, channel: str, address: str, name: str, key: str = "") -> ContactIdentity:
    """The identity with this address on this channel, made with a contact when it is new; found by its key, never by
    name.

    `address` is kept as written; the key is its lower-case form, or the account's own id on networks where an address
    can be given to somebody else.
    """
    key = key or address.strip().lower()
    known = ContactIdentity.objects.filter(channel=channel, key=key).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            contact = Contact(name=name[:200])
            made = ContactIdentity(channel=channel, key=key, contact=contact, address=address.strip(), name=name[:200])
            statements.insert_together(contact, made)
            return made
    except IntegrityError:
        # Their first two mails are being processed at the same moment: the other one was faster.
        return ContactIdentity.objects.get(channel=channel, key=key)
