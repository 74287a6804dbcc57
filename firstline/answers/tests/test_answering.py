"""Answers by the machine alone: who lets them go, and everything that holds them back."""

import email
import re
from collections.abc import Callable
from datetime import timedelta
from email.message import Message as Mail

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from firstline.answers import actions, measures
from firstline.answers.actions import answering
from firstline.answers.models import AutoAnswer, Mode, Policy, Suggestion, Usage, Verdict
from firstline.conversations.actions import assigning, noting, replying
from firstline.conversations.actions.storing import FoundSecret
from firstline.conversations.models import Conversation, Message
from firstline.core import clock, sealing
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.evidence import catalogue
from firstline.evidence.diagnose import diagnose
from firstline.inboxes.models import KeptMail
from firstline.knowledge import actions as knowledge
from firstline.models_ai import languages
from tests import factories
from tests.factories import People

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not languages.available(), reason="the language model is not installed"),
]
Run = Callable[..., int]
PASTE = """Every global install of ours stops with this error since yesterday, what is the right way to go on?

npm error code EACCES
npm error syscall mkdir
npm error path /usr/local/lib/node_modules/kite
npm error errno -13
npm error Error: EACCES: permission denied, mkdir '/usr/local/lib/node_modules/kite'
"""
BODY = """Your own folder is not yours: it belongs to root.

## Install without root

1. Use a version manager: `nvm install --lts`
2. Install again: `npm install --global kite`
"""


READING = diagnose(f"EACCES\n{PASTE}", catalogue.load())


@pytest.fixture
def people(run_reactions: Run) -> People:
    found = factories.people()
    article = knowledge.draft_article(
        by=found.lena, title="EACCES on global installs", body=BODY, signatures=[READING.signature or ""]
    )
    knowledge.publish(article, by=found.lena)
    run_reactions()
    return found


@pytest.fixture
def policy(people: People) -> Policy:
    """Answering allowed for the case of PASTE, from any sureness on."""
    case = READING.case or ""
    assert measures.may_answer(case)
    return Policy.objects.create(
        inbox=people.inbox, case=case, mode=Mode.ANSWER, threshold=0.0, reason="Proven", decided_by=people.lena
    )


def asks(people: People, run_reactions: Run, text: str = PASTE, **how: object) -> Conversation:
    message = factories.arrives(people.inbox, people.casey, factories.mail("EACCES", text), **how)  # type: ignore[arg-type]
    run_reactions()
    return message.conversation


def newest_mail() -> Mail:
    kept = KeptMail.objects.order_by("-pk").first()
    assert kept is not None
    return email.message_from_bytes(sealing.unseal(bytes(kept.ciphertext), bytes(kept.wrapped_key)))


def links(text: str) -> list[str]:
    return re.findall(r"(/answered/[\w-]+/)", text)


def test_it_answers_says_so_cites_and_stops_no_clock(people: People, policy: Policy, run_reactions: Run) -> None:
    conversation = asks(people, run_reactions)
    sent = AutoAnswer.objects.get().message
    assert sent is not None
    assert (sent.author_machine, sent.author_user, sent.state) == ("answers", None, "sent")
    assert "This is an automatic answer" in sent.text
    assert "[EACCES on global installs](" in sent.text
    assert len(links(sent.text)) == 2
    conversation.refresh_from_db()
    assert conversation.status == "open"
    assert conversation.first_response_at is None
    assert conversation.waiting_since is not None
    mail = newest_mail()
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["Precedence"] == "bulk"
    assert Event.objects.filter(kind=Kind.ANSWER_QUEUED, actor_kind="machine").count() == 1


def test_it_is_off_by_default(people: People, run_reactions: Run) -> None:
    asks(people, run_reactions)
    assert not AutoAnswer.objects.exists()
    assert not KeptMail.objects.exists()


def test_it_may_run_twice_and_answers_once_a_conversation(people: People, policy: Policy, run_reactions: Run) -> None:
    conversation = asks(people, run_reactions)
    actions.answer(Suggestion.objects.get().pk)
    factories.answers(conversation, people.casey, factories.mail("Re: EACCES", f"It still fails:\n{PASTE}"))
    run_reactions()
    assert AutoAnswer.objects.count() == 1
    assert Message.objects.filter(author_machine="answers").count() == 1


@pytest.mark.parametrize("auth", ["none", "fail"])
def test_it_writes_to_nobody_who_is_not_proved(auth: str, people: People, policy: Policy, run_reactions: Run) -> None:
    asks(people, run_reactions, auth=auth)
    assert not AutoAnswer.objects.exists()


def test_it_answers_english_only(people: People, policy: Policy, run_reactions: Run) -> None:
    german = "Seit gestern bricht jede globale Installation mit diesem Fehler ab. Was ist der richtige Weg?\n"
    asks(people, run_reactions, text=german * 3 + PASTE.partition("\n\n")[2])
    assert not AutoAnswer.objects.exists()


