"""What the browser tests put into a running desk; called inside it by `firstline shell`."""

import base64
import json
from collections.abc import Sequence
from importlib import import_module
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, transaction

from firstline.accounts import actions as people
from firstline.accounts.models import Team, User
from firstline.accounts.permissions import Role
from firstline.channels.base import Envelope
from firstline.contacts.actions import identify, set_organization
from firstline.conversations.actions import drafting, noting, replying, tagging
from firstline.conversations.models import Conversation, DraftMode, Strand
from firstline.core import clock
from firstline.events.recording import MACHINE
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox
from firstline.incidents.actions import declaring as incidents
from firstline.incidents.models import Component, Incident
from firstline.intake.actions import accept, process
from firstline.intake.models import InboundItem
from firstline.knowledge import actions as knowledge
from firstline.knowledge.models import Article
from tests.security import corpora

A_GROUP = 10


def hostile() -> None:
    """Print where the script vectors went: conversations, messages, articles and a quarantined mail."""
    admin = User.objects.get(email="admin@localhost")
    inbox = Inbox.objects.get(name="support")
    vectors = corpora.scripts()
    groups = [vectors[start : start + A_GROUP] for start in range(0, len(vectors), A_GROUP)]
    conversations = [_conversation(inbox, admin, number, group) for number, group in enumerate(groups)]
    _rows(inbox, vectors)
    articles = [_article(admin, group) for group in groups]
    kept = accept(inbox, _ambiguous(vectors), Envelope(rcpt_to=(inbox.address,)))
    process(kept.item_id)
    outcome = InboundItem.objects.get(pk=kept.item_id).outcome
    _say(conversations=conversations, articles=articles, quarantined=kept.item_id, outcome=outcome)


def tracking() -> None:
    """Print the conversations whose mails hold the tracking vectors."""
    inbox = Inbox.objects.get(name="support")
    vectors = corpora.trackers()
    groups = [vectors[start : start + A_GROUP] for start in range(0, len(vectors), A_GROUP)]
    _say(conversations=[_mails(inbox, f"seen{number}", group).pk for number, group in enumerate(groups)])


def people_of_two_teams() -> None:
    """Print session keys of Ada (the desk's own team) and Rita (another team, no inbox of it)."""
    other = Team.objects.get_or_create(name="Payments")[0]
    ada = people.create_user("ada@orbit.example", name="Ada Brook", roles=[Role.AGENT])
    rita = people.create_user("rita@orbit.example", name="Rita Gold", roles=[Role.AGENT], teams=[other])
    _say(ada=session(ada), rita=session(rita), ada_id=ada.pk)


def session(user: User) -> str:
    """A signed-in session as the sign-in makes it."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def _say(**found: object) -> None:
    print(json.dumps(found))


@transaction.atomic
def _conversation(inbox: Inbox, admin: User, number: int, vectors: Sequence[str]) -> int:
    """A conversation with every vector as a message, a note and a tag, all of them in a reply and in a draft.

    Every sixth is also read and indexed: what the machine shows goes through the same few templates each time.
    """
    sender = f"xss{number}"
    conversation = _mails(inbox, sender, vectors)
    typed = [vector.replace("\x00", "") for vector in vectors]  # Django's form fields refuse NUL
    for vector in typed:
        noting.add_note(conversation, by=admin, text=vector)
        tagging.add_tag(conversation, vector[:60], by=admin)
    together = "\n\n".join(typed)
    replying.reply(conversation, by=admin, text=together)
    drafting.save_draft(conversation, by=admin, mode=DraftMode.REPLY, text=together)
    if number % 6:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND queue_name IN ('answers', 'search')"
            )
    return conversation.pk


def _mails(inbox: Inbox, sender: str, vectors: Sequence[str]) -> Conversation:
    """One mail a vector, each placed before the next arrives; one that is kept aside for its sender comes again,
    plain.
    """
    first = ""
    found = set()
    for number, vector in enumerate(vectors):
        for name in (vector, "Casey"):
            raw = _raw(sender, number, first, vector, name)
            accepted = accept(inbox, raw, Envelope(rcpt_to=(inbox.address,)))
            process(accepted.item_id)
            conversation = InboundItem.objects.get(pk=accepted.item_id).conversation_id
            if conversation:
                break
        first = first or f"<{sender}-{number}@quiet.example>"
        found.add(conversation)
    assert len(found) == 1, f"{sender}: {found}"
    return Conversation.objects.get(pk=found.pop() or 0)


def _raw(sender: str, number: int, first: str, vector: str, name: str) -> bytes:
    """A mail with the vector in subject, plain text, HTML and the name of a file, and `name` as its writer's."""
    lines = [
        f"From: {_word(name)} <{sender}@quiet.example>",
        "To: support@localhost",
        f"Subject: {_word(vector)}",
        f"Message-ID: <{sender}-{number}@quiet.example>",
        *([f"In-Reply-To: {first}", f"References: {first}"] if first else []),
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="mixed"',
        "",
        "--mixed",
        'Content-Type: multipart/alternative; boundary="alternative"',
        "",
        *_part("alternative", 'text/plain; charset="utf-8"', vector),
        *_part("alternative", 'text/html; charset="utf-8"', vector),
        "--alternative--",
        *_part(
            "mixed", "application/octet-stream", "content", f"Content-Disposition: attachment; {_file_name(vector)}"
        ),
        "--mixed--",
        "",
    ]
    return "\r\n".join(lines).encode()


