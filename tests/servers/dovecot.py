"""Dovecot with IMAP (IDLE, MOVE, XOAUTH2) and LMTP on free ports, mail below a folder of its own."""

import os
import secrets
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from firstline.operations import processes
from tests.journeys.desk import free_port, wait_for

PROGRAM = "/usr/sbin/dovecot"
PASSWORD = "secret"
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap lmtp
ssl = no
disable_plaintext_auth = no
auth_username_format = %n
auth_mechanisms = plain login{oauth_mechanisms}
listen = 127.0.0.1
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
default_internal_user = dovecot
default_login_user = dovenull
mail_max_userip_connections = 50
{oauth_passdb}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=dovecot gid=dovecot home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
protocol lmtp {{
  postmaster_address = postmaster@localhost
}}
namespace inbox {{
  inbox = yes
}}
"""
_OAUTH_PASSDB = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf.ext
}}
"""
_OAUTH = """
introspection_url = {introspection}
introspection_mode = post
username_attribute = email
active_attribute = active
active_value = true
"""


@dataclass
class Dovecot:
    """One running server."""

    folder: Path
    imap_port: int
    lmtp_port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def server(self) -> str:
        """Where IMAP is, as an inbox is told."""
        return f"127.0.0.1:{self.imap_port}"

    def deliver(self, user: str, *raws: bytes) -> None:
        """Put mails into a mailbox by LMTP."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as door:
            for raw in raws:
                door.sendmail("casey@contact.example", [user], raw)

    def start(self) -> None:
        """Start it and wait for its greeting."""
        self.process = subprocess.Popen(
            [PROGRAM, "-F", "-c", str(self.folder / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=processes.before_exec(death_signal=signal.SIGTERM),
        )
        wait_for(lambda: greets(self.imap_port) and greets(self.lmtp_port), f"Dovecot greets; see {self.folder}", 20)

    def stop(self) -> None:
        """End it and all its children at once; it would wait ten seconds for clients that idle."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            self.process = None
            (self.folder / "run" / "master.pid").unlink(missing_ok=True)


@contextmanager
def running(introspection: str = "") -> Iterator[Dovecot]:
    """A server for the duration of a block; with an introspection address it takes XOAUTH2 too."""
    folder = Path(tempfile.mkdtemp(prefix="firstline-dovecot-"))
    folder.chmod(0o755)
    server = Dovecot(folder, free_port(), free_port())
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", "dovecot", "dovecot")
    oauth = {"oauth_mechanisms": " xoauth2 oauthbearer", "oauth_passdb": _OAUTH_PASSDB.format(folder=folder)}
    none = {"oauth_mechanisms": "", "oauth_passdb": ""}
    names = {"folder": folder, "imap": server.imap_port, "lmtp": server.lmtp_port, "password": PASSWORD}
    (folder / "dovecot.conf").write_text(_CONFIG.format(**names, **(oauth if introspection else none)))
    (folder / "oauth2.conf.ext").write_text(_OAUTH.format(introspection=introspection))
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def greets(port: int) -> bool:
    """Whether somebody listens there and speaks first, as mail servers do."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as door:
            return bool(door.recv(3))
    except OSError:
        time.sleep(0.05)
        return False


def uidvalidity_changes(server: Dovecot, user: str) -> None:
    """What a restored backup does: the same mails under a new UIDVALIDITY."""
    server.stop()
    folder = server.folder / "mail" / user
    for name in folder.glob("dovecot*"):
        if name.is_file():
            os.unlink(name)  # noqa: PTH108
    # Left to itself, Dovecot takes the time in seconds as the new validity: on a busy machine now and then the old one.
    uids = folder / "dovecot-uidlist"
    uids.write_text(f"3 V{int(time.time()) + 1000} N1 G{secrets.token_hex(16)}\n")
    shutil.chown(uids, "dovecot", "dovecot")
    server.start()
