"""A person erased: nowhere in the database, the files, the index; the chain whole, the answers of others kept (P-02 to
P-05, P-09).
"""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from firstline.channels.base import Envelope
from firstline.config.cli import load
from firstline.contacts.actions import identify
from firstline.conversations.actions import drafting, noting, replying, statuses
from firstline.conversations.models import Attachment, Conversation, DraftMode, Message, Reason
from firstline.core import clock
from firstline.events.audit import Personal, record_audit, seal_entries
from firstline.events.kinds import Kind
from firstline.events.models import ActorKind
from firstline.events.recording import MACHINE
from firstline.events.verifying import verify
from firstline.intake.actions import accept
from firstline.intake.tests.mails import raw_mail
from firstline.moderation.actions import deciding, evidence, reporting
from firstline.moderation.actions.deciding import Decision
from firstline.moderation.models import Evidence, Mark, Measure, Sanction
from firstline.privacy.actions import erasing, exporting, finding
from firstline.privacy.models import Erasure
from tests import factories
from tests.factories import People
from tests.test_marker import database_dump, stored_files

ADDRESS, NAME, WORD = "zorblax.quill@contact.example", "Zorblax Quill", "vermillionotter"
MARKERS = [ADDRESS, "zorblax", "quill", WORD]
pytestmark = pytest.mark.django_db


@pytest.fixture
def people(run_reactions: Callable[..., int]) -> People:
    """Zorblax asked, was answered, wrote something bad, was paused; Noor asked something else."""
    everybody = factories.people()
    for number, (text, files) in enumerate(
        ((f"My {WORD} package says 404.", {f"{WORD}.log": f"{WORD} 404".encode()}), (f"You are idiots, {WORD}", {}))
    ):
        raw = raw_mail(
            sender=f"{NAME} <{ADDRESS}>",
            to=everybody.inbox.address,
            subject=f"About {WORD} {number}",
            text=text,
            html=f"<p>{text}</p>",
            files=files,
        )
        accept(everybody.inbox, raw, Envelope(mail_from=ADDRESS, rcpt_to=(everybody.inbox.address,)))
    aside = raw_mail(sender=f"{everybody.inbox.address}", to=everybody.inbox.address, text=WORD)
    accept(everybody.inbox, aside, Envelope(mail_from=ADDRESS, rcpt_to=(everybody.inbox.address,)))
    factories.arrives(everybody.inbox, factories.contact("noor"), factories.mail("Mine", "Noor asks about webhooks."))
    run_reactions()
    first, second = Message.objects.filter(author_identity__address=ADDRESS).order_by("pk")
    replying.reply(first.conversation, by=everybody.ada, text=f"Hi Zorblax,\n\n> My {WORD} package\n\nSign in again.")
    noting.add_note(first.conversation, by=everybody.mina, text=f"{NAME} wrote from {ADDRESS} before.")
    drafting.save_draft(first.conversation, by=everybody.mina, mode=DraftMode.REPLY, text=f"Dear {NAME}")
    with clock.at(clock.now() + timedelta(minutes=1)):
        run_reactions()
    statuses.resolve(first.conversation, by=everybody.ada)
    case = reporting.report_by_agent(second, by=everybody.ada, reason=Reason.HARASSMENT, words=f"{NAME} again")
    deciding.decide(
        case, Decision(Measure.SUSPEND, Reason.HARASSMENT, days=7, words=f"{NAME} wrote {WORD}."), by=everybody.ada
    )
    who = Personal(ADDRESS, ActorKind.CONTACT, first.conversation.contact_id)
    record_audit(Kind.ACCESS_CHANGED, by=MACHINE, personal={"email": who})
    with clock.at(clock.now() + timedelta(minutes=2)):
        run_reactions()
    return everybody


def person() -> finding.Person:
    found = finding.find(ADDRESS)
    assert found is not None
    return found


def theirs() -> set[str]:
    """The names of the files that came with their mails."""
    return {key.rpartition("/")[2] for key in Attachment.objects.values_list("storage_key", flat=True)}


def where() -> set[str]:
    """Every table and file in which a marker stands readably, sealed mail opened as well."""
    found = set()
    for place, content in (*database_dump(), *stored_files()):
        if any(marker.encode() in content.lower() for marker in MARKERS):
            found.add(place)
    return found


