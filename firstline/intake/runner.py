"""The intake role: listen until told to stop, then answer what was taken and leave."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import ssl
import sys

from django.conf import settings

from firstline.core import environment
from firstline.intake.door import DeskDoor
from firstline.intake.fetching import Readers
from firstline.intake.smtp import Limits, Listener

DRAIN_SECONDS = 1.5

logger = logging.getLogger(__name__)


def run_intake() -> None:
    """Take mail at FIRSTLINE_SMTP_HOST and _PORT (and by LMTP at FIRSTLINE_LMTP_PORT) until SIGTERM or SIGINT.

    What was taken before the signal is committed and answered within `DRAIN_SECONDS`. Call it in the main thread.
    """
    sys.setswitchinterval(0.001)  # the writer's thread must not keep the listener from answering for longer
    asyncio.run(_run())


async def _run() -> None:
    door = DeskDoor()
    door.start()
    hostname = environment.text("FIRSTLINE_SMTP_HOSTNAME") or settings.AUTHSERV_ID or socket.getfqdn()
    listeners = [Listener(door, hostname=hostname, tls=_tls(), limits=Limits())]
    await listeners[0].start(settings.SMTP_HOST, settings.SMTP_PORT)
    lmtp_port = environment.number("FIRSTLINE_LMTP_PORT", 0)
    if lmtp_port:
        listeners.append(Listener(door, hostname=hostname, lmtp=True, limits=Limits()))
        await listeners[1].start(settings.SMTP_HOST, lmtp_port)
    logger.info("Taking mail at %s:%d", settings.SMTP_HOST, settings.SMTP_PORT)
    readers = Readers()
    readers.start()
    await _signalled()
    await asyncio.gather(
        asyncio.to_thread(readers.stop, DRAIN_SECONDS), *(listener.stop(DRAIN_SECONDS) for listener in listeners)
    )
    await asyncio.to_thread(door.stop, DRAIN_SECONDS)


async def _signalled() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()


def _tls() -> ssl.SSLContext | None:
    """STARTTLS is offered when FIRSTLINE_SMTP_CERTIFICATE and FIRSTLINE_SMTP_KEY name files."""
    certificate, key = environment.text("FIRSTLINE_SMTP_CERTIFICATE"), environment.text("FIRSTLINE_SMTP_KEY")
    if not certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key or None)
    return context
