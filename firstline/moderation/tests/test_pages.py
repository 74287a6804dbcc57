"""The queue's pages: decide without looking, in a fixed number of queries, and nothing typed is lost."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from firstline.conversations.models import Message, Reason, Reveal
from firstline.moderation.actions import reporting
from firstline.moderation.models import Case, CaseState, Measure, Sanction
from firstline.moderation.tests.conftest import Desk
from tests import factories


@pytest.fixture
def ada(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.people.ada)
    return client


def test_w02_a_case_is_decided_from_the_page_without_a_look(desk: Desk, ada: Client) -> None:
    page = ada.get(reverse("moderation:case", args=[desk.case.pk])).content.decode()
    assert "Harassment" in page
    assert "You can decide without opening it." in page
    assert "Shown to you" not in page
    assert desk.message.text not in page
    given = {"choice": "suspend", "reason": "harassment", "days": "7", "words": "Three mails."}
    ada.post(reverse("moderation:decide", args=[desk.case.pk]), given)
    assert Sanction.objects.get().measure == Measure.SUSPEND
    assert not Reveal.objects.exists()


def test_what_was_typed_comes_back_with_the_sentence(desk: Desk, ada: Client) -> None:
    given = {"choice": "ban", "reason": "harassment", "words": "Forty mails in a day."}
    refused = ada.post(reverse("moderation:decide", args=[desk.case.pk]), given)
    body = refused.content.decode()
    assert refused.status_code == 422
    assert "harder than the ladder" in body
    assert "Forty mails in a day." in body
    assert not Sanction.objects.exists()


def test_a_ban_goes_through_two_people_and_an_appeal_through_a_third_view(desk: Desk, ada: Client) -> None:
    given = {"choice": "ban", "reason": "harassment", "words": "Forty mails.", "skip_reason": "Forty mails in a day."}
    ada.post(reverse("moderation:decide", args=[desk.case.pk]), given)
    second = reverse("moderation:second", args=[desk.case.pk])
    assert ada.post(second, {"agree": "yes"}).status_code == 422
    lena = Client()
    lena.force_login(desk.people.lena)
    assert "Agree: ban" in lena.get(reverse("moderation:case", args=[desk.case.pk])).content.decode()
    lena.post(second, {"agree": "yes"})
    assert Case.objects.get().state == CaseState.EXECUTED
    assert Sanction.objects.get().expires_at is None


def test_reporting_from_the_conversation(desk: Desk, ada: Client) -> None:
    message = factories.arrives(desk.people.inbox, factories.contact("noor"), factories.mail("Hm", "Some words."))
    url = reverse("moderation:report", args=[message.pk])
    assert "Some words." not in ada.get(url).content.decode()
    assert ada.post(url, {"reason": "nonsense"}).status_code == 422
    ada.post(url, {"reason": "hate", "words": "Second paragraph."})
    assert Message.objects.get(pk=message.pk).case_item.case.reason == Reason.HATE
    danger = factories.arrives(desk.people.inbox, factories.contact("casey"), factories.mail("Hm", "Some words."))
    ada.post(reverse("moderation:report", args=[danger.pk]), {"reason": "self_harm_risk"})
    assert danger.conversation.care is not None
    assert Case.objects.count() == 2


def test_the_queue_takes_a_number_of_queries_that_grows_with_its_rows_alone(
    desk: Desk, ada: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(10):
        sender = factories.contact(f"s{number}")
        message = factories.arrives(desk.people.inbox, sender, factories.mail("Buy", f"Buy {number}"))
        reporting.report_by_agent(message, by=desk.people.ada, reason=Reason.SPAM)
    with django_assert_max_num_queries(20):
        body = ada.get(reverse("moderation:index")).content.decode()
    assert body.count('class="list-row"') == 11


def test_the_public_page_tells_rules_and_ladder_and_names_nobody(desk: Desk) -> None:
    body = Client().get(reverse("moderation:conduct")).content.decode()
    assert "Nobody is insulted" in body or "nobody is insulted" in body
    assert "a warning, fewer messages a day" in body
    for person in (desk.people.ada, desk.people.lena):
        assert person.name not in body


def test_d12_the_timeline_marks_what_pretends_and_fetches_nothing(desk: Desk) -> None:
    parsed = factories.mail(
        "Your package",
        "Sign in at https://npmjs.com@evil.example/login or https://npmjs.com/login",
        html='<a href="https://evil.example/">https://npmjs.com/login</a>',
    )
    sender = factories.contact("stranger", display="support@npmjs.com")
    message = factories.arrives(desk.people.inbox, sender, parsed)
    browser = Client()
    browser.force_login(desk.people.ada)
    page = browser.get(reverse("conversations:permalink", args=[message.conversation_id]), follow=True)
    body = page.content.decode()
    assert body.count("leads to evil.example") == 1
    assert "What stands before the @ is not where it leads." in body
    assert "a link leads elsewhere than it looks" in body
    assert "the sender’s name pretends to be another" in body
