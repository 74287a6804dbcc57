"""The pages about inboxes: secrets go in and never come out, refusals lose nothing, admins hear of every change."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from firstline.channels.base import ChannelError, OutgoingMessage
from firstline.channels.email.dns import DnsResolver
from firstline.core import clock, sealing, tokens
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.inboxes import actions, sealed
from firstline.inboxes.models import FileLink, Inbox, KeptMail, RoundTrip, StoppedAddress
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

pytestmark = pytest.mark.django_db
SECRET = "correct-horse-imap-battery"


@pytest.fixture
def everybody() -> People:
    return factories.people()


def admin(everybody: People, *, recent: bool = True) -> Client:
    client = Client()
    client.force_login(everybody.lena)
    if recent:
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session.save()
    return client


def told(everybody: People, **values: str) -> dict[str, Any]:
    team = everybody.inbox.teams.get()
    return {"inbox_name": "billing", "address": "billing@orbit.example", "teams": [team.pk], **values}


IMAP = {"in_via": "imap", "imap_server": "imap.orbit.example:993", "imap_password": SECRET}


def test_a_secret_goes_in_and_never_comes_out(everybody: People) -> None:
    client = admin(everybody)
    done = client.post(reverse("inboxes:add", args=["email"]), told(everybody, **IMAP))
    assert done["Location"] == reverse("inboxes:inbox", args=["billing"])
    inbox = Inbox.objects.get(name="billing")
    assert SECRET not in str(inbox.settings)
    assert inbox.open_settings()["imap_password"] == SECRET
    for page in ("inboxes:inbox", "inboxes:edit", "inboxes:state", "inboxes:dns"):
        response = client.get(reverse(page, args=["billing"]))
        assert response.status_code == 200
        assert SECRET not in response.text
    changed = told(everybody, in_via="imap", imap_server="imap2.orbit.example", imap_password="")
    client.post(reverse("inboxes:edit", args=["billing"]), changed)
    inbox.refresh_from_db()
    assert inbox.open_settings()["imap_server"] == "imap2.orbit.example"
    assert inbox.open_settings()["imap_password"] == SECRET


def test_a_change_needs_a_recent_sign_in_and_is_told_to_all_admins(everybody: People) -> None:
    page = reverse("inboxes:edit", args=["desk"])
    late = admin(everybody, recent=False)
    assert late.get(page)["Location"].startswith(reverse("account_reauthenticate"))
    assert late.post(page, told(everybody, name="X"))["Location"].startswith(reverse("account_reauthenticate"))
    assert not everybody.inbox.open_settings().get("name")
    admin(everybody).post(page, told(everybody, address="support@orbit.example", name="Orbit help"))
    event = Event.objects.get(kind=Kind.INBOX_CHANGED)
    assert (event.actor_id, event.inbox_id, event.data) == (everybody.lena.pk, everybody.inbox.pk, {"settings": 1})
    run_reactions()
    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == ["lena@orbit.example"]
    assert "Lena Example changed" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"in_via": "imap"}, "has no server"),
        ({"in_via": "imap", "imap_server": "a:b"}, "A port is a number"),
        ({"in_via": "google"}, "client ID is missing"),
        ({"out_via": "smtp", "out_server": "mail.orbit.example"}, "is written smtp://"),
        ({"dkim_selector": "s1", "dkim_key": "no key"}, "not a private key"),
        ({**IMAP, "imap_after": "move"}, "Which folder"),
        ({"address": "support@orbit.example"}, "has this address already"),
        ({"inbox_name": "desk"}, "of that name already"),
    ],
)
def test_what_cannot_work_is_said_beside_its_field(everybody: People, values: dict[str, str], sentence: str) -> None:
    response = admin(everybody).post(reverse("inboxes:add", args=["email"]), told(everybody, **values))
    assert response.status_code == 422
    assert sentence in response.text.replace("&#x27;", "'")
    assert not Inbox.objects.filter(name="billing").exists()


def test_an_inbox_without_a_dkim_key_gets_one_of_its_own(everybody: People) -> None:
    admin(everybody).post(reverse("inboxes:add", args=["email"]), told(everybody, dkim_selector="s1"))
    inbox = Inbox.objects.get(name="billing")
    assert "PRIVATE KEY" in inbox.open_settings()["dkim_key"]
    page = admin(everybody).get(reverse("inboxes:dns", args=["billing"])).text
    assert "s1._domainkey.orbit.example" in page
    assert "v=DKIM1; k=rsa; p=" in page
    assert "PRIVATE" not in page


def test_what_another_desk_sealed_does_not_open(everybody: People, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = sealed.closed({"a": "1", "b": SECRET}, {"b"})
    assert sealed.shown(stored) == {"a": "1"}
    assert sealed.kept(stored) == {"b"}
    stored["b"]["key"] = sealed.closed({"b": "other"}, {"b"})["b"]["key"]
    with pytest.raises(sealing.SealBroken):
        sealed.opened(stored)


def test_an_inbox_is_open_after_its_mail_came_back(everybody: People, settings: Any) -> None:
    client, page = admin(everybody), reverse("inboxes:state", args=["desk"])
    assert "Not tested yet" in client.get(page).text
    trip = actions.send_test_mail(everybody.inbox)
    raw = sealing.unseal(*KeptMail.objects.values_list("ciphertext", "wrapped_key").get())
    message_id = next(line for line in raw.decode().splitlines() if line.startswith("Message-ID:")).split()[1]
    assert not actions.came_back(everybody.other_inbox, message_id)
    assert not actions.came_back(everybody.inbox, "<firstline-test-made-up@orbit.example>")
    assert actions.came_back(everybody.inbox, message_id)
    trip.refresh_from_db()
    assert trip.back_at is not None
    assert "came back after" in client.get(page).text
    assert Event.objects.filter(kind=Kind.INBOX_OPENED).count() == 1
    late = actions.send_test_mail(everybody.inbox)
    RoundTrip.objects.filter(pk=late.pk).update(left_at=clock.now() - timedelta(days=2), digest=tokens.digest("old"))
    assert not actions.came_back(everybody.inbox, "<firstline-test-old@orbit.example>")


def test_a_test_mail_that_cannot_leave_says_why(everybody: People, settings: Any) -> None:
    settings.OUTGOING_SMTP = "smtp://127.0.0.1:1"
    admin(everybody).post(reverse("inboxes:test", args=["desk"]))
    assert "can't be reached" in RoundTrip.objects.get().failure


def test_switching_off_and_on(everybody: People) -> None:
    client, page = admin(everybody), reverse("inboxes:switch", args=["desk"])
    client.post(page, {"on": "0"})
    assert not Inbox.objects.get(name="desk").is_active
    client.post(page, {"on": "1"})
    assert Inbox.objects.get(name="desk").is_active


def test_s13_one_link_ends_all_mail_to_an_address(everybody: People) -> None:
    link = actions.not_me_link("Victim@elsewhere.example").removeprefix("http://testserver")
    assert actions.not_me_link("victim@ELSEWHERE.example").endswith(link)
    page = Client().get(link)
    assert page.status_code == 200
    assert "elsewhere" not in page.text
    actions.refuse_stopped(["victim@elsewhere.example"])
    assert Client().post(link).status_code == 200
    with pytest.raises(actions.NotWanted):
        actions.refuse_stopped(["VICTIM@elsewhere.example"])
    actions.refuse_stopped(["VICTIM@elsewhere.example", "casey@contact.example"])
    assert StoppedAddress.objects.get().stopped_at is not None
    assert Client().post(link[:-3] + "xx/").status_code == 404


class Zone(DnsResolver):
    """A domain that has almost everything right."""

    def txt(self, name: str) -> list[bytes]:
        return {
            "orbit.example": [b"v=spf1 include:mailgun.org ~all"],
            "_dmarc.orbit.example": [b"v=DMARC1; p=reject"],
        }.get(name, [])

    def mx(self, name: str) -> list[str]:
        return ["mx.orbit.example"]


def test_dns_shows_what_is_there_and_what_to_paste(everybody: People, settings: Any) -> None:
    settings.DNS_RESOLVER = f"{__name__}.Zone"
    values = {"out_via": "postmark", "out_secret": "key", "dkim_selector": "s1", "address": "support@orbit.example"}
    actions.change_settings(everybody.inbox, by=everybody.lena, values=values)
    page = admin(everybody).get(reverse("inboxes:dns", args=["desk"])).text
    states = [part.split('"')[0] for part in page.split('data-state="')[1:]]
    assert states == ["good", "wrong", "missing", "good"]
    assert "v=spf1 include:mailgun.org include:spf.mtasv.net ~all" in page


def test_an_inbox_sends_by_its_own_way(everybody: People, settings: Any) -> None:
    settings.OUTGOING_SMTP = "smtp://127.0.0.1:1"
    values = {"out_via": "smtp", "out_server": "smtp://127.0.0.1:2", "address": "support@orbit.example"}
    actions.change_settings(everybody.inbox, by=everybody.lena, values=values)
    options = actions.settings_to_send(everybody.inbox)
    assert (options["outgoing"], options["out_server"]) == ("smtp://127.0.0.1:1", "smtp://127.0.0.1:2")
    here = factories.contact("casey")
    message = OutgoingMessage(
        "<1@orbit.example>",
        sender=_address(everybody.inbox.address),
        recipient=_address(here.address),
        to=(_address(here.address),),
        subject="x",
        text="y",
        date=clock.now(),
    )
    with pytest.raises(ChannelError):
        actions.hand_over(everybody.inbox, message)
    assert not KeptMail.objects.exists()


def _address(email: str) -> Any:
    from firstline.channels.base import Address

    return Address("", email)


def test_s07_a_domain_shared_with_the_teams_sign_in_is_warned_of(everybody: People) -> None:
    page = reverse("inboxes:inbox", args=["desk"])
    assert "addresses are at this domain" in admin(everybody).get(page).text
    values = {"address": "support@help.orbit.example"}
    actions.change_settings(everybody.inbox, by=everybody.lena, values=values)
    assert "addresses are at this domain" not in admin(everybody).get(page).text


def test_open_links_to_files_are_listed_and_shut(everybody: People) -> None:
    client, page = admin(everybody), reverse("inboxes:links")
    link = actions.link_file(4711)
    shown = client.get(page).text
    assert "File 4711" in shown
    assert link.rsplit("/", 2)[1] not in shown
    client.post(reverse("inboxes:shut", args=[FileLink.objects.get().pk]))
    assert "File 4711" not in client.get(page).text
    with pytest.raises(actions.LinkGone):
        actions.follow_link(link.rsplit("/", 2)[1])
