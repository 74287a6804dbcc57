"""The desk's own mail listener with a door that throws everything away: the floor of the `intake` row.

python -m firstline.operations.bench.discarding PORT
"""

import asyncio
import signal
import sys
from collections.abc import Sequence

from firstline.channels.base import Envelope
from firstline.intake.smtp import Listener


class DiscardingDoor:
    """Takes mail for every address and keeps none."""

    async def find(self, address: str) -> int | None:
        """One inbox for all."""
        return 1

    async def take(self, inbox_ids: Sequence[int], raw: bytes, envelope: Envelope) -> None:
        """Nothing is kept."""

    def refused(self, address: str, code: str) -> None:
        """Nothing is counted."""


async def _run(port: int) -> None:
    listener = Listener(DiscardingDoor(), hostname="bench.example")
    await listener.start("127.0.0.1", port)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await listener.stop(1.0)


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1])))
