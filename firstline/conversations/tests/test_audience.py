"""Who reads a reply: what is private never becomes public by accident, whichever door it takes."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from firstline.channels.base import Address, ChannelError, ParsedMessage, Thread
from firstline.contacts.actions import identify
from firstline.conversations import audience
from firstline.conversations.actions import delivering, guarding, merging, noting, replying
from firstline.conversations.models import Conversation, Delivery, Draft, Message, Strand
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import AuditEntry, Event
from firstline.inboxes.actions import create_inbox
from tests import factories
from tests.factories import People

HTMX = {"HX-Request": "true"}
SAFE = "Hi casey-dev, a version manager keeps npm out of the system folders; then install again."
LEAK = "Hi casey-dev, your order 8841207 at billing@brightwater.example is paid."


def issue(people: People, title: str = "EACCES on install", text: str = "npm may not write there.") -> Conversation:
    """A public issue of Casey's on GitHub."""
    inbox = create_inbox(
        channel="github",
        name="cli",
        address="orbit/cli",
        options={"repository": "orbit/cli"},
        teams=list(people.ada.teams.all()),
    )
    opener = identify(channel="github", address="casey-dev", name="casey-dev", key="9001")
    thread = Thread(key="gh:1", address="orbit/cli#1", title=title, opener=Address("casey-dev", "casey-dev", "9001"))
    parsed = ParsedMessage(external_id="issue-1", subject=title, text=text, reply_text=text).within(thread)
    return factories.arrives(inbox, opener, parsed).conversation


@pytest.fixture
def pair(people: People) -> tuple[Conversation, Conversation]:
    """Casey's issue, linked with a mail of hers that says what only we should know."""
    public = issue(people)
    mail = factories.mail("My order", "My order is 8841207, the invoice goes to billing@brightwater.example.")
    private = factories.arrives(people.inbox, people.casey, mail).conversation
    merging.link(public, private, "related", by=people.ada)
    return public, private


def test_a_public_reply_with_private_facts_is_refused_and_says_where_from(
    people: People, pair: tuple[Conversation, Conversation]
) -> None:
    public, private = pair
    with pytest.raises(replying.GivesAway) as refused:
        replying.reply(public, by=people.ada, text=LEAK)
    found = {one.leak.words: one for one in refused.value.found}
    assert {"8841207", "billing@brightwater.example"} <= set(found)
    assert found["8841207"].source.conversation_id == private.pk
    assert "Casey Rivers" in found["8841207"].sentence
    assert not Message.objects.filter(author_user=people.ada).exists()


def test_notes_and_the_contacts_card_are_private_too(people: People) -> None:
    public = issue(people)
    noting.add_note(public, by=people.mina, text="Ticket ACME-4471 at their side; the admin is Ines Duarte.")
    with pytest.raises(replying.GivesAway):
        replying.reply(public, by=people.ada, text="Tracked as ACME-4471 with Ines.")
    people.casey.contact.conversations.set([public])
    with pytest.raises(replying.GivesAway):
        replying.reply(public, by=people.ada, text="I wrote to you at casey@contact.example.")


def test_what_the_public_has_before_it_may_be_said_again(
    people: People, pair: tuple[Conversation, Conversation]
) -> None:
    public, _private = pair
    assert replying.reply(public, by=people.ada, text=SAFE).state == Delivery.QUEUED
    other = issue_again(public, "My order 8841207 is stuck, the mail says billing@brightwater.example is paid.")
    assert replying.reply(other, by=people.ada, text=LEAK.replace("is paid", "looks right")).state == Delivery.QUEUED


def issue_again(public: Conversation, text: str) -> Conversation:
    """Casey says it in public herself."""
    opener = public.messages.earliest("pk").author_identity
    assert opener is not None
    factories.answers(public, opener, ParsedMessage(external_id="c-2", text=text, reply_text=text))
    public.refresh_from_db()
    return public


def test_our_own_standard_answer_is_no_quote_and_a_name_of_ours_no_leak(people: People) -> None:
    public, mail = (
        issue(people),
        factories.arrives(people.inbox, people.casey, factories.mail("Hello", "Hi Ada, help?")),
    )
    merging.link(public, mail.conversation, "related", by=people.ada)
    standard = "Remove the old folder, install a version manager, then run the install again. Ada"
    replying.reply(mail.conversation, by=people.ada, text=standard)
    assert replying.reply(public, by=people.ada, text=standard).state == Delivery.QUEUED


def test_a_private_reply_may_say_everything(people: People, pair: tuple[Conversation, Conversation]) -> None:
    assert replying.reply(pair[1], by=people.ada, text=LEAK).state == Delivery.QUEUED


def test_a_linked_conversation_that_the_agent_may_not_see_says_nothing(people: People) -> None:
    public = issue(people)
    theirs = factories.arrives(people.other_inbox, people.casey, factories.mail("Order", "My order is 8841207."))
    merging.link(public, theirs.conversation, "related", by=people.lena)
    strand = public.strands.get()
    assert audience.given_away(public, strand, "Order 8841207.", by=people.ada) == []
    assert audience.given_away(public, strand, "Order 8841207.", by=None) != []


def test_an_override_needs_a_reason_and_leaves_a_note_an_event_and_an_audit_entry(
    people: People, pair: tuple[Conversation, Conversation]
) -> None:
    public, _private = pair
    with pytest.raises(replying.GivesAway):
        replying.reply(public, by=people.ada, text=LEAK, override="  ")
    message = replying.reply(public, by=people.ada, text=LEAK, override="Casey asked me to say it there.")
    event = Event.objects.get(kind=Kind.AUDIENCE_OVERRIDDEN)
    assert (event.subject_id, event.actor_id, event.data["count"]) == (message.pk, people.ada.pk, 3)
    assert "Casey" not in str(event.data)
    assert AuditEntry.objects.get(kind=Kind.AUDIENCE_OVERRIDDEN).commitments.keys() == {"reason"}
    assert "Casey asked me to say it there." in public.notes.get().text


