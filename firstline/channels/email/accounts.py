"""An inbox's settings read into what the wire needs: the mailbox that is fetched, and the providers' servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PRESETS = {
    "google": ("imap.gmail.com:993", "smtps://smtp.gmail.com:465"),
    "microsoft": ("outlook.office365.com:993", "smtp://smtp.office365.com:587"),
}
"""Kind of mailbox → its IMAP server, its SMTP server."""
OAUTH = ("google", "microsoft", "oauth")
FETCHED = ("imap", *OAUTH)
"""Values of `in_via` whose mail the desk fetches itself."""
IMAPS_PORT, IMAP_PORT = 993, 143


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """A mailbox to fetch from. Neither password nor token shows in a repr."""

    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    folder: str = "INBOX"
    move_to: str = ""

    @property
    def tls(self) -> bool:
        """Whether the connection begins with TLS; else STARTTLS is used where it is offered."""
        return self.port != IMAP_PORT and not self._is_plain_test_port

    @property
    def _is_plain_test_port(self) -> bool:
        return self.host in ("127.0.0.1", "::1", "localhost") and self.port != IMAPS_PORT


def imap_account(settings: Mapping[str, str]) -> ImapAccount:
    """The mailbox that an inbox's settings name. Raises ValueError with a sentence when they name none."""
    via = settings.get("in_via", "")
    server = settings.get("imap_server", "") or PRESETS.get(via, ("", ""))[0]
    host, port = split_server(server, IMAPS_PORT)
    if not host:
        raise ValueError("The mailbox has no server: write it as imap.example.org:993.")
    user = settings.get("imap_user", "") or settings.get("address", "")
    return ImapAccount(
        host=host,
        port=port,
        user=user,
        password="" if via in OAUTH else settings.get("imap_password", ""),
        access_token=settings.get("access_token", "") if via in OAUTH else "",
        folder=settings.get("imap_folder", "") or "INBOX",
        move_to=settings.get("imap_move_to", "") if settings.get("imap_after") == "move" else "",
    )


def split_server(server: str, default_port: int) -> tuple[str, int]:
    """`host[:port]` → both. Raises ValueError with a sentence when the port is no number."""
    host, colon, port = server.strip().rpartition(":")
    if not colon:
        return server.strip(), default_port
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("A port is a number between 1 and 65535.")
    return host.strip("[]"), int(port)
