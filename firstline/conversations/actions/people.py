"""Whose conversation it is: an address that was proved, contacts that are one person, and two people after all."""

from django.db import transaction
from django.db.models import OuterRef, Subquery

from firstline.accounts.models import User
from firstline.contacts import actions as contacts
from firstline.contacts.models import Contact, ContactIdentity, Merge
from firstline.conversations.models import Conversation, Participant, ParticipantRole
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, Actor, NewEvent, record_all


@transaction.atomic
def prove(claimed: ContactIdentity, *, evidence: str) -> ContactIdentity:
    """The owner of an address that somebody had only typed has answered for it; returns the identity by which they
    write mail.

    They take part by it from now on, so that their answers join; what they said stays said by the one that claimed.
    May run twice.
    """
    proved = contacts.identify(channel=contacts.EMAIL, address=claimed.address, name=claimed.name)
    claimed.refresh_from_db()
    for one in (claimed, proved):
        contacts.add_evidence(one, evidence)
    theirs = Conversation.objects.filter(strands__participants__identity=claimed).distinct()
    opened = list(theirs.filter(unverified=True))
    if claimed.contact_id != proved.contact_id:
        merge(claimed.contact, proved.contact, by=MACHINE)
    joined = Participant.objects.filter(identity=proved).values("strand")
    Participant.objects.filter(identity=claimed).exclude(strand__in=joined).update(identity=proved)
    Conversation.objects.filter(pk__in=[one.pk for one in opened]).update(unverified=False)
    record_all(
        [NewEvent(Kind.IDENTITY_VERIFIED, proved, one.pk, one.inbox_id, proved.pk, one.assignee_id) for one in opened]
        or [NewEvent(Kind.IDENTITY_VERIFIED, proved, subject_id=proved.pk)]
    )
    return proved


@transaction.atomic
def merge(source: Contact, target: Contact, *, by: Actor, reason: str = "") -> Merge:
    """Two contacts are one person: their identities and conversations are the target's. Raises MergeRefused."""
    made = contacts.merge(source, target, by=by, reason=reason)
    Conversation.objects.filter(contact=source).update(contact=target)
    return made


@transaction.atomic
def unmerge(made: Merge, *, by: User) -> Merge:
    """Two people after all: each has the conversations that their own identities opened. Raises MergeRefused."""
    had = made.target.standing
    undone = contacts.unmerge(made, by=by)
    asks = Participant.objects.filter(
        strand__conversation=OuterRef("pk"), strand__is_side=False, role=ParticipantRole.REQUESTER
    ).order_by("pk")
    opened = Conversation.objects.annotate(asker=Subquery(asks.values("identity__contact")[:1]))
    mine = opened.filter(contact=had, asker=made.source_id)
    Conversation.objects.filter(pk__in=list(mine.values_list("pk", flat=True))).update(contact=made.source)
    return undone
