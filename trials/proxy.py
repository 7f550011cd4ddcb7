"""A network between clients and a broker that does what a trial says: late, slow, cut, silent."""

import asyncio
import random
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from enum import Enum
from types import TracebackType
from typing import Self, TypeVar

from localkafka.ports import HOST, free_port
from trials.proxy_connection import Connection
from trials.proxy_hold import HeldRequest
from trials.proxy_stream import Conditions, reset

Result = TypeVar("Result")


class Direction(Enum):
    """Which way bytes go."""

    TO_BROKER = "to the broker"
    TO_CLIENT = "to the client"


BOTH = (Direction.TO_BROKER, Direction.TO_CLIENT)


class Proxy:
    """Listens on a port of this machine and carries every connection on to a broker's port.

    ::

        with Proxy() as proxy, LocalKafka(advertised_port=proxy.port) as kafka:
            proxy.broker_port = kafka.port
            KafkaProducer(bootstrap_servers=proxy.bootstrap_servers)

    What is said to it holds at once, for the connections that are open and those to come, until
    `heal`. It runs in a thread of its own; every method may be called from any thread.

    Args:
        broker_port: Where connections are carried to; may be set later. While nobody listens
            there, connections are reset.
        port: Where to listen; a free port unless told.
        seed: Of the jitter.

    Raises:
        OSError: The port cannot be had.
    """

    def __init__(
        self, broker_port: int | None = None, *, port: int | None = None, seed: int = 0
    ) -> None:
        self.broker_port = broker_port
        self.port = port or free_port()
        self._seed = seed
        self._connections: set[Connection] = set()
        self._carriers: set[asyncio.Task[None]] = set()
        self._holds: list[HeldRequest] = []
        self._server: asyncio.Server | None = None
        ready: Future[None] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(ready)), name="proxy", daemon=True
        )
        self._thread.start()
        ready.result()

    @property
    def bootstrap_servers(self) -> str:
        """Where clients connect: `127.0.0.1:PORT`."""
        return f"{HOST}:{self.port}"

    @property
    def open_connections(self) -> int:
        """The number of connections that are carried now."""
        return len(self._connections)

    def delay(
        self, seconds: float, jitter_seconds: float = 0.0, directions: Iterable[Direction] = BOTH
    ) -> None:
        """Let bytes be on their way for `seconds` and up to `jitter_seconds` more."""

        def change(conditions: Conditions) -> None:
            conditions.delay_seconds = seconds
            conditions.jitter_seconds = jitter_seconds

        self._change(directions, change)

    def limit(self, bytes_per_second: float, directions: Iterable[Direction] = BOTH) -> None:
        """Let each connection carry no more than `bytes_per_second`."""

        def change(conditions: Conditions) -> None:
            conditions.bytes_per_second = bytes_per_second

        self._change(directions, change)

    def swallow(self, directions: Iterable[Direction] = BOTH) -> None:
        """Let nothing through, not even the end of a connection.

        It comes through after `heal`, as TCP sends again what was lost, unless it was reset.
        """
        self._change(directions, lambda conditions: conditions.passable.clear())

    def refuse(self) -> None:
        """Refuse new connections; the open ones stay."""
        self._do(self._close_door)

    def heal(self) -> None:
        """End every delay, limit and swallowing, and accept connections again."""
        self._change(BOTH, _make_good)
        if self._server is None:
            asyncio.run_coroutine_threadsafe(self._open_door(), self._loop).result()

    def reset(self) -> int:
        """Reset every connection at both ends, and return how many they were."""

        def end() -> int:
            connections = list(self._connections)
            for each in connections:
                each.reset()
            return len(connections)

        return self._do(end)

    def half_close(self, direction: Direction) -> int:
        """End every connection in one direction, and return how many they were."""
        to_broker = direction is Direction.TO_BROKER

        def end() -> int:
            for each in self._connections:
                (each.to_broker if to_broker else each.to_client).end()
            return len(self._connections)

        return self._do(end)

    def hold(self, api_key: int, *, containing: bytes = b"") -> HeldRequest:
        """Hold back the next request that has Kafka's `api_key` and these bytes anywhere in it.

        Only where clients speak plaintext.
        """
        held = HeldRequest(self._loop, api_key, containing)
        self._do(lambda: self._holds.append(held))
        return held

    def close(self) -> None:
        """End every connection and stop listening. Harmless when done already."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    async def _serve(self, ready: Future[None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        jitter = random.Random(self._seed)
        self._conditions = Conditions(jitter), Conditions(jitter)
        for conditions in self._conditions:
            conditions.passable.set()
        try:
            await self._open_door()
        except OSError as error:
            ready.set_exception(error)
            return
        ready.set_result(None)
        await self._end.wait()
        self._close_door()
        for connection in list(self._connections):
            connection.reset()
        for task in list(self._carriers):
            task.cancel()
        await asyncio.gather(*self._carriers, return_exceptions=True)

    async def _open_door(self) -> None:
        self._server = await asyncio.start_server(self._accept, HOST, self.port)

    def _close_door(self) -> None:
        server, self._server = self._server, None
        if server:
            server.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._carry(reader, writer))
        self._carriers.add(task)
        task.add_done_callback(self._carriers.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            broker = await asyncio.open_connection(HOST, self.broker_port)
        except OSError:
            reset(writer)
            return
        connection = Connection((reader, writer), broker, self._conditions, self._holds)
        self._connections.add(connection)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)

    def _change(
        self, directions: Iterable[Direction], change: Callable[[Conditions], None]
    ) -> None:
        def apply() -> None:
            for direction in directions:
                change(self._conditions[BOTH.index(direction)])

        self._do(apply)

    def _do(self, action: Callable[[], Result]) -> Result:
        """Do something in the proxy's thread, where all that it touches belongs."""

        async def do() -> Result:
            return action()

        return asyncio.run_coroutine_threadsafe(do(), self._loop).result()


def _make_good(conditions: Conditions) -> None:
    conditions.delay_seconds = conditions.jitter_seconds = 0.0
    conditions.bytes_per_second = None
    conditions.passable.set()
