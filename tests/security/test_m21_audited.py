"""M-21: looks at what is covered or sealed, exports, and every change that only some people may make are audited."""

import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from firstline.accounts.doors import ENTERED_AT
from firstline.conversations.actions import covering, secrets
from firstline.conversations.actions.covering import Standing
from firstline.conversations.models import Cover, Origin, Reason
from firstline.events.kinds import Kind
from firstline.events.models import AuditEntry
from firstline.privacy.actions import exporting, finding
from tests.security.matrix import PEOPLE, ROWS, Row, rows
from tests.security.test_s21_matrix import filled
from tests.security.world import World

DONE = {"200", "302", "303"}
NO_CHANGE = {
    "ledger:check": "proves sums, changes nothing",
    "ledger:judge": "an event says who judged what",
    "answers:start_replay": "answers the past anew on the side, sends nothing",
    "knowledge:retire": "an event says who retired what; revisions are kept",
    "knowledge:load_starter": "drafts nobody sees yet; each has its author",
    "inboxes:leave": "only ends the first steps for this person",
    "inboxes:connect": "leads to the provider; what comes back is audited as grant.given",
    "inboxes:test": "a mail to ourselves",
    "upstream:look": "asks the source once more",
    "upstream:share": "by inbox.changed, which is audited; the row names no inbox to share with",
    "translation:inboxes": "audited for each inbox that changes; the row changes none",
    "translation:try": "asks the translator for a sentence of ours",
    "savings:hold_out": "audited when one begins or ends; the row ends one that never ran",
    "quality:draw": "chooses what to look at; an event says who reviewed what",
    "upstream:check": "asks the source whether the key works",
}
"""Routes whose POST changes nothing that only some may change, and why."""


def privileged() -> Iterator[tuple[Row, str]]:
    """Rows that change something and that an agent is refused, with somebody who is not."""
    for row in rows(ROWS):
        answers = dict(zip(PEOPLE, row.answers, strict=True))
        able = [who for who in ("lena", "admin") if answers[who] in DONE]
        if row.method == "POST" and answers["ada"] == "403" and able and row.route not in NO_CHANGE:
            yield row, able[0]


@pytest.mark.parametrize(("row", "who"), list(privileged()), ids=str)
def test_m21_every_change_that_not_everybody_may_make_is_audited(world: World, row: Row, who: str) -> None:
    cache.clear()
    with transaction.atomic():
        browser = Client()
        browser.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[who]
        session = browser.session
        session[ENTERED_AT] = time.time()
        session.save()
        before = AuditEntry.objects.count()
        address = reverse(row.route, args=[filled(world, word) for word in row.arguments])
        answer = browser.post(address, {name: filled(world, value) for name, value in row.fields})
        written = AuditEntry.objects.count() - before
        transaction.set_rollback(True)
    assert written or answer.status_code == 422, (
        f"{row.route} changes something unaudited; audit it, or say in NO_CHANGE why it need not be"
    )


def test_m21_looks_exports_and_secrets_are_audited_with_who_and_what(world: World) -> None:
    message, secret = world.ours.message, world.ours.secret
    covering.cover(message, Standing(Reason.THREAT, 3, Origin.PERSON), by=world.lena)
    covering.reveal(Cover.objects.get(message=message), by=world.ada, paragraphs=1)
    secrets.reveal(secret, by=world.lena, reason="Casey asked")
    person = finding.find("casey@support.example")
    assert person is not None
    exporting.export(person)
    found = {one.kind: one for one in AuditEntry.objects.all()}
    assert found[Kind.MESSAGE_REVEALED].subject_id == message.pk
    assert found[Kind.MESSAGE_REVEALED].actor_id == world.ada.pk
    assert found[Kind.SECRET_REVEALED].actor_id == world.lena.pk
    assert found[Kind.PERSON_EXPORTED].subject_id == person.contacts[0].pk


def test_m21_the_original_of_a_message_is_not_opened_unseen(world: World) -> None:
    before = AuditEntry.objects.count()
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = world.sessions["ada"]
    assert browser.get(reverse("intake:original", args=[world.ours.message.pk])).status_code == 200
    assert AuditEntry.objects.count() == before + 1
    assert AuditEntry.objects.latest("pk").kind == Kind.ORIGINAL_OPENED
