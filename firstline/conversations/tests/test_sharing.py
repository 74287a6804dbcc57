"""What leaves beside the words: files, links to big ones, and a way out for addresses that proved nothing."""

import re
from typing import Any

import pytest
from django.conf import settings as live
from django.test import Client

from firstline.conversations.actions import delivering, drafting, replying
from firstline.conversations.models import Delivery, DraftMode, Message
from firstline.core import clock
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import FileLink, KeptMail
from firstline.inboxes.reading import OpenedMail, opened
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def everybody() -> People:
    return factories.people()


def leaves(everybody: People, *, auth: str = "pass", files: dict[str, bytes] | None = None) -> Message:
    """Ada answers Casey, and the answer goes out."""
    asked = factories.arrives(everybody.inbox, everybody.casey, factories.mail(), auth=auth)
    draft = drafting.save_draft(asked.conversation, by=everybody.ada, mode=DraftMode.REPLY, text="Here it is.")
    for name, content in (files or {}).items():
        drafting.attach(draft, by=everybody.ada, name=name, content_type="application/gzip", content=content)
    reply = replying.reply(asked.conversation, by=everybody.ada, text="Here it is.")
    Message.objects.filter(pk=reply.pk).update(send_at=clock.now())
    delivering.deliver(reply.pk)
    reply.refresh_from_db()
    return reply


def last_mail() -> OpenedMail:
    return opened(KeptMail.objects.latest("pk"))


def content_client(settings: Any) -> Client:
    """A browser at the content host."""
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    host = live.CONTENT_URL.removeprefix("http://")
    return Client(headers={"host": host})


def test_a_big_file_leaves_as_a_link_that_counts_and_can_be_shut(everybody: People, settings: Any) -> None:
    settings.MAIL_ATTACHMENT_LIMIT = 1000
    leaves(everybody, files={"small.gz": b"1" * 100, "big.gz": b"2" * 2000})
    mail = last_mail()
    assert [name for name, _size in mail.attachments] == ["small.gz"]
    address = re.search(r"big\.gz: (\S+)", mail.text)
    assert address is not None
    assert address[1].startswith(f"{live.CONTENT_URL}/shared/")
    path = address[1].removeprefix(live.CONTENT_URL)
    browser = content_client(settings)
    response = browser.get(path)
    assert response.content == b"2" * 2000
    assert response["Content-Disposition"].startswith("attachment")
    assert not response.cookies
    link = FileLink.objects.get()
    assert link.fetched == 1
    assert link.digest not in path
    with clock.at(link.expires_at):
        assert browser.get(path).status_code == 404
    assert inboxes.revoke_links(link.attachment_id) == 1
    assert browser.get(path).status_code == 404


def test_only_addresses_that_proved_nothing_get_the_way_out(everybody: People) -> None:
    leaves(everybody)
    assert "/not-me/" not in last_mail().text
    leaves(everybody, auth="none")
    assert "/not-me/" in last_mail().text


def test_a_stopped_address_gets_no_mail_and_the_agent_reads_why(everybody: People) -> None:
    leaves(everybody, auth="none")
    link = re.search(r"/not-me/(\S+)/", last_mail().text)
    assert link is not None
    inboxes.stop(link[1])
    before = KeptMail.objects.count()
    reply = leaves(everybody, auth="none")
    assert KeptMail.objects.count() == before
    assert reply.state == Delivery.FAILED
    assert "was not them" in reply.failure
