"""What is done on one side is seen on the other: closing, locking, labels, assignees, edits, moves, releases."""

import pytest
from django.test import Client

from firstline.conversations.actions import statuses, tagging
from firstline.conversations.models import Draft, Message, Resolution, Status, WakeKind
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.inboxes.models import Allowance, Inbox
from firstline.upstream import rules
from firstline.upstream.actions import acting
from firstline.upstream.models import Thread, ThreadAct, Version
from firstline.upstream.tests.hub import Hub

KINDS = ["issue", "discussion"]


def told(hub: Hub, **settings: str) -> None:
    """Change what the inbox is told."""
    Inbox.objects.filter(pk=hub.inbox.pk).update(settings={**hub.inbox.settings, **settings})


def opened(hub: Hub, kind: str = "issue") -> Thread:
    hub.fake.world.opens("casey", "EACCES on publish", kind=kind)
    hub.flush()
    return Thread.objects.get()


def asks(hub: Hub, kind: str, value: str = "") -> ThreadAct:
    act = acting.ask(Thread.objects.get(), kind, by=hub.people.ada, value=value)
    hub.flush()
    act.refresh_from_db()
    return act


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_desk_does_is_done_there_and_comes_back(hub: Hub, kind: str) -> None:
    opened(hub, kind)
    there = hub.fake.world.threads[1]
    asks(hub, "lock")
    asks(hub, "label", "Bug")
    asks(hub, "close", "duplicate")
    assert (there["locked"], there["state"], there["state_reason"]) == (True, "closed", "duplicate")
    thread = Thread.objects.get()
    assert (thread.is_locked, thread.state, [one.lower() for one in thread.labels]) == (True, "closed", ["bug"])
    assert (hub.conversation().status, hub.conversation().resolution) == ("resolved", "duplicate")
    asks(hub, "unlock")
    asks(hub, "unlabel", thread.labels[0])
    asks(hub, "reopen")
    thread.refresh_from_db()
    assert (thread.is_locked, thread.state, thread.labels) == (False, "open", [])
    assert hub.conversation().status == Status.OPEN
    assert ThreadAct.objects.exclude(failure="").count() == 0


def test_assignees_come_and_go_and_discussions_have_none(hub: Hub) -> None:
    opened(hub)
    asks(hub, "assign", "maya")
    assert Thread.objects.get().assignees == ["maya"]
    asks(hub, "unassign", "maya")
    assert Thread.objects.get().assignees == []


def test_closing_here_closes_there_where_the_inbox_says_so(hub: Hub) -> None:
    opened(hub)
    statuses.resolve(hub.conversation(), by=hub.people.ada)
    hub.flush()
    assert hub.fake.world.threads[1]["state"] == "open"
    statuses.reopen(hub.conversation(), by=hub.people.ada)
    told(hub, close_on_resolve="1")
    statuses.resolve(hub.conversation(), by=hub.people.ada, resolution=Resolution.NOT_OURS)
    hub.flush()
    assert (hub.fake.world.threads[1]["state"], hub.fake.world.threads[1]["state_reason"]) == ("closed", "not_planned")
    assert hub.conversation().resolution == Resolution.NOT_OURS
    statuses.reopen(hub.conversation(), by=hub.people.ada)
    hub.flush()
    assert hub.fake.world.threads[1]["state"] == "open"
    assert ThreadAct.objects.count() == 2  # what comes back from there asks for nothing more


def test_a_tag_is_a_label_there_only_when_the_repository_has_it(hub: Hub) -> None:
    opened(hub)
    tagging.add_tag(hub.conversation(), "docs", by=hub.people.ada)
    tagging.add_tag(hub.conversation(), "angry", by=hub.people.ada)
    hub.flush()
    assert hub.fake.world.threads[1]["labels"] == [{"name": "docs"}]
    assert "angry" not in hub.fake.world.labels
    assert {one.name for one in hub.conversation().tags.all()} == {"docs", "angry"}
    hub.fake.world.labels_it(1, "docs", on=False)
    hub.fake.world.labels_it(1, "Question")
    hub.flush()
    assert {one.name for one in hub.conversation().tags.all()} == {"question", "angry"}
    tagging.remove_tag(hub.conversation(), "question", by=hub.people.ada)
    hub.flush()
    assert hub.fake.world.threads[1]["labels"] == []


def test_an_act_waits_as_long_as_github_asks_and_a_refusal_stands_on_it(hub: Hub) -> None:
    opened(hub)
    hub.fake.fail = [(429, {"retry-after": "90"}, False)]
    act = asks(hub, "lock")
    assert act.ended_at is None
    assert (act.due_at - clock.now()).total_seconds() > 80
    assert not hub.fake.world.threads[1]["locked"]
    ThreadAct.objects.update(due_at=clock.now())
    Allowance.objects.update(resets_at=clock.now())
    acting.perform(act.pk)
    assert hub.fake.world.threads[1]["locked"]
    refused = asks(hub, "label", "no such label")
    assert "no label" in refused.failure
    assert Event.objects.filter(kind=Kind.THREAD_ACT_FAILED, subject_id=refused.pk).count() == 1
    assert asks(hub, "unlabel", "never there").failure == ""


