"""Postfix on loopback: takes mail by SMTP, hands the desk's domain to a listener by LMTP, others to Dovecot, and writes
real delivery reports. It runs from Debian's files with a queue and configuration of its own.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from firstline.operations import processes
from tests.journeys.desk import free_port, wait_for
from tests.servers.dovecot import greets

MASTER = "/usr/lib/postfix/sbin/master"
_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.orbit.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
relay_domains = {domains}
transport_maps = inline:{{ {transports} }}
default_transport = error:5.4.4 no outside delivery from a test host
smtpd_relay_restrictions = permit_mynetworks, reject
smtputf8_enable = yes
lmtp_destination_recipient_limit = 1
recipient_delimiter = +
minimal_backoff_time = 2s
maximal_backoff_time = 4s
queue_run_delay = 2s
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
_PUBLIC, _PRIVATE = ("public", "maildrop"), ("private", "active", "bounce", "corrupt", "defer", "deferred", "flush")


@dataclass
class Postfix:
    """One running server."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    def log(self) -> str:
        """What it wrote so far, for messages of failed tests."""
        file = self.folder / "mail.log"
        return file.read_text(errors="replace")[-3000:] if file.exists() else ""


@contextmanager
def running(transports: dict[str, int]) -> Iterator[Postfix]:
    """A server for the duration of a block; `transports` says at which LMTP port each domain is taken."""
    folder = Path(tempfile.mkdtemp(prefix="firstline-postfix-"))
    folder.chmod(0o755)
    server = Postfix(folder, free_port())
    _lay_out(folder)
    routes = ", ".join(f"{{ {domain} = lmtp:[127.0.0.1]:{port} }}" for domain, port in transports.items())
    (folder / "main.cf").write_text(_MAIN.format(folder=folder, domains=" ".join(transports), transports=routes))
    (folder / "master.cf").write_text(_MASTER.format(port=server.port))
    server.process = subprocess.Popen(
        [MASTER, "-c", str(folder), "-d"],
        env={**os.environ, "MAIL_CONFIG": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=processes.before_exec(death_signal=signal.SIGTERM),
    )
    try:
        wait_for(lambda: greets(server.port), f"Postfix greets: {server.log()}", 20)
        yield server
    finally:
        server.process.terminate()
        server.process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _lay_out(folder: Path) -> None:
    """The folders that Postfix wants, with the owners that it checks."""
    (folder / "data").mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "queue").mkdir()
    for name in ("pid", "incoming", "hold", "saved", "trace", *_PUBLIC, *_PRIVATE):
        place = folder / "queue" / name
        place.mkdir()
        if name != "pid":
            shutil.chown(place, "postfix", "postdrop" if name in _PUBLIC else None)
        place.chmod(0o730 if name == "maildrop" else 0o710 if name == "public" else 0o755 if name == "pid" else 0o700)
