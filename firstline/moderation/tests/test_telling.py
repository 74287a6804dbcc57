"""The statement of reasons, the appeal, and who may decide it (M-08, M-09, M-10)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from firstline.conversations.models import Conversation, Message, Reason, Status
from firstline.core import clock
from firstline.moderation.actions import appealing, deciding, reporting
from firstline.moderation.actions.deciding import Decision
from firstline.moderation.actions.moving import Refused
from firstline.moderation.models import Appeal, Case, CaseState, Measure, NoticeState, Report, Sanction
from firstline.moderation.tests.conftest import Desk
from tests import factories

PAUSE = Decision(Measure.SUSPEND, Reason.HARASSMENT, days=7, words="Three mails with insults on one day.")


def decide(desk: Desk, decision: Decision = PAUSE) -> tuple[Sanction, str]:
    """A pause, and the letter about it."""
    sanction = deciding.decide(desk.case, decision, by=desk.people.ada)
    letter = Message.objects.filter(author_machine="moderation").order_by("-pk").first()
    return sanction, letter.text if letter else ""


def token_of(letter: str) -> str:
    found = re.search(r"/appeal/([\w-]+)/", letter)
    assert found
    return found.group(1)


def test_m08_the_statement_says_everything_and_names_nobody(desk: Desk) -> None:
    sanction, letter = decide(desk)
    assert sanction.notice == NoticeState.SENT
    for part in (
        "we pause your access to support",
        "Three mails with insults on one day.",
        "conduct-1",
        "Nobody is pursued",
        "We noticed it ourselves; a person made this decision.",
        "appeal until",
        "somebody else will decide",
        f"Case {sanction.case_id}",
    ):
        assert part in letter
    assert len(letter.split()) <= 200
    for person in (desk.people.ada, desk.people.lena, desk.people.mina):
        assert person.name not in letter
        assert person.first_name not in letter
    assert desk.message.text not in letter


@pytest.mark.parametrize(
    ("reason", "hold", "state"),
    [(Reason.SPAM, "", NoticeState.NOT_NEEDED), (Reason.HARASSMENT, "They know her address.", NoticeState.SAFETY_HOLD)],
)
def test_m08_no_notice_for_mass_mail_nor_where_safety_forbids_it(
    desk: Desk, reason: str, hold: str, state: str
) -> None:
    chosen = Decision(
        Measure.SUSPEND, reason, days=7, notice_hold=hold, pattern_reason="A wave.", skip_reason="A wave of mail."
    )
    sanction, letter = decide(desk, chosen)
    assert (sanction.notice, letter) == (state, "")


def test_m09_an_appeal_needs_no_account_and_works_once(desk: Desk) -> None:
    _sanction, letter = decide(desk)
    client, url = Client(), reverse("moderation:appeal", args=[token_of(letter)])
    page = client.get(url).content.decode()
    assert "Is our decision wrong?" in page
    assert client.post(url, {"text": ""}).status_code == 422
    assert client.post(url, {"text": "x" * 2001}).status_code == 422
    assert client.post(url, {"text": "I was rude and I am sorry."}).status_code == 200
    assert Appeal.objects.get().text == "I was rude and I am sorry."
    assert client.post(url, {"text": "Once more"}).status_code == 422
    assert Case.objects.get().state == CaseState.APPEALED
    assert client.get(reverse("moderation:appeal", args=["made-up"])).status_code == 404


def test_m09_after_180_days_the_link_is_over(desk: Desk) -> None:
    _sanction, letter = decide(desk)
    with clock.at(clock.now() + timedelta(days=181)):
        assert appealing.open_link(token_of(letter)) is None


def appealed(desk: Desk) -> Appeal:
    _sanction, letter = decide(desk)
    link = appealing.open_link(token_of(letter))
    assert link is not None
    return appealing.file(link, "I was rude and I am sorry.")


def test_m09_who_decided_does_not_decide_the_appeal(desk: Desk) -> None:
    appeal = appealed(desk)
    with pytest.raises(Refused):
        appealing.decide(appeal, CaseState.UPHELD, by=desk.people.ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.update(decided_by=desk.people.ada, decided_at=clock.now(), outcome=CaseState.UPHELD)
    appealing.decide(appeal, CaseState.UPHELD, by=desk.people.lena)
    assert Case.objects.get().state == CaseState.UPHELD


def test_m09_overturning_takes_back_the_strike_and_lets_in_what_was_held(desk: Desk) -> None:
    appeal = appealed(desk)
    held = factories.arrives(desk.people.inbox, factories.contact("grim"), factories.mail("Please", "Is it back?"))
    assert held.conversation.status == Status.RESOLVED
    appealing.decide(appeal, CaseState.OVERTURNED, by=desk.people.lena, answer="We mixed you up with somebody.")
    assert deciding.strikes_of(Case.objects.get()) == 0
    assert Conversation.objects.get(pk=held.conversation_id).status == Status.OPEN
    letter = Message.objects.filter(author_machine="moderation").latest("pk")
    assert "We mixed you up with somebody." in letter.text
    assert desk.people.lena.first_name not in letter.text


def test_m09_amending_makes_it_shorter_never_longer(desk: Desk) -> None:
    appeal = appealed(desk)
    with pytest.raises(Refused):
        appealing.decide(appeal, CaseState.AMENDED, by=desk.people.lena, days=30)
    appealing.decide(appeal, CaseState.AMENDED, by=desk.people.lena, days=1)
    sanction = Sanction.objects.get()
    assert sanction.expires_at is not None
    assert sanction.expires_at - clock.now() <= timedelta(days=1)


def test_m10_a_muted_reporter_is_kept_and_changes_nothing(desk: Desk) -> None:
    noor = factories.contact("noor")
    reporting.mute_reporter(noor, by=desk.people.lena, words="Reports everybody.", days=30)
    cases = Case.objects.count()
    message = factories.arrives(desk.people.inbox, factories.contact("casey"), factories.mail("Hello", "Hello."))
    report = reporting.report_by_contact(message, by=noor, reason=Reason.THREAT)
    assert (report.is_muted, report.case, Case.objects.count()) == (True, None, cases)
    with clock.at(clock.now() + timedelta(days=31)):
        later = reporting.report_by_contact(message, by=noor, reason=Reason.SPAM)
    assert later.case is not None
    assert Report.objects.counting().filter(identity=noor).count() == 1


def test_m22_the_public_report_leaves_small_groups_out(desk: Desk, run_reactions: Callable[..., int]) -> None:
    decide(desk)
    client = Client()
    found = client.get(reverse("moderation:report_json")).json()
    assert found["actioned"] == [["harassment", "email", "agent", None]]
    rows = client.get(reverse("moderation:report_csv")).content.decode()
    assert '"actioned","harassment","email","agent","<5"' in rows
    for number in range(5):
        sender = factories.contact(f"other{number}")
        message = factories.arrives(desk.people.inbox, sender, factories.mail("Hm", "Hm."))
        case = reporting.report_by_agent(message, by=desk.people.ada, reason=Reason.HARASSMENT)
        deciding.decide(case, PAUSE, by=desk.people.ada)
    assert client.get(reverse("moderation:report_json")).json()["actioned"] == [["harassment", "email", "agent", 6]]
    assert Sanction.objects.count() == 6
    assert ada_is_nowhere(desk, client)


def ada_is_nowhere(desk: Desk, client: Client) -> bool:
    return desk.people.ada.name not in client.get(reverse("moderation:conduct")).content.decode()
