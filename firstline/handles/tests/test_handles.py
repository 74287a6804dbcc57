"""One person, many handles: found, merged, taken back; and the same question open in two places."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from firstline.channels.base import Address, ParsedMessage, Thread
from firstline.contacts import actions as contacts
from firstline.contacts.models import Contact, ContactIdentity, Merge
from firstline.conversations.actions import people as merging_people
from firstline.conversations.models import Conversation, Link, Message, Strand
from firstline.events.models import AuditEntry, Event
from firstline.handles import queries
from firstline.handles.actions import look_elsewhere
from firstline.handles.models import Elsewhere, Verdict
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox
from tests import factories
from tests.factories import People

HTMX = {"HX-Request": "true"}
LOG = "npm error 404 Not Found - PUT https://registry.example.org/@acme%2fkit - Not found"


@pytest.fixture
def github(people: People) -> Inbox:
    """The repository of the desk's team."""
    options = {"repository": "orbit/cli"}
    teams = list(people.ada.teams.all())
    return create_inbox(channel="github", name="cli", address="orbit/cli", options=options, teams=teams)


@pytest.fixture
def ada(people: People, client: Client) -> Client:
    """A browser in which Ada is signed in."""
    client.force_login(people.ada)
    return client


def issue(github: Inbox, text: str, *, login: str = "casey-dev", number: int = 1) -> Conversation:
    """A public issue."""
    opener = contacts.identify(channel="github", address=login, name=login, key=f"id-{login}")
    thread = Thread(key=f"gh:{number}", address=f"orbit/cli#{number}", title=text[:60], opener=Address("", login))
    said = ParsedMessage(external_id=f"issue-{number}", subject=text[:60], text=text, reply_text=text).within(thread)
    return factories.arrives(github, opener, said).conversation


def mail(people: People, text: str, sender: ContactIdentity | None = None) -> Conversation:
    """A private mail."""
    return factories.arrives(people.inbox, sender or people.casey, factories.mail(text[:60], text)).conversation


@pytest.fixture
def pair(people: People, github: Inbox) -> tuple[Conversation, Conversation]:
    """Casey's mail, and the same on GitHub under a handle that nobody knew."""
    first = mail(people, f"Publishing @acme/kit fails:\n{LOG}")
    return first, issue(github, f"Publishing @acme/kit fails for me:\n{LOG}")


def test_the_same_question_of_likely_the_same_person_is_shown_with_each_signal_and_not_linked(
    people: People, pair: tuple[Conversation, Conversation], ada: Client, run_reactions: Callable[..., int]
) -> None:
    first, second = pair
    run_reactions()
    found = Elsewhere.objects.get()
    assert (found.later_id, found.earlier_id, found.verdict) == (second.pk, first.pk, Verdict.OPEN)
    assert {name for name, _words in found.signals} == {"handle_has_name", "same_line", "same_package"}
    assert not Link.objects.exists()
    for conversation, other in ((first, second), (second, first)):
        shown = ada.get(reverse("handles:panel", args=[conversation.pk])).content.decode()
        assert f"#{other.pk}" in shown
        assert "both pasted the line" in shown
        assert f"#{other.pk}" in ada.get(reverse("handles:notice", args=[conversation.pk])).content.decode()
    look_elsewhere(second)
    assert Elsewhere.objects.count() == 1


def test_the_same_contact_asking_the_same_again_is_linked_side_by_side(people: People) -> None:
    first = mail(people, "Publishing my scoped package gives 404 since yesterday")
    second = mail(people, "Since yesterday publishing my scoped package gives 404, please")
    mail(people, "How do I add a second owner to our organization?")
    (found,) = look_elsewhere(second)
    assert (found.earlier_id, found.verdict, found.person) == (first.pk, Verdict.LINKED, 1.0)
    assert Link.objects.get().kind == "related"


def test_another_persons_same_question_is_none_of_theirs(people: People, github: Inbox) -> None:
    mail(people, f"It fails:\n{LOG}")
    assert look_elsewhere(issue(github, f"It fails:\n{LOG}", login="zephyr")) == []
    noor = factories.contact("noor", display="Noor Haddad")
    assert look_elsewhere(mail(people, f"It fails:\n{LOG}", noor)) == []


