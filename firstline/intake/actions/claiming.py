"""Questions whose writers only claim an address: what they open, who carries the answers, how a claim is proved."""

from firstline.channels import registry
from firstline.contacts.actions import add_evidence
from firstline.contacts.models import ContactIdentity
from firstline.contacts.rules import CLAIMED, MAIL_REPLY
from firstline.conversations.actions import people, tagging
from firstline.conversations.actions.receiving import Incoming, Received
from firstline.conversations.models import Participant
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.inboxes.models import Inbox


def answers_from(inbox: Inbox) -> Inbox | None:
    """The inbox that carries the answers of one whose channel can't: the named one, else the first that is open."""
    kind = registry.get(inbox.channel).answers_by
    if not kind:
        return None
    carriers = Inbox.objects.filter(channel=kind, is_active=True).order_by("pk")
    return carriers.filter(name=inbox.settings.get("answers_from", "")).first() or carriers.first()


def opened(incoming: Incoming, received: Received) -> None:
    """A question opened a conversation: it bears the tag of its kind, and an address that was only typed is asked for
    proof.
    """
    for tag in incoming.parsed.tags:
        tagging.add_tag(received.conversation, tag, by=MACHINE)
    _note_language(incoming)
    if registry.get(incoming.inbox.channel).answers_by:
        add_evidence(incoming.identity, CLAIMED)
        record(
            Kind.ADDRESS_CLAIMED,
            by=MACHINE,
            conversation_id=received.conversation.pk,
            inbox_id=incoming.inbox.pk,
            subject_id=incoming.identity.pk,
        )


def proved_by_reply(token: Participant | None, writer: ContactIdentity | None) -> bool:
    """Whether a mail answers, from the very address that was claimed, the letter that went there; the claim is then
    proved, and the token names the writer.

    The token went to nobody else: what `rules.match` believes of a participant's own token holds here too.
    """
    if token is None or writer is None or token.identity.channel == writer.channel:
        return False
    if not registry.get(token.identity.channel).answers_by or token.identity.key != writer.key:
        return False
    people.prove(token.identity, evidence=MAIL_REPLY)
    return True


def _note_language(incoming: Incoming) -> None:
    contact, language = incoming.identity.contact, incoming.parsed.language
    if language and not contact.language:
        contact.language = language[:12]
        contact.save(update_fields=["language"])
