"""The desk's pages at their door: who sees what, how many queries it takes, and that looking changes nothing."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from firstline.conversations.actions import assigning, drafting, noting, reading, replying, statuses, tagging
from firstline.conversations.models import VIEW_FILTERS, Conversation, ReadMark, Status
from firstline.conversations.templatetags.conversation import act
from firstline.conversations.views import rail, rows
from firstline.events.models import Event
from tests import factories
from tests.factories import People

LIST_QUERIES = 7
"""Session, person, their teams, the rows, the counters, saved views, habits."""
DETAIL_QUERIES = 39  # with the panels of all slices


def test_home_leads_to_ones_own(ada: Client) -> None:
    assert ada.get("/").headers["Location"] == "/desk/mine/"


def test_strangers_are_sent_to_sign_in(client: Client, people: People) -> None:
    conversation = factories.conversation(people)
    for url in (
        reverse("conversations:list", args=["mine"]),
        f"/desk/mine/{conversation.pk}/",
        "/conversations/counts/",
    ):
        response = client.get(url)
        assert response.status_code == 302
        assert "/accounts/login/" in response.headers["Location"]


def test_list_shows_rows_in_order_of_waiting(ada: Client, people: People) -> None:
    first = factories.conversation(people, "First in line")
    second = factories.conversation(people, "Second in line")
    page = ada.get(reverse("conversations:list", args=["unassigned"])).content.decode()
    assert page.index("First in line") < page.index("Second in line")
    assert f'id="row-{first.pk}"' in page
    assert f'id="row-{second.pk}"' in page
    assert "Nobody&#x27;s yet, most pressing first" in page
    assert '<span class="count">2</span>' in page


def test_a_view_that_does_not_exist_is_404(ada: Client) -> None:
    assert ada.get("/desk/everything/").status_code == 404


@pytest.mark.parametrize("view", list(VIEW_FILTERS))
def test_every_view_opens(ada: Client, people: People, view: str) -> None:
    conversation = factories.conversation(people)
    assert ada.get(reverse("conversations:list", args=[view])).status_code == 200
    assert ada.get(reverse("conversations:detail", args=[view, conversation.pk])).status_code == 200


def test_list_takes_the_same_few_queries_for_many_rows(
    ada: Client, people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    url = reverse("conversations:list", args=["unassigned"])
    for number in range(3):
        factories.conversation(people, f"Number {number}")
    with django_assert_num_queries(LIST_QUERIES):
        ada.get(url)
    for number in range(20):
        factories.conversation(people, f"More {number}")
    with django_assert_num_queries(LIST_QUERIES):
        assert ada.get(url).status_code == 200


def test_pages_of_fifty_follow_each_other_without_gap_or_repeat(ada: Client, people: People) -> None:
    for number in range(53):
        factories.arrives(people.inbox, people.casey, factories.mail(f"Number {number}"))
    first = rows.page(people.ada, "unassigned")
    second = rows.page(people.ada, "unassigned", first.after)
    shown = [row.pk for page in (first, second) for group in page.groups for row in group.rows]
    assert len(shown) == 53
    assert shown == sorted(shown)
    assert second.after == ""
    more = ada.get(
        f"/desk/unassigned/?after={first.after.replace('+', '%2B')}",
        headers={"HX-Request": "true", "HX-Target": "rows-more"},
    )
    assert more.content.decode().count("list-row__subject") == 3
    assert b"<html" not in more.content


@pytest.mark.parametrize("after", ["x", "2026-13-45T00:00:00+00:00,1", "2026-01-01,5", ",", "2026-01-01T00:00:00,3"])
def test_a_broken_cursor_is_the_beginning(ada: Client, people: People, after: str) -> None:
    factories.conversation(people)
    assert b"EACCES" in ada.get("/desk/unassigned/", {"after": after}).content


def test_unread_ours_drafts_and_priority_show_in_the_row(people: People) -> None:
    conversation = factories.conversation(people)
    row = rows.one(people.ada, "unassigned", conversation.pk)
    assert row is not None
    assert row.unread
    assert row.who == "Casey Rivers"
    reading.mark_read(conversation, by=people.ada)
    drafting.save_draft(conversation, by=people.ada, mode="reply", text="Hi")
    row = rows.one(people.ada, "unassigned", conversation.pk)
    assert row is not None
    assert (row.unread, row.badge) == (False, "Draft")
    assigning.set_priority(conversation, 1, by=people.ada)
    row = rows.one(people.mina, "unassigned", conversation.pk)
    assert row is not None
    assert (row.unread, row.badge) == (True, "Urgent")


def test_another_team_sees_nothing(rita: Client, people: People) -> None:
    conversation = factories.conversation(people)
    assert rows.page(people.rita, "open").is_empty
    assert rail.counts(people.rita)["unassigned"] == ""
    for name in ("row", "fresh", "permalink"):
        assert rita.get(reverse(f"conversations:{name}", args=[conversation.pk])).status_code == 404
    assert rita.get(f"/desk/open/{conversation.pk}/").status_code == 404


def test_a_sealed_conversation_is_hidden_from_its_own_team(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    Conversation.objects.filter(pk=conversation.pk).update(sealed=True)
    assert ada.get(f"/desk/open/{conversation.pk}/").status_code == 404
    conversation.readers.create(user=people.ada)
    assert ada.get(f"/desk/open/{conversation.pk}/").status_code == 200


def test_conversation_page_shows_the_talk_and_takes_a_fixed_number_of_queries(
    ada: Client, people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    conversation = factories.conversation(people, text="Where is the prefix set?")
    replying.reply(conversation, by=people.mina, text="In your **npmrc**.")
    url = reverse("conversations:detail", args=["open", conversation.pk])
    with django_assert_num_queries(DETAIL_QUERIES):
        page = ada.get(url).content.decode()
    assert "Where is the prefix set?" in page
    assert "<strong>npmrc</strong>" in page
    assert 'role="log"' in page
    assert "Only Casey reads this." in page
    for _ in range(2):  # however many messages there are; a new one of the contact's waits for its suggestion
        for _ in range(4):
            factories.answers(conversation, people.casey, factories.mail("Re", "And then?"))
        with django_assert_num_queries(DETAIL_QUERIES + 2):
            ada.get(url)


def test_the_timeline_runs_from_opening_to_now_and_folds_many_changes(ada: Client, people: People) -> None:
    conversation = factories.conversation(people, text="The question")
    for name in ("one", "two", "three", "four"):
        tagging.add_tag(conversation, name, by=people.ada)
    noting.add_note(conversation, by=people.mina, text="A note")
    page = ada.get(f"/conversations/{conversation.pk}/fresh/").content.decode()
    places = [page.index(words) for words in ("opened this", "The question", "4 changes", "A note")]
    assert places == sorted(places)


def test_htmx_gets_the_panes_only(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    response = ada.get(f"/desk/open/{conversation.pk}/", headers={"HX-Request": "true", "HX-Target": "open"})
    assert b"<html" not in response.content
    assert b"<title>EACCES on every global install" in response.content


def test_looking_changes_nothing(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    before = (Event.objects.count(), ReadMark.objects.count(), list(Conversation.objects.values()))
    for url in (
        f"/desk/mine/{conversation.pk}/",
        "/desk/mine/",
        f"/conversations/{conversation.pk}/row/",
        f"/conversations/{conversation.pk}/fresh/",
        "/conversations/counts/",
    ):
        assert ada.get(url).status_code in {200, 204}
    assert (Event.objects.count(), ReadMark.objects.count(), list(Conversation.objects.values())) == before


def test_row_is_empty_once_the_conversation_left_the_view(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    url = f"/conversations/{conversation.pk}/row/?view=unassigned"
    assert b"list-row" in ada.get(url).content
    assigning.assign(conversation, people.ada, by=people.ada)
    assert ada.get(url).status_code == 204


def test_permalink_finds_where_it_stands(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    where = []
    for move in (
        lambda: None,
        lambda: assigning.assign(conversation, people.ada, by=people.ada),
        lambda: assigning.assign(conversation, people.mina, by=people.ada),
        lambda: statuses.set_status(conversation, Status.WAITING_ON_CONTACT, by=people.ada),
        lambda: statuses.resolve(conversation, by=people.ada),
        lambda: statuses.mark_spam(conversation, by=people.ada),
    ):
        move()
        where.append(ada.get(f"/conversations/{conversation.pk}/").headers["Location"].split("/")[2])
    assert where == ["unassigned", "mine", "open", "waiting-on-contact", "resolved", "spam"]


def test_counts_stop_at_a_thousand(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    Conversation.objects.bulk_create(
        Conversation(
            contact_id=conversation.contact_id,
            inbox_id=conversation.inbox_id,
            waiting_since=conversation.waiting_since,
            sort_at=conversation.sort_at,
        )
        for _ in range(1001)
    )
    assert rail.counts(people.ada)["unassigned"] == "999+"
    assert b"999+" in ada.get("/conversations/counts/").content


def test_text_from_outside_is_never_markup(ada: Client, people: People) -> None:
    nasty = "<img src=x onerror=alert(1)> <script>alert(1)</script>"
    sender = factories.contact("nasty", display=nasty)
    message = factories.arrives(people.inbox, sender, factories.mail(nasty, nasty))
    page = ada.get(f"/desk/open/{message.conversation_id}/").content
    assert b"<img src=x" not in page
    assert b"<script>alert" not in page
    assert b"&lt;script&gt;alert(1)" in page


def test_the_zone_cookie_only_takes_zones(ada: Client, people: People) -> None:
    factories.conversation(people)
    for zone in ("Europe/Berlin", "Mars/Olympus", "../../etc/passwd"):
        ada.cookies["zone"] = zone
        assert ada.get("/desk/open/").status_code == 200


@pytest.mark.parametrize("name", ["reply", "note", "draft", "attach", "assign", "resolve", "fresh", "read"])
def test_an_actions_address_ends_in_its_name(people: People, name: str) -> None:
    conversation = factories.conversation(people)
    assert act(conversation, name) == reverse(f"conversations:{name}", args=[conversation.pk])