def test_sealed_conversations_are_never_named(people: People, github: Inbox) -> None:
    Conversation.objects.filter(pk=mail(people, f"It fails:\n{LOG}").pk).update(sealed=True)
    assert look_elsewhere(issue(github, f"It fails:\n{LOG}")) == []


def test_side_by_side_one_conversation_or_not_the_same(
    people: People, pair: tuple[Conversation, Conversation], ada: Client
) -> None:
    first, second = pair
    look_elsewhere(second)
    found = Elsewhere.objects.get()

    def settle(verb: str) -> int:
        return ada.post(reverse("handles:settle", args=[second.pk, found.pk, verb]), headers=HTMX).status_code

    assert settle("link") == 200
    assert Link.objects.filter(conversation=second, other=first).exists()
    assert settle("one") == 200
    first.refresh_from_db()
    assert first.merged_into_id == second.pk
    assert {one.audience for one in Strand.objects.filter(conversation=second)} == {"public", "private"}
    assert settle("nonsense") == 404


def test_not_the_same_is_not_shown_again(people: People, pair: tuple[Conversation, Conversation], ada: Client) -> None:
    second = pair[1]
    (found,) = look_elsewhere(second)
    url = reverse("handles:settle", args=[second.pk, found.pk, "dismiss"])
    assert "Already open" not in ada.post(url, headers=HTMX).content.decode()
    assert look_elsewhere(second)[0].verdict == Verdict.DISMISSED
    assert "Already open" not in ada.get(reverse("handles:panel", args=[second.pk])).content.decode()


def test_the_other_side_is_shown_only_to_who_may_see_it(people: People, github: Inbox, ada: Client) -> None:
    theirs = factories.arrives(people.other_inbox, people.casey, factories.mail("It fails", f"It fails:\n{LOG}"))
    second = issue(github, f"It fails:\n{LOG}\n@acme/kit")
    assert [one.earlier_id for one in look_elsewhere(second)] == [theirs.conversation_id]
    assert str(theirs.conversation_id) not in ada.get(reverse("handles:panel", args=[second.pk])).content.decode()
    found = Elsewhere.objects.get()
    url = reverse("handles:settle", args=[second.pk, found.pk, "link"])
    assert ada.post(url).status_code == 404


def test_a_merge_moves_handles_and_conversations_and_touches_no_message(
    people: People, pair: tuple[Conversation, Conversation], ada: Client
) -> None:
    first, second = pair
    casey, other = people.casey.contact, second.contact
    before = list(Message.objects.order_by("pk").values())
    page = ada.get(reverse("handles:contact", args=[casey.pk])).content.decode()
    assert "casey@contact.example" in page
    ada.post(reverse("handles:same", args=[casey.pk]), {"other": other.pk, "reason": "She said so."})
    assert set(Conversation.objects.filter(contact=casey)) == {first, second}
    assert {one.channel for one in casey.identities.all()} == {"email", "github"}
    assert list(Message.objects.order_by("pk").values()) == before
    assert ada.get(reverse("handles:contact", args=[other.pk])).headers["Location"].endswith(f"/contacts/{casey.pk}/")
    third = issue_again(second)
    assert third.contact_id == casey.pk

    made = Merge.objects.get()
    assert (made.by, made.reason) == (people.ada, "She said so.")
    ada.post(reverse("handles:unmerge", args=[made.pk]))
    assert set(Conversation.objects.filter(contact=casey)) == {first}
    assert set(Conversation.objects.filter(contact=other)) == {second, third}
    assert list(Message.objects.order_by("pk").values())[: len(before)] == before
    assert ada.post(reverse("handles:unmerge", args=[made.pk])).status_code == 400
    assert [one.kind for one in AuditEntry.objects.order_by("pk") if one.kind.startswith("contact.")] == [
        "contact.merged",
        "contact.unmerged",
    ]
    assert "She said so." not in str(list(Event.objects.values_list("data", flat=True)))


def issue_again(conversation: Conversation) -> Conversation:
    """Another issue of whoever opened this one."""
    strand = conversation.strands.get()
    return issue(strand.inbox, "Another thing entirely, about the docs", number=2)


