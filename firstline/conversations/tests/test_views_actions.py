"""What the desk's forms do, whom they refuse, and what comes back to the page."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from firstline.accounts.models import User
from firstline.accounts.permissions import Role
from firstline.conversations.actions import delivering, drafting, replying, statuses, storing
from firstline.conversations.models import (
    Attachment,
    Conversation,
    Delivery,
    Draft,
    Message,
    Note,
    Priority,
    Resolution,
    SealedSecret,
    Status,
)
from firstline.core import clock
from tests import factories
from tests.factories import People

HTMX = {"HX-Request": "true"}
ACTIONS = [
    ("reply", {"text": "Hello"}),
    ("note", {"text": "Hello"}),
    ("draft", {"mode": "reply", "text": "Hello"}),
    ("attach", {}),
    ("assign", {"to": ""}),
    ("priority", {"priority": "1"}),
    ("status", {"status": "tell_contact"}),
    ("resolve", {}),
    ("snooze", {"until": "1h"}),
    ("wake", {}),
    ("tag", {"name": "install"}),
    ("untag", {"name": "install"}),
    ("read", {}),
]


def post(client: Client, action: str, pk: int, /, **data: str) -> None:
    """An action by htmx, which must be taken."""
    response = client.post(reverse(f"conversations:{action}", args=[pk]), data, headers=HTMX)
    assert response.status_code in {200, 204}, response.content


@pytest.mark.parametrize(("name", "data"), ACTIONS)
def test_every_action_is_post_with_a_token_by_people_who_may(people: People, name: str, data: dict[str, str]) -> None:
    conversation = factories.conversation(people)
    url = reverse(f"conversations:{name}", args=[conversation.pk])
    strict, stranger, other, lookout = Client(enforce_csrf_checks=True), Client(), Client(), Client()
    strict.force_login(people.ada)
    other.force_login(people.rita)
    lookout.force_login(factories.person("admin", [Role.ADMIN], people.ada.teams.get()))
    assert strict.get(url).status_code == 405
    assert strict.post(url, data).status_code == 403
    assert stranger.post(url, data).status_code == 302
    assert other.post(url, data).status_code == 404
    assert lookout.post(url, data).status_code == 403
    assert not Message.objects.filter(author_user__isnull=False).exists()
    assert Conversation.objects.get().status == Status.OPEN


@pytest.mark.parametrize(("name", "data"), [one for one in ACTIONS if one[0] != "attach"])
def test_every_action_works_as_a_plain_form(ada: Client, people: People, name: str, data: dict[str, str]) -> None:
    conversation = factories.conversation(people)
    response = ada.post(reverse(f"conversations:{name}", args=[conversation.pk]), {**data, "view": "open"})
    assert response.status_code == 303
    assert response.headers["Location"] == f"/desk/open/{conversation.pk}/"


def test_reply_is_queued_with_a_way_back(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    response = ada.post(
        reverse("conversations:reply", args=[conversation.pk]),
        {"text": "Use a version manager.", "then": "send"},
        headers=HTMX,
    )
    message = Message.objects.get(author_user=people.ada)
    assert message.state == Delivery.QUEUED
    assert reverse("conversations:undo", args=[message.pk]) in response.content.decode()
    assert "firstline:changed" in response.headers["HX-Trigger"]
    undone = ada.post(reverse("conversations:undo", args=[message.pk]), headers=HTMX)
    assert "Use a version manager." in undone.content.decode()
    message.refresh_from_db()
    assert message.state == Delivery.CANCELLED


def test_undo_comes_too_late(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    message = replying.reply(conversation, by=people.ada, text="Gone")
    Message.objects.filter(pk=message.pk).update(send_at=clock.now() - timedelta(seconds=1))
    response = ada.post(reverse("conversations:undo", args=[message.pk]), headers=HTMX)
    assert response.status_code == 409
    assert "on its way" in response.content.decode()


def test_nobody_undoes_the_reply_of_another_team(rita: Client, people: People) -> None:
    message = replying.reply(factories.conversation(people), by=people.ada, text="Stays")
    assert rita.post(reverse("conversations:undo", args=[message.pk])).status_code == 404
    message.refresh_from_db()
    assert message.state == Delivery.QUEUED


def test_send_and_resolve_is_remembered(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    post(ada, "reply", conversation.pk, text="Done", then="resolve")
    assert Message.objects.get(author_user=people.ada).resolve_on_send
    page = ada.get(f"/desk/open/{conversation.pk}/").content.decode()
    assert re.search(r'composer__send[^>]+value="resolve"|value="resolve"[^>]+data-sending', page)
    assert "<span>Send and resolve</span>" in page


def test_send_and_wait_on_engineering(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    post(ada, "reply", conversation.pk, text="We look into it", then="engineering")
    conversation.refresh_from_db()
    assert conversation.status == Status.WAITING_ON_ENGINEERING
    assert Message.objects.filter(author_user=people.ada).exists()


def test_send_and_snooze(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    post(ada, "reply", conversation.pk, text="Tomorrow", then="snooze", until="tomorrow")
    conversation.refresh_from_db()
    until = conversation.snoozed_until
    assert until is not None
    assert until > clock.now()
    Message.objects.filter(author_user=people.ada).update(send_at=clock.now())
    delivering.deliver(Message.objects.get(author_user=people.ada).pk)
    conversation.refresh_from_db()
    assert (conversation.status, conversation.snoozed_until) == (Status.WAITING_ON_CONTACT, until)


def test_a_refused_reply_changes_nothing_else(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    response = ada.post(
        reverse("conversations:reply", args=[conversation.pk]), {"text": "   ", "then": "engineering"}, headers=HTMX
    )
    assert response.status_code == 422
    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN


def test_a_secret_is_held_back(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    token = "npm_" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2"
    response = ada.post(reverse("conversations:reply", args=[conversation.pk]), {"text": f"Use {token}"}, headers=HTMX)
    assert response.status_code == 422
    assert "Held back" in response.content.decode()
    assert not Message.objects.filter(author_user=people.ada).exists()
    assert token not in Draft.objects.get().text


def test_a_stale_reply_is_refused_until_forced(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    seen = conversation.messages.get().pk
    factories.answers(conversation, people.casey, factories.mail("Re", "Never mind, found it"))
    data = {"text": "Try this", "seen": str(seen), "view": "open"}
    url = reverse("conversations:reply", args=[conversation.pk])
    refused = ada.post(url, data, headers=HTMX)
    assert refused.status_code == 409
    assert "Casey Rivers wrote while you were writing." in refused.content.decode()
    assert "Try this" in refused.content.decode()
    assert ada.post(url, data).status_code == 409
    assert ada.post(url, {**data, "force": "1"}, headers=HTMX).status_code == 200
    assert Message.objects.filter(author_user=people.ada).count() == 1


def test_copies_must_be_addresses(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    response = ada.post(
        reverse("conversations:reply", args=[conversation.pk]), {"text": "Hi", "cc": "jonas"}, headers=HTMX
    )
    assert response.status_code == 422
    assert "is not an email address" in response.content.decode()
    post(ada, "reply", conversation.pk, text="Hi", cc="jo@contact.example, kim@contact.example")
    message = Message.objects.get(author_user=people.ada)
    assert [one["email"] for one in message.cc] == ["jo@contact.example", "kim@contact.example"]


def test_note_is_ours_only(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    post(ada, "note", conversation.pk, text="Look at **docs**")
    note = Note.objects.get()
    assert note.author == people.ada
    page = ada.get(f"/desk/open/{conversation.pk}/").content.decode()
    assert 'data-audience="note"' in page
    assert "<strong>docs</strong>" in page
    assert (
        ada.post(reverse("conversations:note", args=[conversation.pk]), {"text": " "}, headers=HTMX).status_code == 422
    )


def test_drafts_are_kept_for_each_mode(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    response = ada.post(
        reverse("conversations:draft", args=[conversation.pk]), {"mode": "reply", "text": "As attached, "}, headers=HTMX
    )
    assert "something is attached" in response.content.decode()
    post(ada, "draft", conversation.pk, mode="note", text="for us")
    assert dict(Draft.objects.values_list("mode", "text")) == {"reply": "As attached, ", "note": "for us"}
    page = ada.get(f"/desk/open/{conversation.pk}/").content.decode()
    assert "As attached, </textarea>" in page
    assert "for us</textarea>" in page


def test_assign_only_to_people_of_the_inbox(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    post(ada, "assign", conversation.pk, to=str(people.mina.pk))
    conversation.refresh_from_db()
    assert conversation.assignee == people.mina
    assert (
        ada.post(reverse("conversations:assign", args=[conversation.pk]), {"to": str(people.rita.pk)}).status_code
        == 404
    )
    conversation.refresh_from_db()
    assert conversation.assignee == people.mina


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("priority", {"priority": "9"}),
        ("status", {"status": "closed"}),
        ("status", {"status": "resolved"}),
        ("resolve", {"resolution": "because"}),
        ("snooze", {"until": "later"}),
        ("snooze", {"until": "at"}),
        ("snooze", {"until": "at", "at": "2001-01-01T09:00"}),
        ("tag", {"name": " "}),
    ],
)
def test_what_makes_no_sense_is_refused(ada: Client, people: People, name: str, data: dict[str, str]) -> None:
    conversation = factories.conversation(people)
    response = ada.post(reverse(f"conversations:{name}", args=[conversation.pk]), data, headers=HTMX)
    assert response.status_code == 400
    conversation.refresh_from_db()
    assert (conversation.status, conversation.priority, conversation.snoozed_until) == (
        Status.OPEN,
        Priority.NORMAL,
        None,
    )


def test_priority_status_tags_and_spam(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    post(ada, "priority", conversation.pk, priority=str(Priority.URGENT.value))
    head = ada.post(reverse("conversations:tag", args=[conversation.pk]), {"name": "Install"}, headers=HTMX)
    assert '<span class="tag not-phone">install</span>' in head.content.decode()
    post(ada, "untag", conversation.pk, name="install")
    assert not conversation.tags.exists()
    post(ada, "status", conversation.pk, status=Status.SPAM.value)
    conversation.refresh_from_db()
    assert (conversation.status, conversation.priority) == (Status.SPAM, Priority.URGENT)


def test_resolve_says_why_and_opens_again(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    toast = ada.post(
        reverse("conversations:resolve", args=[conversation.pk]),
        {"resolution": Resolution.DUPLICATE.value},
        headers=HTMX,
    )
    conversation.refresh_from_db()
    assert (conversation.status, conversation.resolution) == (Status.RESOLVED, Resolution.DUPLICATE)
    assert "Undo" in toast.content.decode()
    post(ada, "wake", conversation.pk)
    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN


def test_resolve_and_next(ada: Client, people: People) -> None:
    first, second = factories.conversation(people, "One"), factories.conversation(people, "Two")
    data = {"next": "1", "view": "unassigned"}
    onward = ada.post(reverse("conversations:resolve", args=[first.pk]), data, headers=HTMX)
    assert f"/desk/unassigned/{second.pk}/" in onward.headers["HX-Location"]
    last = ada.post(reverse("conversations:resolve", args=[second.pk]), data)
    assert last.headers["Location"] == "/desk/unassigned/"


def test_snooze_until_the_contact_writes(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    post(ada, "snooze", conversation.pk, until="reply")
    conversation.refresh_from_db()
    assert conversation.is_snoozed(clock.now())
    post(ada, "wake", conversation.pk)
    conversation.refresh_from_db()
    assert not conversation.is_snoozed(clock.now())


def test_a_chosen_moment_is_in_the_persons_zone(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    ada.cookies["zone"] = "Asia/Tokyo"
    post(ada, "snooze", conversation.pk, until="at", at="2999-05-01T09:00")
    conversation.refresh_from_db()
    assert conversation.snoozed_until is not None
    assert conversation.snoozed_until.isoformat() == "2999-05-01T00:00:00+00:00"


def test_read_marks_are_made_by_post(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    post(ada, "read", conversation.pk)
    assert conversation.read_marks.get().user == people.ada


def test_a_failed_message_is_tried_again(ada: Client, people: People) -> None:
    message = replying.reply(factories.conversation(people), by=people.ada, text="Hi")
    Message.objects.filter(pk=message.pk).update(state=Delivery.FAILED, failure="Nobody there.")
    page = ada.get(f"/desk/mine/{message.conversation_id}/").content.decode()
    assert "Not sent." in page
    assert "Nobody there." in page
    assert ada.post(reverse("conversations:retry", args=[message.pk]), headers=HTMX).status_code == 204
    message.refresh_from_db()
    assert message.state == Delivery.QUEUED


def sealed(people: People) -> SealedSecret:
    mask = "npm_••••(sha256:ab12)"
    factories.arrives(
        people.inbox,
        people.casey,
        factories.mail("Token", f"It is {mask} here"),
        secrets=(storing.FoundSecret("npm_token", mask, "npm_original"),),
    )
    return SealedSecret.objects.get()


def test_a_sealed_secret_is_shown_once_with_a_reason(ada: Client, people: People) -> None:
    secret = sealed(people)
    page = ada.get(f"/desk/open/{secret.conversation_id}/").content.decode()
    assert f'popovertarget="secret-{secret.pk}"' in page
    assert "npm_original" not in page
    url = reverse("conversations:reveal", args=[secret.pk])
    assert ada.post(url, {"reason": " "}, headers=HTMX).status_code == 422
    assert "npm_original" in ada.post(url, {"reason": "to revoke it"}, headers=HTMX).content.decode()
    again = ada.post(url, {"reason": "once more"}, headers=HTMX)
    assert again.status_code == 422
    assert "npm_original" not in again.content.decode()


def test_secrets_need_the_permission_and_the_inbox(people: People, rita: Client) -> None:
    secret = sealed(people)
    url = reverse("conversations:reveal", args=[secret.pk])
    assert rita.post(url, {"reason": "curious"}).status_code == 404
    admin: User = factories.person("admin", [Role.ADMIN], people.ada.teams.get())
    client = Client()
    client.force_login(admin)
    assert client.post(url, {"reason": "curious"}).status_code == 403


def test_finished_secrets_can_no_longer_be_opened(ada: Client, people: People) -> None:
    secret = sealed(people)
    SealedSecret.objects.update(expires_at=clock.now() - timedelta(days=1))
    assert (
        f'popovertarget="secret-{secret.pk}"' not in ada.get(f"/desk/open/{secret.conversation_id}/").content.decode()
    )


def test_spam_can_be_brought_back(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    statuses.mark_spam(conversation, by=people.ada)
    post(ada, "wake", conversation.pk)
    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN


def test_files_of_a_draft_belong_to_their_writer(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    draft = drafting.save_draft(conversation, by=people.mina, mode="reply", text="")
    file = drafting.attach(draft, by=people.mina, name="a.txt", content_type="text/plain", content=b"abc")
    assert ada.post(reverse("conversations:detach", args=[file.pk])).status_code == 404
    assert Attachment.objects.filter(pk=file.pk).exists()


def test_a_draft_is_told_what_it_leaves_out(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    url = reverse("conversations:draft", args=[conversation.pk])

    blaming = ada.post(url, {"mode": "reply", "text": "You should have read the docs. Run `npm login`."}, headers=HTMX)
    kind = ada.post(url, {"mode": "reply", "text": "Please run `npm login` and publish again."}, headers=HTMX)

    assert "sound like blame" in blaming.content.decode()
    assert "sound like blame" not in kind.content.decode()
