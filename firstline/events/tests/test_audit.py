"""Nobody changes the audit unseen (M-20), and people can be erased from it (P-05)."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from firstline.accounts import actions as accounts
from firstline.accounts.permissions import Role
from firstline.answers.actions import permitting
from firstline.answers.models import Mode
from firstline.config.cli import load
from firstline.conversations.actions import storing
from firstline.conversations.actions.secrets import reveal
from firstline.conversations.models import SealedSecret
from firstline.core import clock, sealing
from firstline.events import anchors, audit
from firstline.events.audit import Personal, record_audit, seal_entries
from firstline.events.kinds import Kind
from firstline.events.models import ActorKind, AuditEntry, AuditLink, AuditPersonal
from firstline.events.recording import MACHINE
from firstline.events.verifying import verify
from firstline.inboxes.actions import set_active
from tests import factories

pytestmark = pytest.mark.django_db
TABLES = ["events_auditentry", "events_auditlink", "events_auditpersonal"]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anchors lie in a folder of this test's own; the key is read before, so that it stays the run's."""
    sealing.desk_key()
    monkeypatch.setenv("FIRSTLINE_HOME", str(tmp_path))


@pytest.fixture
def chain() -> list[int]:
    """Five linked entries; their ids."""
    ids = [
        record_audit(
            Kind.ACCESS_CHANGED,
            by=MACHINE,
            subject_id=number,
            after={"active": True},
            personal={"email": Personal(f"casey{number}@contact.example", ActorKind.CONTACT, number)},
        )
        for number in range(1, 6)
    ]
    assert seal_entries() == 5
    return ids