def test_merges_in_a_row_come_apart_in_any_order(people: People) -> None:
    one, two, three = (factories.contact(name).contact for name in ("ann", "bea", "cora"))
    first = merging_people.merge(one, two, by=people.ada)
    second = merging_people.merge(two, three, by=people.ada)
    assert one.standing == three or Contact.objects.get(pk=one.pk).standing == three
    merging_people.unmerge(first, by=people.ada)
    assert {identity.address.split("@")[0] for identity in three.identities.all()} == {"bea", "cora"}
    merging_people.unmerge(second, by=people.ada)
    assert [list(contact.identities.values_list("address", flat=True)) for contact in (one, two, three)] == [
        ["ann@contact.example"],
        ["bea@contact.example"],
        ["cora@contact.example"],
    ]


def test_nobody_merges_with_themselves_or_with_whom_they_cannot_see(people: People, ada: Client) -> None:
    conversation = mail(people, "Hello there")
    hidden = factories.arrives(people.other_inbox, factories.contact("hidden"), factories.mail("Secret", "Hidden."))
    url = reverse("handles:same", args=[conversation.contact_id])
    assert ada.post(url, {"other": conversation.contact_id}).status_code == 400
    assert ada.post(url, {"other": hidden.conversation.contact_id}).status_code == 404
    assert ada.post(url, {"other": "x"}).status_code == 404
    assert ada.get(reverse("handles:contact", args=[hidden.conversation.contact_id])).status_code == 404
    assert not Merge.objects.exists()


def test_m12_the_contacts_page_suggests_shows_signals_and_merges_nothing(
    people: People, github: Inbox, ada: Client
) -> None:
    mine = mail(people, "On GitHub I am @caseyrivers.")
    other = issue(github, "EACCES on every install", login="caseyrivers")
    url = reverse("handles:contact", args=[mine.contact_id])
    shown = ada.get(url).content.decode()
    assert "May be the same person" in shown
    assert "stated in what the other one wrote" in shown
    assert not Merge.objects.exists()
    ada.post(reverse("handles:not_the_same", args=[mine.contact_id]), {"other": other.contact_id})
    assert "May be the same person" not in ada.get(url).content.decode()
    assert look_elsewhere(issue(github, "On GitHub I am @caseyrivers.", login="caseyrivers", number=3)) == []


def test_evidence_is_shown_for_each_handle(people: People, github: Inbox, ada: Client) -> None:
    mail(people, "Hello there")
    issue(github, "Hello from there")
    page = ada.get(reverse("handles:contact", args=[people.casey.contact_id])).content.decode()
    assert "wrote mail that is proved to be theirs" in page
    github_contact = ContactIdentity.objects.get(channel="github").contact_id
    page = ada.get(reverse("handles:contact", args=[github_contact])).content.decode()
    assert "the network vouches for the account" in page


def test_an_organization_has_its_people_and_what_they_asked(people: People, ada: Client) -> None:
    conversation = mail(people, "Our seats are gone")
    ada.post(reverse("handles:set_organization", args=[conversation.contact_id]), {"name": "Acme  Ltd", "plan": "Team"})
    organization = Contact.objects.get(pk=conversation.contact_id).organization
    assert organization is not None
    assert (organization.name, organization.plan) == ("Acme Ltd", "Team")
    page = ada.get(reverse("handles:organization", args=[organization.pk])).content.decode()
    assert "Our seats are gone" in page
    assert "Acme Ltd" in ada.get(reverse("handles:contacts"), {"q": "acme"}).content.decode()
    rita = Client()
    rita.force_login(people.rita)
    assert rita.get(reverse("handles:organization", args=[organization.pk])).status_code == 404


def test_the_contacts_page_takes_a_fixed_number_of_queries(
    people: People, github: Inbox, ada: Client, django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(3):
        mail(people, f"Question {number} about something")
    url = reverse("handles:contact", args=[people.casey.contact_id])
    ada.get(url)
    with django_assert_num_queries(14):  # type: ignore[attr-defined]
        ada.get(url)


def test_what_is_open_elsewhere_is_read_once_for_all_panels_of_a_page(
    people: People, pair: tuple[Conversation, Conversation], django_assert_num_queries: Callable[..., object]
) -> None:
    first, second = pair
    look_elsewhere(second)
    with django_assert_num_queries(3):  # type: ignore[attr-defined]  # Ada's inboxes, pairs, where each is
        (shown,) = queries.shown_elsewhere(first, people.ada)
        assert str(shown.conversation.contact)
        assert queries.shown_elsewhere(first, people.ada) == [shown]