def test_it_leaves_messages_with_a_secret_to_people(people: People, policy: Policy, run_reactions: Run) -> None:
    secret = FoundSecret("npm_token", "npm_••••", "npm_" + "Qm4Zt8Wb2XcV6nLk9PqRs3TyHd7Gf5JaUe1o")
    asks(people, run_reactions, secrets=(secret,))
    assert not AutoAnswer.objects.exists()


@pytest.mark.parametrize("touch", ["reply", "note", "assign"])
def test_it_never_speaks_over_a_person(touch: str, people: People, policy: Policy, run_reactions: Run) -> None:
    Policy.objects.update(mode=Mode.SUGGEST)
    conversation = asks(people, run_reactions)
    Policy.objects.update(mode=Mode.ANSWER)
    if touch == "reply":
        replying.reply(conversation, by=people.ada, text="I look into it.")
    elif touch == "note":
        noting.add_note(conversation, by=people.ada, text="Known to me.")
    else:
        assigning.assign(conversation, to=people.ada, by=people.ada)
    assert actions.answer(Suggestion.objects.get().pk) is None


def test_the_daily_cap_holds(people: People, policy: Policy, run_reactions: Run) -> None:
    Policy.objects.update(daily_cap=1)
    asks(people, run_reactions)
    asks(people, run_reactions)
    assert AutoAnswer.objects.count() == 1


def test_it_holds_back_below_the_threshold(people: People, policy: Policy, run_reactions: Run) -> None:
    Policy.objects.update(threshold=1.0)
    asks(people, run_reactions)
    assert not AutoAnswer.objects.exists()


def test_off_means_that_nothing_is_proposed(people: People, policy: Policy, run_reactions: Run) -> None:
    Policy.objects.update(mode=Mode.OFF)
    asks(people, run_reactions)
    assert Suggestion.objects.get().state == "nothing"


class TestVerdict:
    @pytest.fixture
    def sent(self, people: People, policy: Policy, run_reactions: Run) -> AutoAnswer:
        asks(people, run_reactions)
        return AutoAnswer.objects.select_related("message", "conversation").get()

    def test_a_link_asks_once_more_and_a_yes_resolves(self, sent: AutoAnswer, client: Client) -> None:
        assert sent.message is not None
        yes, _no = links(sent.message.text)
        assert client.get(yes).status_code == 200
        sent.refresh_from_db()
        assert sent.verdict == Verdict.UNSAID
        assert client.post(yes).status_code == 200
        sent.refresh_from_db()
        assert sent.verdict == Verdict.YES
        assert Conversation.objects.get().status == "resolved"
        assert Usage.objects.get().helped is True
        assert settings.SESSION_COOKIE_NAME not in client.cookies

    def test_a_no_hands_over(self, sent: AutoAnswer, client: Client) -> None:
        assert sent.message is not None
        yes, no = links(sent.message.text)
        client.post(yes)
        client.post(no)
        sent.refresh_from_db()
        assert sent.verdict == Verdict.NO
        assert Conversation.objects.get().status == "open"
        client.post(yes)
        sent.refresh_from_db()
        assert sent.verdict == Verdict.NO

    def test_a_changed_link_is_none(self, sent: AutoAnswer, client: Client) -> None:
        assert client.post("/answered/a-1-1-nonsense/").status_code == 404

    @pytest.mark.parametrize(("text", "verdict"), [("It still fails.", "no"), ("Thanks, it works now!", "yes")])
    def test_a_mail_says_it_too(
        self, text: str, verdict: str, sent: AutoAnswer, people: People, run_reactions: Run
    ) -> None:
        factories.answers(sent.conversation, people.casey, factories.mail("Re: EACCES", text))
        run_reactions()
        sent.refresh_from_db()
        assert sent.verdict == verdict
        assert Conversation.objects.get().status == "open"

    def test_two_noes_stop_it(self, sent: AutoAnswer, people: People, policy: Policy, run_reactions: Run) -> None:
        asks(people, run_reactions)
        for one in AutoAnswer.objects.all():
            answering.judge(one, helped=False, by=people.casey)
        policy.refresh_from_db()
        assert policy.stopped_at is not None
        asks(people, run_reactions)
        assert AutoAnswer.objects.count() == 2


def test_without_a_replay_that_proves_it_nobody_can_switch_it_on(people: People, client: Client) -> None:
    client.force_login(people.lena)
    said = {"inbox": people.inbox.pk, "case": "INS-01", "mode": "answer", "reason": "It would save us time"}
    client.post(reverse("answers:decide"), said)
    client.post(reverse("answers:decide"), said | {"case": "AUTH-03"})
    assert not Policy.objects.exists()
    client.post(reverse("answers:decide"), said | {"mode": "off", "reason": "no"})
    assert not Policy.objects.exists()
    client.post(reverse("answers:decide"), said | {"mode": "off"})
    policy = Policy.objects.get()
    assert (policy.mode, policy.decided_by) == (Mode.OFF, people.lena)
    assert Event.objects.get(kind=Kind.POLICY_CHANGED).actor_id == people.lena.pk
    assert policy.decided_at > clock.now() - timedelta(minutes=1)
