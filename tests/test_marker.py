"""Ground rule G1 and P-11: a token that came in by any door is nowhere readable: not in the database, the files or
the logs.
"""

import base64
import io
import logging
import sys
import zipfile
from collections.abc import Callable, Iterator

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from firstline.accounts.actions import create_user
from firstline.accounts.permissions import Role
from firstline.channels.base import Envelope
from firstline.config.logs import RedactFilter
from firstline.conversations.actions import drafting, noting, replying, secrets, tagging
from firstline.conversations.models import Attachment, Conversation, DraftMode, SealedSecret
from firstline.inboxes.actions import create_inbox
from firstline.intake.actions import accept
from firstline.intake.tests.mails import raw_mail

MARKER = "npm_" + "Zq7xW2kP9mTb4LcR8vYd1JsF6hNg3QaXe5Uo"
pytestmark = pytest.mark.django_db


def zipped(text: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(".npmrc", text)
    return held.getvalue()


def database_dump() -> Iterator[tuple[str, bytes]]:
    """Every table as COPY writes it, which is what pg_dump writes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                yield table, b"".join(bytes(part) for part in copy)


def stored_files() -> Iterator[tuple[str, bytes]]:
    for folder in default_storage.listdir("")[0]:
        for name in default_storage.listdir(folder)[1]:
            with default_storage.open(f"{folder}/{name}") as file:
                yield name, file.read()


def forms_of(token: str) -> list[bytes]:
    """The token as it is, hex as bytea is dumped, and base64 at each of its three alignments."""
    raw = token.encode()
    shifted = [base64.b64encode(b"x" * lead + raw)[4:-4] for lead in range(3)]
    return [raw, raw.hex().encode(), *(part[:40] for part in shifted)]


@pytest.fixture
def conversation(run_reactions: Callable[..., int]) -> Conversation:
    """Casey pastes the token everywhere a mail has room for it."""
    inbox = create_inbox(channel="email", name="support", address="support@localhost")
    line = f"//registry.example.org/:_authToken={MARKER}"
    raw = raw_mail(
        subject=f"my token {MARKER}",
        text=f"npm error code E401\n{line}\n",
        html=f"<p>my token is <b>{MARKER[:20]}</b>{MARKER[20:]}</p>",
        files={"npmrc.txt": line.encode(), "logs.zip": zipped(line), f"{MARKER}.log": line.encode()},
    )
    accept(inbox, raw, Envelope(rcpt_to=("support@localhost",)))
    run_reactions()
    return Conversation.objects.get()


def test_g1_marker_token_is_nowhere_readable(conversation: Conversation, run_reactions: Callable[..., int]) -> None:
    ada = create_user("ada@orbit.example", name="Ada Brook", roles=[Role.AGENT])
    noting.add_note(conversation, by=ada, text=f"They pasted {MARKER}")
    tagging.add_tag(conversation, MARKER, by=ada)
    drafting.save_draft(conversation, by=ada, mode=DraftMode.REPLY, text=f"Revoke {MARKER}")
    with pytest.raises(replying.DraftRefused):
        replying.reply(conversation, by=ada, text=f"Revoke {MARKER}")
    run_reactions()
    places = [*database_dump(), *stored_files()]
    assert len(places) > 30
    found = [place for place, content in places for form in forms_of(MARKER) if form in content]
    assert found == []


def test_p10_the_sealed_secret_is_reported_masked_and_opens_once_with_a_reason(conversation: Conversation) -> None:
    lena = create_user("lena@orbit.example", name="Lena", roles=[Role.LEAD])
    sealed = SealedSecret.objects.filter(kind__startswith="npm").first()
    assert sealed is not None
    assert "••••" in conversation.messages.get().text
    with pytest.raises(secrets.RevealRefused):
        secrets.reveal(sealed, by=lena, reason=" ")
    assert MARKER in secrets.reveal(sealed, by=lena, reason="Casey asked which token it was")
    with pytest.raises(secrets.RevealRefused):
        secrets.reveal(sealed, by=lena, reason="again")


def test_p10_a_zip_with_a_secret_is_marked_and_a_text_file_is_masked(conversation: Conversation) -> None:
    files = {file.name: file for file in Attachment.objects.all()}
    assert files["logs.zip"].holds_secret
    assert files["npmrc.txt"].is_masked
    assert len(files) == 3
    assert conversation.messages.get().html == ""


def test_p11_expired_secrets_are_shredded(conversation: Conversation) -> None:
    last = SealedSecret.objects.order_by("-expires_at").values_list("expires_at", flat=True)[0]
    assert secrets.shred_expired(last) == SealedSecret.objects.count()
    assert {bytes(one.ciphertext) for one in SealedSecret.objects.all()} == {b""}


def test_g1_a_log_line_and_its_traceback_are_masked() -> None:
    try:
        raise ValueError(MARKER)
    except ValueError:
        record = logging.LogRecord("firstline", logging.ERROR, __file__, 1, "token %s", (MARKER,), sys.exc_info())
    RedactFilter().filter(record)
    assert MARKER not in logging.Formatter("%(message)s").format(record)
