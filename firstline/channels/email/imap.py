"""A mailbox read by IMAP (RFC 3501; IDLE, RFC 2177; MOVE, RFC 6851): what is new, its bytes, "this is taken"."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from types import TracebackType

from imapclient import IMAPClient, exceptions
from imapclient.exceptions import IMAPClientError

from firstline.channels.base import ChannelError
from firstline.channels.email.accounts import ImapAccount

TIMEOUT_SECONDS = 30.0
POLL_SECONDS = 30.0
KEYWORD = b"$FirstlineTaken"
_SLICE = 0.5


class Refused(ChannelError):
    """The server does not let this account in."""


class Mailbox:
    """One open folder. Use it as a context manager; every method raises ChannelError when the server or the way to it
    fails, and the connection is then of no use any more.
    """

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        with _told(account):
            self._client = _connect(account)
        try:
            with _told(account):
                chosen = self._client.select_folder(account.folder)
        except ChannelError:
            self._hang_up()
            raise
        self.validity = int(chosen[b"UIDVALIDITY"])
        self.next_uid = int(chosen.get(b"UIDNEXT", 1))
        self._keeps_keywords = rb"\*" in chosen.get(b"PERMANENTFLAGS", ()) or KEYWORD in chosen.get(
            b"PERMANENTFLAGS", ()
        )
        self._idles = b"IDLE" in self._client.capabilities()

    def __enter__(self) -> Mailbox:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def after(self, uid: int) -> list[int]:
        """UIDs above `uid`, in order. `n:*` always names the last mail, even one below n."""
        with _told(self._account):
            return sorted(one for one in self._client.search(["UID", f"{uid + 1}:*"]) if one > uid)

    def since(self, day: date) -> dict[int, datetime]:
        """UID → when the server got it (UTC), for all mails that it got on `day` (its own calendar) or later."""
        with _told(self._account):
            uids = self._client.search(["SINCE", day])
            found = self._client.fetch(uids, ["INTERNALDATE"]) if uids else {}
        return {uid: _utc(found[uid][b"INTERNALDATE"]) for uid in sorted(found)}

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """How many bytes each mail has, so that big ones are fetched one by one."""
        with _told(self._account):
            return {uid: int(row[b"RFC822.SIZE"]) for uid, row in self._client.fetch(uids, ["RFC822.SIZE"]).items()}

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The mails byte for byte; one that was removed meanwhile is missing. Nothing is marked as read by this."""
        with _told(self._account):
            found = self._client.fetch(uids, ["BODY.PEEK[]"])
        return {uid: bytes(found[uid][b"BODY[]"]) for uid in uids if b"BODY[]" in found.get(uid, {})}

    def settle(self, uids: Sequence[int]) -> None:
        """Say that these are taken: read and marked, or moved to the folder that the settings name."""
        if not uids:
            return
        with _told(self._account):
            flags = [rb"\Seen", KEYWORD] if self._keeps_keywords else [rb"\Seen"]
            self._client.add_flags(uids, flags, silent=True)
            if self._account.move_to:
                self._move(uids, self._account.move_to)

    def _move(self, uids: Sequence[int], folder: str) -> None:
        if not self._client.folder_exists(folder):
            self._client.create_folder(folder)
        if b"MOVE" in self._client.capabilities():
            self._client.move(uids, folder)
        else:
            self._client.copy(uids, folder)
            self._client.delete_messages(uids)
            self._client.expunge(uids if b"UIDPLUS" in self._client.capabilities() else None)

    def wait(self, seconds: float, stop: Callable[[], bool]) -> None:
        """Return when there may be something new, when `stop` says so, or after `seconds`; by IDLE if possible."""
        with _told(self._account):
            # What comes before IDLE has begun is told with another answer, and would wake nobody.
            _said, news = self._client.noop()
            if any(b"EXISTS" in one for one in news if isinstance(one, tuple)):
                return
            if self._idles:
                self._client.idle()
                try:
                    _until(seconds, stop, lambda slice_: bool(self._client.idle_check(timeout=slice_)))
                finally:
                    self._client.idle_done()
            else:
                _until(min(seconds, POLL_SECONDS), stop, _sleep)

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError, IMAPClientError, ValueError):
            self._client.logout()
        with contextlib.suppress(OSError, IMAPClientError):
            self._client.shutdown()


def _until(seconds: float, stop: Callable[[], bool], look: Callable[[float], bool]) -> None:
    left = seconds
    while left > 0 and not stop() and not look(min(_SLICE, left)):
        left -= _SLICE


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def _connect(account: ImapAccount) -> IMAPClient:
    context = ssl.create_default_context()
    client = IMAPClient(
        account.host,
        port=account.port,
        ssl=account.tls,
        ssl_context=context if account.tls else None,
        timeout=TIMEOUT_SECONDS,
        use_uid=True,
    )
    client.normalise_times = False
    try:
        if not account.tls and b"STARTTLS" in client.capabilities():
            client.starttls(context)
        if account.access_token:
            client.oauth2_login(account.user, account.access_token)
        else:
            client.login(account.user, account.password)
    except BaseException:
        with contextlib.suppress(OSError, IMAPClientError):
            client.shutdown()
        raise
    return client


@contextlib.contextmanager
def _told(account: ImapAccount) -> Iterator[None]:
    """Whatever goes wrong on the way becomes a ChannelError whose sentence names the server and no secret."""
    try:
        yield
    except exceptions.LoginError as error:
        sentence = f"{account.host} does not accept the sign-in of {account.user}."
        raise Refused(sentence, permanent=True) from error
    except IMAPClientError as error:
        raise ChannelError(
            f"{account.host} answered with an error ({type(error).__name__}).", permanent=False
        ) from error
    except (OSError, ValueError) as error:
        raise ChannelError(f"{account.host} can't be reached ({type(error).__name__}).", permanent=False) from error


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def batches(sizes: dict[int, int], *, count: int, size: int) -> Iterable[list[int]]:
    """The UIDs in their order, at most `count` mails and about `size` bytes at a time."""
    batch: list[int] = []
    held = 0
    for uid in sorted(sizes):
        if batch and (len(batch) == count or held + sizes[uid] > size):
            yield batch
            batch, held = [], 0
        batch.append(uid)
        held += sizes[uid]
    if batch:
        yield batch