def tamper(*statements: str) -> None:
    """What somebody with every right on the database could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def command(*options: str) -> int:
    """What `firstline audit verify` exits with."""
    found = load("audit").find(["audit", "verify", *options])
    assert found is not None
    return found[0].run(found[0].parser().parse_args(found[1]))


def kinds() -> set[str]:
    return {problem.kind for problem in verify().problems}


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("role", ["owner", "app"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events_auditentry SET actor_id = 1",
        "DELETE FROM events_auditentry",
        "TRUNCATE events_auditentry CASCADE",
        "UPDATE events_auditlink SET seq = seq + 1",
        "DELETE FROM events_auditlink",
        "TRUNCATE events_auditlink",
        "UPDATE events_auditpersonal SET value = ''",
        "TRUNCATE events_auditpersonal",
    ],
)
def test_the_database_only_takes_new_rows(statement: str, role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER audit_no_truncate")
        if role == "app":
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'firstline_app'")
            if cursor.fetchone() is None:
                pytest.skip("an outside server with a single role")
            cursor.execute("SET LOCAL ROLE firstline_app")
        expected = "permission denied" if role == "app" else "append-only"
        with pytest.raises(DatabaseError, match=expected), transaction.atomic():
            cursor.execute(statement)


def test_the_app_role_can_do_all_that_the_desk_does() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'firstline_app'")
        if cursor.fetchone() is None:
            pytest.skip("an outside server with a single role")
        cursor.execute("SET LOCAL ROLE firstline_app")
        record_audit(Kind.ACCESS_CHANGED, by=MACHINE, personal={"x": Personal("y", ActorKind.CONTACT, 1)})
        assert seal_entries() == 1
        assert audit.erase_personal(ActorKind.CONTACT, 1, by=MACHINE) == 1
        assert kinds() == set()
        cursor.execute("RESET ROLE")


def test_a_whole_chain_is_whole(chain: list[int]) -> None:
    anchors.drop_anchor()
    verdict = verify()
    assert (verdict.entries, verdict.links, verdict.anchors, verdict.problems) == (5, 5, 1, [])
    assert list(AuditLink.objects.order_by("seq").values_list("entry_id", flat=True)) == chain
    assert seal_entries() == 0


@pytest.mark.parametrize(
    ("found", "statements"),
    [
        ("edit", ["UPDATE events_auditentry SET after = '{\"active\": false}' WHERE subject_id = 3"]),
        ("edit", ["UPDATE events_auditentry SET at = at - interval '1 day' WHERE subject_id = 3"]),
        ("edit", ["UPDATE events_auditentry SET commitments = '{}' WHERE subject_id = 3"]),
        ("personal", ["UPDATE events_auditpersonal SET value = 'mina@contact.example' WHERE about_id = 3"]),
        (
            "gap",
            [
                "DELETE FROM events_auditlink WHERE seq = 3",
                "DELETE FROM events_auditpersonal WHERE about_id = 3",
                "DELETE FROM events_auditentry WHERE subject_id = 3",
            ],
        ),
        (
            "edit",
            [
                "DELETE FROM events_auditlink WHERE seq = 3",
                "DELETE FROM events_auditpersonal WHERE about_id = 3",
                "DELETE FROM events_auditentry WHERE subject_id = 3",
                "UPDATE events_auditlink SET seq = seq - 1 WHERE seq > 3",
            ],
        ),
        (
            "edit",
            [
                "UPDATE events_auditlink SET seq = seq + 100 WHERE seq > 2",
                "UPDATE events_auditlink SET seq = seq - 99 WHERE seq > 2",
                """WITH new AS (INSERT INTO events_auditentry (kind, at, actor_kind, before, after, commitments)
                   VALUES ('access.changed', now() - interval '1 day', 'machine', '{}', '{}', '{}') RETURNING id)
                   INSERT INTO events_auditlink (seq, entry_id, prev_hash, hash)
                   SELECT 3, new.id, link.hash, sha256(link.hash) FROM new, events_auditlink link WHERE seq = 2""",
            ],
        ),
        (
            "edit",
            [
                "UPDATE events_auditlink SET seq = 100 WHERE seq = 2",
                "UPDATE events_auditlink SET seq = 2 WHERE seq = 3",
                "UPDATE events_auditlink SET seq = 3 WHERE seq = 100",
            ],
        ),
    ],
    ids=["edit", "back-date", "commitment", "personal", "delete", "delete and close up", "insert", "reorder"],
)
@pytest.mark.usefixtures("chain")
def test_tampering_is_found(found: str, statements: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert kinds() == set()
    tamper(*statements)
    assert found in kinds()
    assert command("--json") == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


@pytest.mark.usefixtures("chain")
def test_a_tail_that_was_cut_off_is_found_by_the_anchor() -> None:
    anchors.drop_anchor()
    tamper(
        "DELETE FROM events_auditlink WHERE seq > 3",
        "DELETE FROM events_auditpersonal WHERE about_id > 3",
        "DELETE FROM events_auditentry WHERE subject_id > 3",
    )
    assert kinds() == {"truncated"}
    record_audit(Kind.ACCESS_CHANGED, by=MACHINE)
    record_audit(Kind.ACCESS_CHANGED, by=MACHINE)
    seal_entries()
    assert kinds() == {"truncated"}


@pytest.mark.usefixtures("chain")
def test_an_anchor_that_was_changed_or_lost_is_found() -> None:
    anchors.drop_anchor()
    file = anchors.anchor_file()
    assert file.stat().st_mode & 0o077 == 0
    whole = file.read_text()
    file.write_text(whole.replace('"count": 5', '"count": 3'))
    assert kinds() == {"anchor"}
    file.write_text("not one of ours\n")
    assert kinds() == {"anchor"}
    file.unlink()
    assert kinds() == set()
    with clock.at(clock.now() + timedelta(hours=49)):
        assert kinds() == {"anchor"}


def test_an_entry_without_a_link_may_wait_for_a_minute() -> None:
    record_audit(Kind.ACCESS_CHANGED, by=MACHINE)
    assert kinds() == set()
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert kinds() == {"unlinked"}
        seal_entries()
        assert kinds() == set()


def test_the_database_dates_entries() -> None:
    with clock.at(clock.now() - timedelta(days=9)):
        entry = AuditEntry.objects.get(pk=record_audit(Kind.ACCESS_CHANGED, by=MACHINE))
    assert clock.now() - entry.at < timedelta(minutes=1)


@pytest.mark.usefixtures("chain")
def test_erased_people_leave_the_chain_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.erase_personal(ActorKind.CONTACT, 3, by=MACHINE) == 1
    seal_entries()
    assert command() == 0
    assert "6 entries, 6 links" in capsys.readouterr().out
    last = AuditEntry.objects.latest("pk")
    assert (last.kind, last.subject_id, last.after) == (Kind.PERSONAL_ERASED, 3, {"whose": "contact", "values": 1})
    assert sorted(AuditPersonal.objects.values_list("about_id", flat=True)) == [1, 2, 4, 5]
    rows = json.dumps([list(row) for row in AuditEntry.objects.values_list("before", "after", "commitments")])
    assert "@" not in rows


def test_an_act_that_fails_leaves_no_entry() -> None:
    with transaction.atomic():
        record_audit(Kind.ACCESS_CHANGED, by=MACHINE)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def test_access_inboxes_and_switches_are_audited_with_before_and_after() -> None:
    desk = factories.people()
    team = desk.ada.teams.get().pk
    accounts.set_access(desk.ada, roles=[Role.AGENT, Role.LEAD], teams=[desk.ada.teams.get()], by=desk.lena)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.kind, entry.actor_id, entry.subject_id) == (Kind.ACCESS_CHANGED, desk.lena.pk, desk.ada.pk)
    assert entry.before == {"active": True, "roles": ["agent"], "teams": [team]}
    assert entry.after == {"active": True, "roles": ["agent", "lead"], "teams": [team]}
    accounts.deactivate(desk.ada, by=desk.lena)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.kind, entry.before["active"], entry.after["active"]) == (Kind.ACCESS_REVOKED, True, False)
    set_active(desk.inbox, by=desk.lena, on=False)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.kind, entry.inbox_id, entry.before, entry.after) == (
        Kind.INBOX_CHANGED,
        desk.inbox.pk,
        {"active": True},
        {"active": False},
    )
    permitting.set_policy(desk.inbox, "E401", mode=Mode.SUGGEST, by=desk.lena, reason="A person looks first.")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.kind, entry.before, entry.after["mode"]) == (Kind.POLICY_CHANGED, {}, "suggest")
    assert entry.personal.get().value == "A person looks first."


def test_a_reveal_is_audited_and_its_reason_can_be_erased_with_the_contact() -> None:
    desk = factories.people()
    mask = "[secret: npm_token]"
    factories.arrives(
        desk.inbox,
        desk.casey,
        factories.mail("Token", f"It is {mask} here"),
        secrets=(storing.FoundSecret("npm_token", mask, "npm_original"),),
    )
    secret = SealedSecret.objects.get()
    reveal(secret, by=desk.ada, reason="Casey asked which one it was")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.kind, entry.actor_id, entry.subject_id) == (Kind.SECRET_REVEALED, desk.ada.pk, secret.pk)
    assert entry.personal.get().value == "Casey asked which one it was"
    assert audit.erase_personal(ActorKind.CONTACT, secret.conversation.contact_id, by=desk.lena) == 1
    assert not entry.personal.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_linked_where_it_was_really_committed() -> None:
    pk = record_audit(Kind.ACCESS_CHANGED, by=MACHINE)
    seal_entries()
    assert AuditLink.objects.get(entry=pk).seq == 1
    assert kinds() == set()