def test_edits_and_deletions_there_are_versions_and_marks_here(hub: Hub) -> None:
    opened(hub)
    said = hub.fake.world.says("casey", 1, "It is npm 10.")
    hub.flush()
    hub.fake.world.edits(said, "It is npm 11.")
    hub.fake.world.rewrites(1, "It stops with EACCES.")
    hub.flush()
    assert [one.text for one in Message.objects.order_by("created_at")] == ["It stops with EACCES.", "It is npm 11."]
    assert Version.objects.count() == 4
    hub.fake.world.deletes(said)
    hub.flush()
    assert "deleted_upstream" in Message.objects.latest("created_at").flags


def test_a_transferred_issue_stays_the_same_conversation(hub: Hub) -> None:
    thread = opened(hub)
    hub.fake.world.transfers(1, "Codertocat/Other", 2, 31)
    hub.flush()
    thread.refresh_from_db()
    assert thread.address == "Codertocat/Other/issues/31"
    assert {key.key for key in thread.keys.all()} == {"1#1", "2#31"}
    assert hub.conversation().strands.get().external_id == thread.address


def test_a_renamed_repository_is_answered_at_its_new_name(hub: Hub) -> None:
    opened(hub)
    hub.fake.world.renames("Codertocat/Hello")
    hub.flush()
    asks(hub, "lock")
    assert hub.fake.world.threads[1]["locked"] is True


def test_who_waits_for_a_release_comes_back_with_a_draft(hub: Hub) -> None:
    opened(hub)
    until = (WakeKind.RELEASE.value, "Codertocat/Hello-World@v2.0.0")
    statuses.snooze(hub.conversation(), None, by=hub.people.ada, condition=until)
    hub.fake.world.releases_it("v2.0.0-rc.1", prerelease=True)
    hub.fake.world.releases_it("v1.9.9")
    hub.flush()
    assert hub.conversation().snoozed_until is not None
    hub.fake.world.releases_it("v2.0.0")
    hub.flush()
    hub.flush()
    assert hub.conversation().status == Status.TELL_CONTACT
    draft = Draft.objects.get()
    assert draft.user == hub.people.ada
    assert "v2.0.0 of Codertocat/Hello-World is out" in draft.text


def test_a_snooze_until_an_issue_closes_ends_with_it(hub: Hub) -> None:
    opened(hub)
    other = hub.fake.world.opens("noor", "The cause of it")
    hub.flush()
    conversation = Thread.objects.order_by("pk")[0].strand.conversation  # type: ignore[union-attr]
    statuses.snooze(conversation, None, by=hub.people.ada, condition=("issue", f"Codertocat/Hello-World#{other}"))
    hub.fake.world.closes(other)
    hub.flush()
    conversation.refresh_from_db()
    assert conversation.snoozed_until is None
    assert conversation.status == Status.OPEN


def test_the_panel_says_how_it_stands_there_and_acts(hub: Hub) -> None:
    thread = opened(hub)
    hub.fake.world.says("maya", 1, "Use sudo-less installs.")
    hub.fake.world.threads[1]["reactions"] = {"+1": 4, "heart": 1}
    hub.fake.world.labels_it(1, "bug")
    hub.flush()
    browser = Client()
    browser.force_login(hub.people.ada)
    address = f"/conversations/{hub.conversation().pk}/upstream/"
    page = browser.get(address).content.decode()
    assert "Codertocat/Hello-World#1" in page
    assert ">maya</a>" in page
    assert 'title="thumbs up"' in page
    answer = browser.post(f"{address}{thread.pk}/act/", {"kind": "lock"}, headers={"HX-Request": "true"})
    assert "On its way: lock it" in answer.content.decode()
    hub.flush()
    assert "Unlock" in browser.get(address).content.decode()
    assert "replies will be refused" in browser.get(f"{address}notice/").content.decode()
    assert browser.post(f"{address}{thread.pk}/act/", {"kind": "assign", "value": " "}).status_code == 302
    assert ThreadAct.objects.filter(kind="assign").count() == 0


def test_pure_words() -> None:
    assert rules.short_name("npm/cli/issues/12") == "npm/cli#12"
    assert rules.label_of("good first issue", ["Good  first issue", "bug"]) == "Good  first issue"
    assert [rules.close_reason(one) for one in ("answered", "duplicate", "not_ours")] == [
        "completed",
        "duplicate",
        "not_planned",
    ]
