"""The web role: one granian ASGI server inside this process, for views and event streams (stack.md section 3)."""

import asyncio
import gc
import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from granian.server.embed import Server

STOP_LIMIT = 1.0  # seconds that open requests get; event streams would hold a stop for ever


def run_web() -> int:
    """Serve until SIGTERM or SIGINT; returns 0, or 1 when the server ended by itself."""
    import django

    django.setup()
    from django.conf import settings

    from firstline.core import environment
    from firstline.operations import static_files

    static_files.collect()
    server = _server(environment.text("FIRSTLINE_HOST", _host()), settings.PORT)
    gc.collect()
    gc.freeze()
    stopped = asyncio.run(_serve(server))
    sys.stdout.flush()
    # Views still running in threads would be waited for; their transactions roll back with the connection.
    os._exit(0 if stopped else 1)


def _host() -> str:
    """Loopback while the desk's address is on this machine's loopback, else all addresses, for the proxy in front."""
    from django.conf import settings

    return "127.0.0.1" if settings.BASE_URL.startswith("http:") else "0.0.0.0"  # noqa: S104


def _server(host: str, port: int) -> "Server":
    from django.conf import settings
    from django.utils.module_loading import import_string
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    return Server(
        import_string(settings.ASGI_APPLICATION),
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
        backlog=1024,
    )


async def _serve(server: "Server") -> bool:
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, asked.set)
    serving = loop.create_task(server.serve())
    waiting = loop.create_task(asked.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()
        return False
    server.stop()  # type: ignore[no-untyped-call]  # granian's is not annotated
    await asyncio.wait({serving}, timeout=STOP_LIMIT)
    return True
