"""Every write about contacts."""

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.contacts.models import Contact, ContactIdentity, Evidence, Merge, NotTheSame, Organization
from firstline.core import clock, statements
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import Actor, record

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
    contact = Contact(name=name[:200])
    made = ContactIdentity(channel=channel, key=key, contact=contact, address=address.strip(), name=name[:200])
    statements.insert_together(contact, made, unless_known=ContactIdentity)
    if made.pk:
        return made
    contact.delete()  # their first two mails are being processed at the same moment: the other one was faster
    return ContactIdentity.objects.get(channel=channel, key=key)


class MergeRefused(Exception):
    """These are not two, or not any more; the message is a sentence for the person."""


def add_evidence(identity: ContactIdentity, kind: str, *, by: User | None = None, detail: str = "") -> Evidence:
    """Keep what speaks for an identity; the same kind once, with its newest detail."""
    values = {"at": clock.now(), "by": by, "detail": detail[:300]}
    return Evidence.objects.update_or_create(identity=identity, kind=kind, defaults=values)[0]


@transaction.atomic
def merge(source: Contact, target: Contact, *, by: Actor, reason: str = "") -> Merge:
    """`source` and `target` are one person from now on: the identities move, no message is touched (ground.md G4).

    Whoever keeps conversations by contact moves them in the same transaction. Raises MergeRefused.
    """
    held = {one.pk: one for one in _held(source.pk, target.pk)}
    if len(held) < 2 or any(one.merged_into_id for one in held.values()):
        raise MergeRefused(_("These are one contact already. Reload the page."))
    source, target = held[source.pk], held[target.pk]
    moved = list(source.identities.order_by("pk").values_list("pk", flat=True))
    source.identities.update(contact=target)
    made = Merge.objects.create(
        source=source, target=target, identities=moved, reason=reason[:300], by=by if isinstance(by, User) else None
    )
    _fill(target, source)
    source.merged_into = target
    source.save(update_fields=["merged_into"])
    record(Kind.CONTACT_MERGED, by=by, subject_id=target.pk, source=source.pk, identities=len(moved))
    record_audit(Kind.CONTACT_MERGED, by=by, subject_id=target.pk, after={"source": source.pk, "identities": moved})
    return made


@transaction.atomic
def unmerge(made: Merge, *, by: User) -> Merge:
    """They are two people after all: what moved and is still the target's goes back. Raises MergeRefused."""
    held = Merge.objects.select_for_update().get(pk=made.pk)
    if held.undone_at is not None:
        raise MergeRefused(_("That was taken back already."))
    source = next(one for one in _held(held.source_id, held.target_id) if one.pk == held.source_id)
    theirs = ContactIdentity.objects.filter(pk__in=held.identities, contact=held.target.standing)
    moved = list(theirs.values_list("pk", flat=True))
    ContactIdentity.objects.filter(pk__in=moved).update(contact=source)
    source.merged_into = None
    source.save(update_fields=["merged_into"])
    held.undone_at, held.undone_by = clock.now(), by
    held.save(update_fields=["undone_at", "undone_by"])
    say_not_the_same(source, held.target, by=by)
    record(Kind.CONTACT_UNMERGED, by=by, subject_id=held.target_id, source=source.pk, identities=len(moved))
    record_audit(Kind.CONTACT_UNMERGED, by=by, subject_id=held.target_id, after={"source": source.pk})
    return held


@transaction.atomic
def set_organization(contact: Contact, name: str, *, by: Actor, plan: str = "") -> None:
    """Where a contact belongs; an organization is made when its name is new, and "" means nowhere."""
    name = " ".join(name.split())[:200]
    found = Organization.objects.filter(name__iexact=name).first() if name else None
    if name and found is None:
        found = Organization.objects.create(name=name)
    if found is not None and plan.strip() and plan.strip() != found.plan:
        found.plan = plan.strip()[:40]
        found.save(update_fields=["plan"])
    contact.organization = found
    contact.save(update_fields=["organization"])
    record(Kind.CONTACT_CHANGED, by=by, subject_id=contact.pk, organization=found.pk if found else None)


def say_not_the_same(contact: Contact, other: Contact, *, by: User) -> None:
    """Two people: the desk does not suggest it again."""
    one, two = sorted((contact.pk, other.pk))
    NotTheSame.objects.get_or_create(one_id=one, other_id=two, defaults={"by": by})


def _held(*ids: int) -> list[Contact]:
    """The contacts, locked in the order of their ids so that two merges can't wait for each other."""
    return list(Contact.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _fill(target: Contact, source: Contact) -> None:
    """What the one that stays does not know yet."""
    target.name = target.name or source.name
    target.language = target.language or source.language
    if target.organization_id is None:
        target.organization_id = source.organization_id
    target.save(update_fields=["name", "language", "organization"])
