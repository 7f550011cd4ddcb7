"""`/metrics`, `/healthz` and `/readyz`, served beside the loop.

Whoever can reach the port may try to hold it: with connections that say nothing, say one byte every
few seconds, or never read. So one thread serves a bounded number of connections, each has seconds
in all and not for each byte, and where all are taken the newest pushes the oldest out: one that
has been waited for longest is the least likely to be somebody's scrape, which takes milliseconds.
Bodies of requests are not read, a connection has one answer, and answers tell no versions.
"""

import asyncio
import socket
import threading
from asyncio import AbstractEventLoop, StreamReader, StreamWriter
from contextlib import suppress

from prometheus_client import CollectorRegistry

from worker.errors import PortTaken
from worker.health import Health
from worker.http_answers import LARGEST_REQUEST, Answers

# A scrape takes milliseconds; so long may a client on a bad network take for all of it.
CONNECTION_SECONDS = 5.0
MOST_CONNECTIONS = 64
# What a client still sends when it has its answer is thrown away, and so much of it at most.
_MOST_IGNORED_BYTES = 65_536


class HttpServer:
    """Serves one registry and one health until closed.

    Raises:
        PortTaken: the address is in use, not ours, or not allowed.
    """

    def __init__(self, host: str, port: int, registry: CollectorRegistry, health: Health) -> None:
        self._answers = Answers(registry, health)
        # In the order in which they came.
        self._connections: dict[StreamWriter, None] = {}
        try:
            self._socket = _listen(host, port)
        except (OSError, OverflowError) as error:
            raise PortTaken(
                f"cannot serve /metrics on {host}:{port}: {error}; choose another with "
                "SENTIMENT_HTTP_HOST and SENTIMENT_HTTP_PORT (0 takes a free one)"
            ) from error
        self.address = _named(self._socket)
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(
            target=self._run, args=(self._loop,), name="http-server", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop answering and free the port."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self, loop: AbstractEventLoop) -> None:
        # What goes wrong between us and a client is no news, and no reason to write to the log.
        loop.set_exception_handler(lambda _loop, _context: None)
        try:
            loop.run_until_complete(self._serve())
        finally:
            loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(
            self._take, sock=self._socket, limit=LARGEST_REQUEST, backlog=MOST_CONNECTIONS
        )
        await self._stop.wait()
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._connections[writer] = None
        if len(self._connections) > MOST_CONNECTIONS:
            oldest = next(iter(self._connections))
            del self._connections[oldest]
            oldest.transport.abort()
        try:
            with suppress(OSError, EOFError, TimeoutError):  # They left, or took too long.
                async with asyncio.timeout(CONNECTION_SECONDS):
                    await self._answer(reader, writer)
        finally:
            self._connections.pop(writer, None)
            writer.transport.abort()

    async def _answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(0)  # So that `drain` waits for all of it.
        writer.write(await self._answers.to(reader))
        await writer.drain()
        # To close while there is something unread would be a reset, by which a client can lose the
        # answer: so let it close first.
        writer.write_eof()
        ignored = 0
        while ignored < _MOST_IGNORED_BYTES:
            rest = await reader.read(LARGEST_REQUEST)
            if not rest:
                return
            ignored += len(rest)


def _listen(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    # A name like localhost has an address of each kind: the older is the one that all can reach.
    family = min(found, key=lambda each: each[0] != socket.AF_INET)[0]
    both = family == socket.AF_INET6 and host == "::" and socket.has_dualstack_ipv6()
    return socket.create_server(
        (host, port), family=family, backlog=MOST_CONNECTIONS, dualstack_ipv6=both
    )


def _named(listening: socket.socket) -> str:
    """Where to reach it: host:port, with the port that was really taken."""
    host, port = listening.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
