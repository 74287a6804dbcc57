"""The desk's own history, asked again with what was known then."""

import argparse
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from firstline.answers import actions, commands, queries
from firstline.answers.actions import replaying
from firstline.answers.models import Mode, Policy, Replay, ReplayedQuestion, ReplayState
from firstline.conversations.actions import delivering, replying
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.evidence import catalogue
from firstline.evidence.diagnose import diagnose
from firstline.knowledge import actions as knowledge
from firstline.knowledge.models import Article
from tests import factories
from tests.factories import People

from .test_answering import BODY, PASTE

pytestmark = pytest.mark.django_db
NOW = clock.now()
DAY = timedelta(days=1)
CASE = diagnose(f"EACCES\n{PASTE}", catalogue.load()).case or ""


@pytest.fixture
def people() -> People:
    return factories.people()


def article(people: People, days_ago: int, title: str = "EACCES on global installs", body: str = BODY) -> Article:
    with clock.at(NOW - days_ago * DAY):
        made = knowledge.draft_article(by=people.lena, title=title, body=body)
        return knowledge.publish(made, by=people.lena)


def answered(people: People, days_ago: float, reply: str, text: str = PASTE) -> Conversation:
    """A question of that day, answered an hour later."""
    with clock.at(NOW - days_ago * DAY):
        conversation = factories.conversation(people, "EACCES", text)
    with clock.at(NOW - days_ago * DAY + timedelta(hours=1)):
        sent = replying.reply(conversation, by=people.ada, text=reply)
    with clock.at(NOW - days_ago * DAY + timedelta(hours=2)):
        delivering.deliver(sent.pk)
    return conversation


def linking(found: Article) -> str:
    return f"Hi Casey, see http://localhost:8000/help/{found.slug}/ please."


def replayed(days_ago: int = 60) -> Replay:
    return replaying.run(replaying.ask((NOW - days_ago * DAY).date(), by=None).pk)


def test_what_was_not_written_yet_is_never_used(people: People) -> None:
    """Planted canaries: an article, a revision and a question, each of the day after."""
    early = article(people, 30)
    answered(people, 20, linking(early))
    with clock.at(NOW - 19 * DAY):
        early.texts.update(body=f"{BODY}\n\n1. CANARY-REVISION `npm canary`")
        knowledge.publish(early, by=people.lena)
        knowledge.add_phrasing(early, f"CANARY-QUESTION {PASTE}", by=people.ada)
    article(people, 19, "CANARY EACCES stops every global install of ours with this error", f"CANARY {PASTE}")
    replay = replayed()
    row = replay.questions.get()
    assert row.article_id == early.pk
    assert row.is_right
    assert "CANARY" not in row.text
    answered(people, 1, "Hello")
    assert any("CANARY" in one.text for one in replayed().questions.all())


def test_before_its_article_a_question_has_no_answer(people: People) -> None:
    answered(people, 20, "Please `npm login`.")
    article(people, 10)
    row = replayed().questions.get()
    assert (row.article_id, row.is_right) == (None, False)


def test_a_retired_article_is_not_used(people: People) -> None:
    made = article(people, 30)
    with clock.at(NOW - 25 * DAY):
        knowledge.retire(made, by=people.lena)
    answered(people, 20, linking(made))
    assert replayed().questions.get().article_id is None


def test_what_nothing_confirms_counts_as_wrong(people: People) -> None:
    article(people, 30)
    answered(people, 20, "I reset something on our side; all is well.")
    answered(people, 19, "Run `nvm install --lts`, then `npm install --global kite`.")
    rights = dict(replayed().questions.values_list("message__conversation_id", "is_right"))
    assert sorted(rights.values()) == [False, True]


def test_a_run_cut_off_goes_on(people: People) -> None:
    made = article(people, 30)
    answered(people, 20, linking(made))
    answered(people, 19, linking(made))
    replay = replayed()
    replay.questions.order_by("-pk")[:1].get().delete()
    Replay.objects.filter(pk=replay.pk).update(state=ReplayState.RUNNING, done=1)
    replaying.run(replay.pk)
    replay.refresh_from_db()
    assert (replay.questions.count(), replay.done, replay.state) == (2, 2, ReplayState.DONE)


def test_the_command_prints_its_figures(people: People, capsys: pytest.CaptureFixture[str]) -> None:
    made = article(people, 30)
    answered(people, 20, linking(made))
    since = str((NOW - 60 * DAY).date())
    assert commands.eval_replay(argparse.Namespace(since=since, json=True)) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["n"], figures["proposed"], figures["right"]) == (1, 1, 1)
    assert figures["precision"] is None
    assert figures["topics"][0]["case"] == CASE
    assert commands.eval_replay(argparse.Namespace(since="yesterday", json=True)) == 2


class TestPage:
    def test_a_lead_starts_it_and_sees_the_curve(
        self, people: People, client: Client, run_reactions: Callable[..., int]
    ) -> None:
        made = article(people, 30)
        answered(people, 20, linking(made))
        client.force_login(people.lena)
        client.post(reverse("answers:start_replay"), {"since": str((NOW - 60 * DAY).date())})
        assert "Reading your history" in client.get(reverse("answers:replay")).content.decode()
        run_reactions()
        page = client.get(reverse("answers:replay")).content.decode()
        assert "polyline" in page
        assert CASE in page
        assert "Was sent" in page
        assert "Not proven yet" in page

    def test_only_what_it_proves_may_be_switched_on(self, people: People, client: Client) -> None:
        made = article(people, 30)
        conversation = answered(people, 20, linking(made))
        replay = replayed()
        row = replay.questions.get()
        same = {"replay": replay, "conversation": conversation, "inbox": people.inbox, "case": CASE, "sent": row.sent}
        for number in range(100):  # the proof wants a hundred: the same question, asked again and again
            message = factories.answers(conversation, people.casey, factories.mail(text=f"Again {number}"))
            ReplayedQuestion.objects.create(**same, message=message, article=made, sureness=0.9, is_right=True)
        client.force_login(people.lena)
        assert "Let it answer" in client.get(reverse("answers:replay")).content.decode()
        said = {"inbox": people.inbox.pk, "case": CASE, "mode": "answer", "reason": "98 % on our own history"}
        client.post(reverse("answers:decide"), said)
        policy = Policy.objects.get()
        assert (policy.mode, policy.replay_id) == (Mode.ANSWER, replay.pk)
        assert policy.threshold > 0
        ReplayedQuestion.objects.filter(sureness=0.9).update(is_right=False)
        with pytest.raises(actions.NotProven):
            actions.set_policy(
                people.inbox, CASE, mode=Mode.ANSWER, by=people.lena, reason="Once more, please", replay=replay
            )

    def test_other_teams_conversations_are_not_shown(self, people: People) -> None:
        made = article(people, 30)
        answered(people, 20, linking(made))
        replay = replayed()
        assert queries.beside(replay, people.rita) == []
        assert len(queries.beside(replay, people.ada)) == 1
