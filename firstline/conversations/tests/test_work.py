"""Macros, promises, schedules, side strands, snoozes with conditions, views, bulk, mentions and fair shares."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from PIL import Image

from firstline.accounts.models import Team
from firstline.contacts.actions import identify
from firstline.contacts.models import Contact, Organization
from firstline.conversations import writing
from firstline.conversations.actions import assigning, receiving, replying, statuses, storing
from firstline.conversations.models import (
    Conversation,
    Delivery,
    Draft,
    Habit,
    Macro,
    Message,
    Note,
    Promise,
    SavedView,
    Status,
)
from firstline.conversations.rules import Join, Verdict
from firstline.core import clock
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def deliver() -> None:
    with clock.at(clock.now() + timedelta(seconds=60)):
        run_reactions()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I'll get back to you tomorrow.", "2026-11-24"),
        ("We will follow up by Friday, promised.", "2026-11-27"),
        ("I will let you know in two weeks.", "2026-12-07"),
        ("I’ll come back to it on 2026-12-01.", "2026-12-01"),
        ("I'll get back to you.", "2026-11-25"),
        ("You will get back your token.", ""),
        ("> I'll get back to you\nThanks, it works.", ""),
        ("I'll get back on 2026-99-99.", "2026-11-25"),
    ],
)
def test_promises_are_heard(text: str, day: str) -> None:
    found = writing.promised(text, MONDAY)
    assert (found.date().isoformat() if found else "") == day


def test_templates_that_people_paste_are_no_blanks() -> None:
    workflow = "env:\n  TOKEN: ${{ secrets.ORBIT_TOKEN }}\n  NAME: {{ user.name }} ${{ contact.name }}"
    assert writing.blanks_in_draft(workflow, "private") == []
    assert len(writing.blanks_in_draft("Hello {{ contact.first_name }}, {{contact.first_name}}", "private")) == 1


def test_a_promise_shows_in_the_list_and_the_next_answer_keeps_it(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    draft = {"mode": "reply", "text": "I'll get back to you tomorrow."}
    offered = ada.post(f"/conversations/{conversation.pk}/draft/", draft, headers={"HX-Request": "true"})
    assert 'name="promise"' in offered.content.decode()
    due = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    ada.post(f"/conversations/{conversation.pk}/reply/", {"text": draft["text"], "promise": due})
    deliver()
    promise = Promise.objects.get()
    assert promise.kept_at is None
    statuses.set_status(conversation, Status.OPEN, by=people.ada)
    assert "Promised" in ada.get("/desk/mine/").content.decode()
    assigning.assign(conversation, people.mina, by=people.ada)
    replying.reply(conversation, by=people.mina, text="Here it is.")
    deliver()
    promise.refresh_from_db()
    assert promise.kept_at is not None


def test_a_scheduled_reply_goes_back_into_the_draft_when_the_contact_writes_first(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    at = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    sent = ada.post(
        f"/conversations/{conversation.pk}/reply/", {"text": "Still there?", "then": "schedule", "send_at": at}
    )
    assert sent.status_code == 303
    deliver()
    message = Message.objects.get(author_user=people.ada)
    assert (message.state, message.is_scheduled) == (Delivery.QUEUED, True)
    factories.answers(conversation, people.casey, factories.mail("Re", "Solved it myself."))
    message.refresh_from_db()
    assert message.state == Delivery.CANCELLED
    assert Draft.objects.get(user=people.ada).text == "Still there?"


def test_a_schedule_needs_a_time_ahead(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    for at in ("", "2020-01-01T10:00"):
        fields = {"text": "Later", "then": "schedule", "send_at": at}
        assert ada.post(f"/conversations/{conversation.pk}/reply/", fields).status_code == 422
    assert not Message.objects.filter(author_user=people.ada).exists()


def test_a_hidden_copy_goes_out_and_is_named_to_nobody(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    ada.post(f"/conversations/{conversation.pk}/reply/", {"text": "Hello", "bcc": "boss@orbit.example"})
    deliver()
    message = Message.objects.get(author_user=people.ada)
    assert (message.state, len(message.delivered_to)) == (Delivery.SENT, 2)
    assert message.cc == []


def test_a_macro_fills_blanks_acts_and_a_blank_left_holds_the_reply_back(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    text = "Hello {{contact.first_name}}, at {{contact.organization}} we see it too."
    fields = {"name": "Seen it", "text": text, "tags": "seen, Known", "takes": "on", "snooze": "1h"}
    assert ada.post("/macros/", fields).status_code == 303
    assert ada.post("/macros/", fields).status_code == 422
    macro = Macro.objects.get()
    assert "Seen it" in ada.get(f"/conversations/{conversation.pk}/macros/").content.decode()
    ada.post(f"/conversations/{conversation.pk}/macros/{macro.pk}/")
    conversation.refresh_from_db()
    assert conversation.assignee == people.ada
    assert set(conversation.tags.values_list("name", flat=True)) == {"seen", "known"}
    assert conversation.is_snoozed(clock.now())
    draft = Draft.objects.get()
    assert draft.text.startswith("Hello Casey, at {{contact.organization}}")
    held = ada.post(f"/conversations/{conversation.pk}/reply/", {"text": draft.text})
    assert held.status_code == 422
    assert "contact.organization" in held.content.decode()


def test_what_is_asked_aside_never_mixes_with_the_contacts_strand(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    fields = {"to": "rui@vendor.example", "subject": "Is this yours?", "text": "Casey sees E404."}
    assert ada.post(f"/conversations/{conversation.pk}/aside/", fields).status_code == 303
    deliver()
    conversation.refresh_from_db()
    assert (conversation.status, conversation.first_response_at) == (Status.OPEN, None)
    replying.reply(conversation, by=people.ada, text="We are looking.")
    deliver()
    aside, reply = Message.objects.filter(author_user=people.ada).order_by("pk")
    assert aside.strand.is_side
    assert reply.strand != aside.strand
    assert [one["email"] for one in reply.to] == ["casey@contact.example"]
    assert [one["email"] for one in aside.to] == ["rui@vendor.example"]
    verdict = Verdict(Join.APPEND, strand=aside.strand_id, may_reopen=True, verified=True)
    rui = identify(channel="email", address="rui@vendor.example", name="Rui")
    parsed = factories.mail("Re: Is this yours?", "Yes, it is ours.")
    receiving.receive(receiving.Incoming(people.inbox, rui, parsed, verdict, "pass", clock.now()))
    conversation.refresh_from_db()
    assert (conversation.status, conversation.last_preview) == (Status.OPEN, "We are looking.")
    assert "Only Casey reads this." in ada.get(f"/desk/mine/{conversation.pk}/").content.decode()


def test_a_snooze_until_an_issue_closes_ends_when_it_does(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    page = f"/conversations/{conversation.pk}/snooze/"
    assert ada.post(page, {"until": "issue", "subject": "not an issue"}).status_code == 400
    ada.post(page, {"until": "issue", "subject": "npm/CLI#12"})
    conversation.refresh_from_db()
    assert conversation.is_snoozed(clock.now())
    assert statuses.wake_all("issue", "npm/cli#13") == 0
    assert statuses.wake_all("issue", "npm/cli#12") == 1
    assert statuses.wake_all("issue", "npm/cli#12") == 0
    conversation.refresh_from_db()
    assert not conversation.is_snoozed(clock.now())
    ada.post(page, {"until": "release", "subject": "npm/cli"})
    assert statuses.wake_all("release", "npm/cli@v10.2.0") == 1


def test_a_saved_view_filters_orders_groups_and_is_shared(ada: Client, rita: Client, people: People) -> None:
    urgent, other = factories.conversation(people, "Urgent one"), factories.conversation(people, "Other one")
    assigning.set_priority(urgent, 1, by=people.ada)
    fields = {
        "name": "On fire",
        "audience": "everyone",
        "priority": "1",
        "group": "priority",
        "columns": ["preview", "clock"],
    }
    url = ada.post("/views/new/", fields).headers["Location"]
    page = ada.get(url).content.decode()
    assert "Urgent one" in page
    assert "Other one" not in page
    assert 'data-group-head="Urgent"' in page
    slug = SavedView.objects.get().slug
    assert ada.get(f"/conversations/{urgent.pk}/row/?view={slug}").status_code == 200
    assert ada.get(f"/conversations/{other.pk}/row/?view={slug}").status_code == 204
    assert "Urgent one" not in rita.get(url).content.decode()
    assert rita.get(f"/views/{SavedView.objects.get().pk}/").status_code == 404
    SavedView.objects.update(audience="mine")
    assert rita.get(url).status_code == 404


def test_a_saved_view_shows_the_columns_that_were_chosen_under_heads_by_plan(ada: Client, people: People) -> None:
    conversation = factories.conversation(people, "Shown")
    assigning.set_priority(conversation, 1, by=people.ada)
    assigning.assign(conversation, people.lena, by=people.ada)
    organization = Organization.objects.create(name="Kit", plan="Team")
    Contact.objects.filter(pk=conversation.contact_id).update(organization=organization)
    parts = {"preview": "Hello", "plan": "badge--tier", "clock": "Urgent</span>", "assignee": "Lena Example"}
    Conversation.objects.update(last_preview="Hello there")
    for column in parts:
        fields = {"name": f"Only {column}", "audience": "mine", "group": "plan", "columns": column}
        page = ada.get(ada.post("/views/new/", fields).headers["Location"]).content.decode()
        assert 'data-group-head="Team"' in page
        rows = page[page.index("data-group-head") :].partition("</ul>")[0]
        assert [name for name, said in parts.items() if said in rows] == [column]


def test_bulk_changes_what_is_seen_and_is_undone(ada: Client, people: People) -> None:
    mine = [factories.conversation(people, f"Number {n}") for n in range(3)]
    theirs = factories.arrives(people.other_inbox, people.casey, factories.mail()).conversation
    ids = ",".join(str(one.pk) for one in [*mine, theirs])
    answer = ada.post("/conversations/bulk/", {"ids": ids, "verb": "resolve"}, headers={"HX-Request": "true"})
    assert "3 conversations changed" in answer.content.decode()
    assert Conversation.objects.filter(status=Status.RESOLVED).count() == 3
    token = answer.context["token"]
    ada.post("/conversations/bulk/undo/", {"token": token})
    assert set(Conversation.objects.values_list("status", flat=True)) == {Status.OPEN}
    mina = Client()
    mina.force_login(people.mina)
    assert mina.post("/conversations/bulk/undo/", {"token": token}).status_code == 404
    assert ada.post("/conversations/bulk/", {"ids": "x", "verb": "resolve"}).status_code == 400
    assert ada.post("/conversations/bulk/", {"ids": ids, "verb": "priority", "value": "9"}).status_code == 400


def test_bulk_gives_and_takes_back_assignees(ada: Client, people: People) -> None:
    first, second = factories.conversation(people), factories.conversation(people)
    assigning.assign(first, people.mina, by=people.lena)
    fields = {"ids": f"{first.pk},{second.pk}", "verb": "assign", "value": people.ada.pk}
    answer = ada.post("/conversations/bulk/", fields, headers={"HX-Request": "true"})
    ada.post("/conversations/bulk/undo/", {"token": answer.context["token"]})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.assignee, second.assignee) == (people.mina, None)
    assert ada.post("/conversations/bulk/", {**fields, "value": people.rita.pk}).status_code == 404


def test_a_mention_is_found_in_ones_view(ada: Client, people: People) -> None:
    conversation = factories.conversation(people, "Ask Mina")
    ada.post(f"/conversations/{conversation.pk}/note/", {"text": "@mina, have you seen this? @rita", "kind": "call"})
    assert Note.objects.get().kind == "call"
    mina = Client()
    mina.force_login(people.mina)
    assert "Ask Mina" in mina.get("/desk/mentions/").content.decode()
    assert list(conversation.mentions.values_list("user", flat=True)) == [people.mina.pk]


def test_shares_are_fair(ada: Client, people: People) -> None:
    for to in (people.ada, people.ada, people.mina):
        assigning.assign(factories.conversation(people), to, by=people.lena)
    team = [people.ada, people.mina, people.lena]
    assert assigning.fairest(team) == people.lena
    assert assigning.fairest(team, by_turns=True) == people.lena
    assert assigning.fairest(team[:2]) == people.mina
    assert assigning.fairest(team[:2], by_turns=True) == people.ada
    fresh = factories.conversation(people)
    ada.post(f"/conversations/{fresh.pk}/assign/", {"to": "least"})
    fresh.refresh_from_db()
    assert fresh.assignee == people.lena


def test_a_team_takes_it_from_whoever_is_not_of_it(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    assigning.assign(conversation, people.ada, by=people.ada)
    other = Team.objects.create(name="Registry")
    people.inbox.teams.add(other)
    ada.post(f"/conversations/{conversation.pk}/team/", {"team": other.pk})
    conversation.refresh_from_db()
    assert (conversation.team, conversation.assignee) == (other, None)
    partners = Team.objects.get(name="Partners")
    assert ada.post(f"/conversations/{conversation.pk}/team/", {"team": partners.pk}).status_code == 404


def test_after_sending_the_desk_goes_where_the_person_likes(ada: Client, people: People) -> None:
    first, second = factories.conversation(people), factories.conversation(people)
    assert ada.post("/habit/", {"after_send": "next", "list_width": "900"}).status_code == 303
    fields = {"text": "Hello", "view": "unassigned"}
    sent = ada.post(f"/conversations/{first.pk}/reply/", fields)
    assert sent.headers["Location"] == f"/desk/unassigned/{second.pk}/"
    assert Habit.objects.get().list_width == 640


def test_files_are_shown_in_the_page_as_what_they_are(ada: Client, people: People) -> None:
    written = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(written, "PNG")
    png = written.getvalue()
    given = {
        "shot.png": ("image/png", png, "data:image/png;base64,"),
        "fake.png": ("image/png", b"<script>alert(1)</script>", "be shown here"),
        "npm-debug.log": ("text/plain", b"0 verbose <cli>", "0 verbose &lt;cli&gt;"),
        "page.html": ("text/html", b"<script>alert(1)</script>", "&lt;script&gt;"),
    }
    files = tuple(storing.NewFile(name, kind, content) for name, (kind, content, _shown) in given.items())
    message = factories.arrives(people.inbox, people.casey, factories.mail(), files=files)
    for file in message.attachments.all():
        page = ada.get(f"/attachments/{file.pk}/preview/").content.decode()
        assert given[file.name][2] in page
        assert "<script" not in page


def test_presence_is_said_and_kept_nowhere(ada: Client, rita: Client, people: People) -> None:
    conversation = factories.conversation(people)
    page = f"/conversations/{conversation.pk}/here/"
    assert ada.post(page, {"state": "writing"}, headers={"HX-Request": "true"}).status_code == 204
    assert ada.post(page, {"state": "dancing"}).status_code == 400
    assert rita.post(page, {"state": "looking"}).status_code == 404
