"""The intake role: the mail listener, and a heartbeat that is sent only while the listener answers."""

import gc
import logging
import socket
import threading

log = logging.getLogger(__name__)


def run_intake() -> int:
    """Take mail until SIGTERM or SIGINT."""
    import django

    django.setup()
    from firstline.intake import runner

    stopping = threading.Event()
    threading.Thread(target=_beat_while_listening, args=[stopping], name="heartbeat", daemon=True).start()
    gc.collect()
    gc.freeze()
    runner.run_intake()
    stopping.set()
    return 0


def _beat_while_listening(stopping: threading.Event) -> None:
    from django.conf import settings
    from django.db import DatabaseError, close_old_connections

    from firstline.operations.actions import beat
    from firstline.operations.queries import INTAKE_BEAT

    pause = 0.2
    while not stopping.wait(pause):
        if not _listens(settings.SMTP_HOST, settings.SMTP_PORT):
            continue
        try:
            beat("intake")
            pause = INTAKE_BEAT
        except DatabaseError:
            log.warning("No heartbeat could be written: the database did not answer")
        finally:
            close_old_connections()


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1" if host == "0.0.0.0" else host, port), timeout=2) as connection:  # noqa: S104
            return connection.recv(3) == b"220"
    except OSError:
        return False
