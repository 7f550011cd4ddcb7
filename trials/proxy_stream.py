"""One direction of a connection through the proxy, and what the network is like there."""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

_CHUNK_BYTES = 65_536
# As much as a fast network with a delay of some tens of milliseconds holds.
_CHUNKS_ON_THE_WAY = 64
# Under a limit, bytes come in portions of this length.
_PORTION_SECONDS = 0.05
# A socket that does not linger resets its connection when it is closed.
_NO_LINGERING = struct.pack("ii", 1, 0)


@dataclass
class Conditions:
    """What one direction of the network is like now; for the proxy's thread only.

    `passable` is cleared while nothing gets through.
    """

    random: random.Random
    delay_seconds: float = 0.0
    jitter_seconds: float = 0.0
    bytes_per_second: float | None = None
    passable: asyncio.Event = field(default_factory=asyncio.Event)

    def latency_seconds(self) -> float:
        """Return how long the next bytes will be on their way."""
        return self.delay_seconds + self.random.uniform(0, self.jitter_seconds)


class Stream:
    """The bytes from `source` to `target`: in order, none lost, as late as the conditions say."""

    def __init__(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        conditions: Conditions,
    ) -> None:
        self._source = source
        self._target = target
        self._conditions = conditions
        self._on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_CHUNKS_ON_THE_WAY)
        self._ended = False

    async def take(self) -> None:
        """Take what comes from the source, until it ends."""
        with suppress(OSError):  # Its connection was reset: for us that is an end.
            while chunk := await self._source.read(_CHUNK_BYTES):
                await self._on_the_way.put((self._due(), chunk))
        await self._on_the_way.put((self._due(), b""))

    async def arriving(self) -> AsyncIterator[bytes]:
        """Yield what was taken, each chunk when it is due, until the source's end is due."""
        while True:
            due, chunk = await self._on_the_way.get()
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
            await self._conditions.passable.wait()
            if not chunk:
                return
            yield chunk

    async def write(self, data: bytes) -> None:
        """Give `data` to the target at the rate that the conditions allow."""
        while data and not self._ended:
            rate = self._conditions.bytes_per_second
            portion = len(data) if rate is None else max(1, int(rate * _PORTION_SECONDS))
            try:
                self._target.write(data[:portion])
                await self._target.drain()
            except OSError:
                self._ended = True  # It is gone, and its own stream tells the other side.
            if rate is not None:
                await asyncio.sleep(len(data[:portion]) / rate)
            data = data[portion:]

    def end(self) -> None:
        """Let the target see the end of the stream; what still comes is thrown away."""
        if not self._ended:
            self._ended = True
            with suppress(OSError):
                self._target.write_eof()

    def _due(self) -> float:
        return asyncio.get_running_loop().time() + self._conditions.latency_seconds()


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a host that knows nothing of it would."""
    connection: socket.socket = writer.get_extra_info("socket")
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
    writer.transport.abort()