def test_the_override_leaves_the_note_that_was_being_written(
    people: People, pair: tuple[Conversation, Conversation]
) -> None:
    draft = Draft.objects.create(conversation=pair[0], user=people.ada, mode="note", text="half a thought")
    replying.reply(pair[0], by=people.ada, text=LEAK, override="They asked.")
    assert Draft.objects.get().pk == draft.pk


def test_whatever_door_queued_it_a_leak_does_not_leave(people: People, pair: tuple[Conversation, Conversation]) -> None:
    public, _private = pair
    scheduled = replying.reply(public, by=people.ada, text=SAFE, send_at=clock.now() + timedelta(hours=1))
    Message.objects.filter(pk=scheduled.pk).update(text=LEAK)
    scheduled.refresh_from_db()
    with pytest.raises(ChannelError, match="known only from") as held:
        guarding.look_again(scheduled)
    assert held.value.permanent
    Message.objects.filter(pk=scheduled.pk).update(send_at=clock.now())
    delivering.deliver(scheduled.pk)
    scheduled.refresh_from_db()
    assert (scheduled.state, scheduled.failure[:20]) == (Delivery.FAILED, "Held back from the p")


def test_an_overridden_post_and_a_later_note_do_not_hold_it_again(
    people: People, pair: tuple[Conversation, Conversation]
) -> None:
    message = replying.reply(pair[0], by=people.ada, text=LEAK, override="They asked.")
    guarding.look_again(message)
    safe = replying.reply(pair[0], by=people.ada, text=SAFE)
    noting.add_note(pair[0], by=people.mina, text=f"I sent them: {SAFE}")
    guarding.look_again(safe)


def test_the_composer_says_who_reads_it_and_asks_once(ada: Client, people: People) -> None:
    public = issue(people)
    page = ada.get(reverse("conversations:detail", args=["open", public.pk])).content.decode()
    assert 'data-audience="public" data-compose="reply"' in page
    assert "Public on GitHub." in page
    assert "Post publicly" in page
    assert 'name="cc"' not in page
    url = reverse("conversations:reply", args=[public.pk])
    asked = ada.post(url, {"text": SAFE, "then": "resolve"}, headers=HTMX)
    assert asked.status_code == 422
    assert "Yes, post publicly" in asked.content.decode()
    assert 'name="then" value="resolve" data-shortcut="mod+enter"' in asked.content.decode()
    assert ada.post(url, {"text": SAFE, "then": "resolve", "confirmed": "1"}, headers=HTMX).status_code == 200
    assert Message.objects.get(author_user=people.ada).resolve_on_send


def test_the_page_shows_what_would_be_given_away_and_takes_a_reason(
    ada: Client, people: People, pair: tuple[Conversation, Conversation]
) -> None:
    public, private = pair
    url = reverse("conversations:reply", args=[public.pk])
    held = ada.post(url, {"text": LEAK, "confirmed": "1"}, headers=HTMX)
    shown = held.content.decode()
    assert held.status_code == 422
    assert "<mark>8841207</mark>" in shown
    assert reverse("conversations:permalink", args=[private.pk]) in shown
    assert Draft.objects.get(user=people.ada).text == LEAK
    sent = ada.post(url, {"text": LEAK, "confirmed": "1", "override": "Asked to."}, headers=HTMX)
    assert sent.status_code == 200
    assert "Posting publicly" in sent.content.decode()


def test_the_draft_line_warns_while_it_is_written(ada: Client, pair: tuple[Conversation, Conversation]) -> None:
    public, private = pair
    for conversation, says in ((public, "known only from"), (private, "No secrets in it")):
        url = reverse("conversations:draft", args=[conversation.pk])
        answer = ada.post(url, {"mode": "reply", "text": LEAK}, headers=HTMX).content.decode()
        assert says in answer
    safe = ada.post(reverse("conversations:draft", args=[public.pk]), {"mode": "reply", "text": SAFE}, headers=HTMX)
    assert "Nothing private" in safe.content.decode()


def test_one_conversation_with_two_audiences_is_answered_on_the_one_that_is_shown(
    ada: Client, people: People, pair: tuple[Conversation, Conversation]
) -> None:
    public, private = pair
    merging.merge(private, public, by=people.ada)
    strands = {one.audience: one for one in Strand.objects.filter(conversation=public)}
    page = ada.get(reverse("conversations:detail", args=["open", public.pk])).content.decode()
    assert 'data-audience="private" data-compose="reply"' in page  # the mail was the last that she wrote
    assert "Answer in public on GitHub" in page
    turn = {"mode": "reply", "text": SAFE, "strand": strands["private"].pk, "turn": strands["public"].pk}
    turned = ada.post(reverse("conversations:draft", args=[public.pk]), turn, headers=HTMX).content.decode()
    assert 'data-audience="public" data-compose="reply"' in turned
    assert SAFE in turned
    url = reverse("conversations:reply", args=[public.pk])
    for audience_name in ("public", "private"):
        data = {"text": f"{SAFE} {audience_name}", "strand": strands[audience_name].pk, "confirmed": "1"}
        assert ada.post(url, data, headers=HTMX).status_code == 200
    ours = Message.objects.filter(author_user=people.ada)
    assert {(one.text.split()[-1], one.strand.audience) for one in ours} == {
        ("public", "public"),
        ("private", "private"),
    }