def _part(boundary: str, kind: str, content: str, *headers: str) -> list[str]:
    encoded = base64.b64encode(content.encode()).decode()
    return [f"--{boundary}", f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *headers, "", encoded]


def _word(text: str) -> str:
    """An encoded word (RFC 2047), which may hold anything."""
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


def _file_name(text: str) -> str:
    return f"filename*=utf-8''{quote(text, safe='')}.html"


@transaction.atomic
def _rows(inbox: Inbox, vectors: Sequence[str]) -> None:
    """A waiting conversation for each vector, with it as subject, name and preview: what lists show."""
    now = clock.now()
    for number, vector in enumerate(vectors):
        shown = vector.replace("\x00", "")
        identity = identify(channel="email", address=f"row{number}@quiet.example", name=shown[:200])
        row = Conversation.objects.create(
            subject=shown[:400], contact=identity.contact, inbox=inbox, waiting_since=now, last_preview=shown[:200]
        )
        Strand.objects.create(conversation=row, inbox=inbox)


@transaction.atomic
def _article(admin: User, vectors: Sequence[str]) -> dict[str, object]:
    """A published article with the vectors as title, body and questions."""
    shown = [vector.replace("\x00", "") for vector in vectors]
    article = knowledge.draft_article(by=admin, title=shown[0][:200], body="\n\n".join(shown))
    for vector in shown:
        knowledge.add_phrasing(article, vector, by=admin)
    knowledge.publish(article, by=admin)
    return {"pk": article.pk, "slug": article.slug}


def _ambiguous(vectors: Sequence[str]) -> bytes:
    """A mail that is kept aside (S-02), with a vector in every place."""
    raw = _raw("aside", 0, "", "\n".join(vectors[:40]), vectors[0])
    return raw.replace(b"From: ", b"From: one@quiet.example, ", 1)


def places() -> None:
    """Print an id for each kind of page; nothing while the mails of the accessibility tests are still on their way."""
    conversation = Conversation.objects.filter(subject="How it looks").first()
    kept = InboundItem.objects.filter(outcome__startswith="quarantined:").first()
    if conversation is None or kept is None:
        _say()
        return
    admin = User.objects.get(email="admin@localhost")
    knowledge.install_pack("npm", admin)
    article = Article.objects.get(slug="404-when-publishing")
    message = conversation.messages.earliest("pk")
    _say(
        conversation=conversation.pk,
        kept=kept.pk,
        article=article.pk,
        person=admin.pk,
        message=message.pk,
        incident=_incident(conversation, admin),
        **_people(conversation),
    )


def _incident(conversation: Conversation, by: User) -> int:
    """An incident that goes on, with a component, the conversation in it, and one update."""
    known = Incident.objects.first()
    if known is not None:
        return known.pk
    part = Component.objects.create(name="Installing")
    made = incidents.declare("Installs answer 503", by=by, affected={part.pk: "slow"}, conversations=[conversation])
    incidents.publish(made, by=by, text="We see it too.", phase="identified", minutes=30, affected={part.pk: "slow"})
    return made.pk


def _people(conversation: Conversation) -> dict[str, object]:
    """The conversation's contact, in an organization, and a form to ask by."""
    contact = conversation.contact
    set_organization(contact, "Acme", by=MACHINE)
    if not Inbox.objects.filter(name="ask-us").exists():
        create_inbox(channel="web", name="ask-us", address="ask us")
    return {"contact": contact.pk, "organization": contact.organization_id}
