"""Who is meant by an address: every identity of the person, under whichever they wrote."""

from dataclasses import dataclass

from django.db.models import Q

from firstline.contacts.models import Contact, ContactIdentity
from firstline.core import sealing
from firstline.moderation import rules


@dataclass(frozen=True, slots=True)
class Person:
    """A person with everything they are known by."""

    contacts: tuple[Contact, ...]
    identities: tuple[ContactIdentity, ...]

    @property
    def addresses(self) -> list[str]:
        """All their addresses and handles, the longest first."""
        return sorted({one.address for one in self.identities if one.address}, key=len, reverse=True)

    @property
    def names(self) -> list[str]:
        """All names that they gave, the longest first."""
        given = {one.name for one in self.identities} | {one.name for one in self.contacts}
        return sorted(given - {""}, key=len, reverse=True)

    @property
    def digests(self) -> list[str]:
        """Keyed hashes of what they are known by."""
        return sorted(digest(one.channel, one.address) for one in self.identities)


def digest(channel: str, address: str) -> str:
    """The keyed hash of one address or handle."""
    return sealing.fingerprint(f"{channel}\n{rules.normalised(address)}".encode(), "erasure")


def find(address: str) -> Person | None:
    """The person with this address or handle (`channel:handle` for one channel's); None when nobody has it."""
    channel, colon, rest = address.partition(":")
    asked = rest if colon and "@" not in channel else address
    wanted = rules.normalised(asked)
    nearby = ContactIdentity.objects.filter(Q(address__iexact=asked) | Q(key__iexact=asked) | Q(key=wanted))
    if colon and "@" not in channel:
        nearby = nearby.filter(channel=channel)
    if not nearby.exists():
        _local, _at, domain = wanted.partition("@")
        same_domain = ContactIdentity.objects.filter(channel="email", key__iendswith=f"@{domain}")
        nearby = same_domain.filter(pk__in=[one.pk for one in same_domain if rules.normalised(one.address) == wanted])
    ids = set(nearby.values_list("contact", flat=True))
    if not ids:
        return None
    contacts = Contact.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids) | Q(merged__in=ids)).distinct()
    identities = ContactIdentity.objects.filter(contact__in=contacts).order_by("pk")
    return Person(tuple(contacts.order_by("pk")), tuple(identities))
