"""Rules by the doors: built, tried on the past, switched on, run; named in the timeline; never in a circle."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from firstline.accounts.models import Team
from firstline.automation import actions, queries, registry
from firstline.automation.models import Rule, Run, Trigger
from firstline.conversations.actions import assigning, replying, statuses, tagging
from firstline.conversations.models import Conversation, Status
from firstline.core import clock
from firstline.events.models import Event
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def people(db: None) -> People:
    return factories.people()


@pytest.fixture
def lena(people: People, client: Client) -> Client:
    client.force_login(people.lena)
    return client


def rule(people: People, name: str, trigger: Trigger, *, hours: int | None = None, **parts: dict[str, str]) -> Rule:
    """A rule in use."""
    made = actions.save_rule(
        None,
        by=people.lena,
        name=name,
        trigger=trigger,
        hours=hours,
        conditions=parts.get("when", {}),
        acts=parts["then"],
    )
    actions.note_trial(made)
    actions.switch(made, on=True, by=people.lena)
    return made


def tags(conversation: Conversation) -> set[str]:
    return set(conversation.tags.values_list("name", flat=True))


def test_a_rule_is_built_tried_switched_on_and_runs(lena: Client, people: People) -> None:
    old, other = factories.conversation(people, "Outage in Lisbon"), factories.conversation(people, "A typo")
    theirs = factories.arrives(people.other_inbox, people.casey, factories.mail("Outage of theirs")).conversation
    run_reactions()
    fields = {
        "name": "Outages",
        "trigger": "created",
        "if_subject": "outage",
        "then_priority": "1",
        "then_tag": "Outage",
    }
    url = lena.post("/settings/rules/new/", fields).headers["Location"]
    page = lena.get(url).content.decode()
    assert "the subject holds “outage”: add the tag Outage and set the priority to Urgent." in page
    assert "It would have run" not in page
    assert lena.post(f"{url}switch/", {"on": "1"}).status_code == 302
    assert not Rule.objects.get().is_on, "nobody has seen what it would do"
    lena.post(f"{url}try/")
    page = lena.get(url).content.decode()
    assert "It would have run on 2 conversations of the last 30 days" in page
    assert f"#{old.pk} Outage in Lisbon" in page
    assert f"#{other.pk}" not in page
    assert f"#{theirs.pk}" not in page
    assert tags(old) == set()
    lena.post(f"{url}switch/", {"on": "1"})
    fresh = factories.conversation(people, "OUTAGE again")
    run_reactions()
    fresh.refresh_from_db()
    assert (fresh.priority, tags(fresh), tags(old)) == (1, {"outage"}, set())
    timeline = lena.get(f"/conversations/{fresh.pk}/fresh/?from=all").content.decode()
    assert "The rule “Outages”" in timeline
    assert "on, ran once this month" in lena.get("/settings/rules/").content.decode()


def test_a_change_takes_a_rule_out_of_use(lena: Client, people: People) -> None:
    made = rule(people, "Tag all", Trigger.CREATED, then={"tag": "all"})
    fields = {"name": "Tag all", "trigger": "created", "then_tag": "every"}
    lena.post(f"/settings/rules/{made.pk}/edit/", fields)
    made.refresh_from_db()
    assert (made.is_on, made.is_tried) == (False, False)
    assert 'value="every"' in lena.get(f"/settings/rules/{made.pk}/edit/").content.decode()
    lena.post(f"/settings/rules/{made.pk}/delete/")
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "trigger": "created", "then_tag": "x"},
        {"name": "No act", "trigger": "created"},
        {"name": "No hours", "trigger": "waits", "then_tag": "x"},
        {"name": "Bad snooze", "trigger": "created", "then_snooze": "soon"},
        {"name": "Gone", "trigger": "created", "then_assign": "999999"},
        {"name": "Bad trigger", "trigger": "moon", "then_tag": "x"},
    ],
)
def test_what_makes_no_rule_is_said_and_nothing_is_lost(lena: Client, fields: dict[str, str]) -> None:
    refused = lena.post("/settings/rules/new/", fields)
    assert refused.status_code == 422
    assert "field__error" in refused.content.decode() or "does nothing" in refused.content.decode()
    assert not Rule.objects.exists()


def test_the_dry_run_means_what_the_rule_then_does(lena: Client, people: People) -> None:
    """On a replay of the same month the rule runs on exactly the conversations that the dry run named."""
    subjects = ["Outage", "outage at night", "Typo", "No outage at all", "Hello"]
    made = [factories.conversation(people, subject) for subject in subjects]
    run_reactions()
    tagging.add_tag(made[1], "known", by=people.ada)
    ours = rule(people, "R", Trigger.CREATED, when={"subject": "outage", "no_tag": "known"}, then={"tag": "seen"})
    named = {one.pk for one in queries.trial(ours, people.lena).rows}
    for event in Event.objects.filter(kind="conversation.created").order_by("pk"):
        actions.follow(event)
        actions.follow(event)
    assert {one.pk for one in made if "seen" in tags(one)} == named == {made[0].pk, made[3].pk}
    assert Run.objects.count() == 2


def test_a_rule_by_time_runs_once_for_each_wait(people: People) -> None:
    with clock.at(MONDAY):
        rule(people, "Late", Trigger.WAITS, hours=4, then={"priority": "2"})
        conversation = factories.conversation(people)
    ran = []
    for hours in (3, 5, 6):
        with clock.at(MONDAY + timedelta(hours=hours)):
            ran.append(actions.sweep(clock.now()))
    assert ran == [0, 1, 0]
    with clock.at(MONDAY + timedelta(hours=7)):
        assigning.set_priority(conversation, 3, by=people.ada)
        statuses.set_status(conversation, Status.WAITING_ON_CONTACT, by=people.ada)
        factories.answers(conversation, people.casey, factories.mail("Re", "Still."))
    with clock.at(MONDAY + timedelta(hours=12)):
        assert actions.sweep(clock.now()) == 1
    conversation.refresh_from_db()
    assert conversation.priority == 2


def test_silence_is_resolved_by_rule_and_a_word_reopens(people: People) -> None:
    with clock.at(MONDAY):
        rule(people, "Silent", Trigger.SILENT, hours=48, then={"resolve": "no_answer_needed"})
        conversation = factories.conversation(people)
        replying.reply(conversation, by=people.ada, text="Does it work now?")
    with clock.at(MONDAY + timedelta(minutes=2)):
        run_reactions()
    with clock.at(MONDAY + timedelta(hours=50)):
        assert actions.sweep(clock.now()) == 1
        conversation.refresh_from_db()
        assert (conversation.status, conversation.resolution) == (Status.RESOLVED, "no_answer_needed")
        factories.answers(conversation, people.casey, factories.mail("Re", "No."))
        run_reactions()
    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN


def test_rules_never_run_in_a_circle(people: People) -> None:
    rule(people, "Up", Trigger.PRIORITY, when={"priority": "3"}, then={"priority": "2"})
    rule(people, "Down", Trigger.PRIORITY, when={"priority": "2"}, then={"priority": "3"})
    conversation = factories.conversation(people)
    assigning.set_priority(conversation, 2, by=people.ada)
    run_reactions()
    conversation.refresh_from_db()
    assert [(one.rule.name, len(one.chain)) for one in Run.objects.order_by("pk")] == [("Down", 0), ("Up", 1)]
    assert conversation.priority == 2


def test_a_chain_of_rules_ends_at_five(people: People) -> None:
    for number in range(7):
        status = [Status.WAITING_ON_CONTACT, Status.OPEN][number % 2]
        rule(
            people,
            f"Step {number}",
            Trigger.STATUS,
            when={"no_tag": f"t{number}"} if number else {},
            then={"status": status, "tag": f"t{number}"},
        )
    conversation = factories.conversation(people)
    statuses.set_status(conversation, Status.WAITING_ON_ENGINEERING, by=people.ada)
    run_reactions()
    assert max(len(one.chain) for one in Run.objects.all()) <= 4
    assert all(one.rule_id not in one.chain for one in Run.objects.all())


def test_every_condition_and_act_of_the_registry_works(people: People) -> None:
    conversation = factories.conversation(people, "Outage", "It hangs at proxy.example.")
    run_reactions()
    values = {
        "inbox": str(people.inbox.pk), "channel": "email", "subject": "outage", "words": "PROXY", "tag": "x",
        "no_tag": "y", "priority": "3", "status": "open", "assignee": "nobody", "plan": "team",
    }  # fmt: skip
    assert values.keys() == registry.CONDITIONS.keys()
    tagging.add_tag(conversation, "x", by=people.ada)
    for key, value in values.items():
        fits = Conversation.objects.filter(registry.CONDITIONS[key].matches(value)).filter(pk=conversation.pk).exists()
        assert fits is (key != "plan"), key
    team = Team.objects.get(name="Desk")
    acts = {
        "tag": "acted", "priority": "1", "team": str(team.pk), "assign": str(people.mina.pk), "status": "tell_contact",
        "snooze": "3", "resolve": "duplicate",
    }  # fmt: skip
    assert acts.keys() == registry.ACTS.keys()
    rule(people, "Everything", Trigger.WRITTEN, then=acts)
    factories.answers(conversation, people.casey, factories.mail("Re", "Hello?"))
    run_reactions()
    conversation.refresh_from_db()
    assert conversation.assignee == people.mina
    assert (conversation.priority, conversation.team, conversation.resolution) == (1, team, "duplicate")
    assert "acted" in tags(conversation)


def test_a_rule_gives_nothing_to_who_may_not_see_it(people: People) -> None:
    rule(people, "To Rita", Trigger.CREATED, then={"assign": str(people.rita.pk)})
    conversation = factories.conversation(people)
    run_reactions()
    conversation.refresh_from_db()
    assert conversation.assignee is None


def test_rules_are_a_leads_to_make(people: People, client: Client) -> None:
    client.force_login(people.ada)
    assert client.get("/settings/rules/").status_code == 403
    assert client.post("/settings/rules/new/", {"name": "x", "trigger": "created", "then_tag": "x"}).status_code == 403