def test_p03_after_erasure_nothing_of_the_person_is_anywhere(people: People) -> None:
    assert where()
    before, files = erasing.preview(person()), theirs()
    assert files
    receipt = erasing.erase(person())
    assert where() == set()
    assert {name: receipt.counts[name] for name in before} == before
    assert before["messages"] == 2
    assert before["originals"] == 3
    assert not files & {name for name, _content in stored_files()}
    assert finding.find(ADDRESS) is None


def test_p03_what_we_answered_stays_and_the_person_is_a_former_user(people: People) -> None:
    erasing.erase(person())
    answer = Message.objects.get(author_user=people.ada)
    assert answer.text == "Hi former user,\n\n\nSign in again."
    assert Conversation.objects.count() == 3
    assert Message.objects.filter(text__contains="Noor asks about webhooks").exists()


def test_p05_the_audit_stays_whole_and_says_that_somebody_was_erased(people: People) -> None:
    seal_entries()
    erasing.erase(person())
    seal_entries()
    assert [one.kind for one in verify().problems] == []
    assert Kind.PERSON_ERASED in set(_kinds())


def _kinds() -> list[str]:
    from firstline.events.models import AuditEntry

    return list(AuditEntry.objects.values_list("kind", flat=True))


def test_p04_a_hold_keeps_evidence_with_a_reason_and_an_end_and_marks_stay_keyed(people: People) -> None:
    with pytest.raises(erasing.HoldRefused):
        erasing.erase(person(), hold_because="A court asked.")
    with pytest.raises(erasing.HoldRefused):
        erasing.erase(person(), hold_because="A court asked.", hold_until=clock.now() + timedelta(days=900))
    erasing.erase(person(), hold_because="A court asked.", hold_until=clock.now() + timedelta(days=90))
    assert where() == set()
    assert evidence.verify(Evidence.objects.get())
    assert Evidence.objects.exclude(ciphertext=b"").count() == 1
    assert Mark.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.update(held_until=None)


def test_p04_after_erasure_the_pause_still_binds_who_comes_back(people: People) -> None:
    erasing.erase(person())
    sender = identify(channel="email", address="Zorblax.Quill+again@contact.example", name="")
    back = factories.arrives(people.inbox, sender, factories.mail("Hello", "A question about webhooks."))
    assert back.cover.reason == Reason.BAN_EVASION


def test_p02_p09_the_export_holds_the_person_and_nobody_else(people: People) -> None:
    archive = zipfile.ZipFile(io.BytesIO(exporting.export(person())))
    facts = json.loads(archive.read("person.json"))
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert {one["from"] for one in facts["messages"]} == {ADDRESS, "support"}
    assert facts["decisions"][0]["measure"] == "suspend"
    assert len([name for name in archive.namelist() if name.startswith("originals/")]) == 2
    assert any(name.endswith(f"{WORD}.log") for name in archive.namelist())
    for foreign in (b"webhooks", people.ada.name.encode(), people.mina.name.encode(), b"wrote from"):
        assert foreign not in everything
    without = zipfile.ZipFile(io.BytesIO(exporting.export(person(), with_moderation=False)))
    assert "decisions" not in json.loads(without.read("person.json"))


def test_p07_a_restored_backup_is_erased_again_by_its_receipts(people: People) -> None:
    assert erasing.replay([]) == {}
    digests = person().digests
    assert erasing.replay(digests)["people"] == 1
    assert where() == set()


def command(*words: str) -> int:
    found = load(words[0]).find(list(words))
    assert found is not None
    return found[0].run(found[0].parser().parse_args(found[1]))


def test_the_commands_preview_ask_and_print_a_receipt(
    people: People, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert command("person", "erase", ADDRESS, "--dry-run", "--json") == 0
    assert json.loads(capsys.readouterr().out)["messages"] == 2
    assert command("person", "erase", "nobody@contact.example", "--yes") == 1
    assert command("person", "export", ADDRESS, "--to", str(tmp_path / "out.zip"), "--json") == 0
    assert zipfile.is_zipfile(tmp_path / "out.zip")
    capsys.readouterr()
    assert command("person", "erase", ADDRESS, "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out)["receipt"] == Erasure.objects.get().pk
    assert where() == set()
    assert Sanction.objects.get().words == ""
