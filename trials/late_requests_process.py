"""A publishing client in a process of its own, which can die."""

import contextlib
import logging
import multiprocessing
from collections.abc import Callable
from enum import Enum
from multiprocessing.connection import Connection
from typing import Self

import structlog

from trials.late_requests_cases import OUR_PUBLISHER
from trials.late_requests_clients import (
    Client,
    Failed,
    Gone,
    Names,
    OurPublisher,
    PlainProducer,
)

CLIENTS: dict[str, Callable[[str, Names], Client]] = {
    OUR_PUBLISHER: OurPublisher,
    "plain producer": PlainProducer,
}

START_SECONDS = 120.0

# Forked from a process that has imported all and has no threads: a client is there at once.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


class End(Enum):
    """How a transaction ended, as far as the client knows."""

    COMMITTED = "committed"
    FAILED = "failed"
    GONE = "the client has left"
    SILENT = "the client did not come back"


class ClientProcess:
    """A client of `CLIENTS` that publishes when it is told to, until it is killed.

    It is there when the broker has ended what another under the same id had left open.

    Raises:
        TimeoutError: The broker does not let it begin.
    """

    def __init__(self, kind: str, servers: str, names: Names) -> None:
        self._commands, theirs = _processes.Pipe()
        self._process = _processes.Process(
            target=_serve, args=(kind, servers, names, theirs), daemon=True
        )
        self._process.start()
        theirs.close()
        if not self._commands.poll(START_SECONDS):
            self.kill()
            raise TimeoutError(f"no client within {START_SECONDS:g} s")
        self._commands.recv()

    def begin(self, first: int, end: int) -> None:
        """Let it publish the records `first` to `end` (exclusive) in a transaction."""
        self._commands.send((first, end))

    def finish(self, patience_seconds: float) -> End:
        """Wait for the end of what was begun."""
        if not self._commands.poll(patience_seconds):
            return End.SILENT
        end: End = self._commands.recv()
        return end

    def kill(self) -> None:
        """Kill it (SIGKILL). Harmless when done already."""
        self._process.kill()
        self._process.join()
        self._commands.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def _serve(kind: str, servers: str, names: Names, commands: Connection) -> None:
    logging.disable()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    client = CLIENTS[kind](servers, names)
    commands.send(None)
    with contextlib.suppress(EOFError):
        while True:
            first, end = commands.recv()
            try:
                client.publish(first, end)
            except Failed:
                commands.send(End.FAILED)
            except Gone:
                commands.send(End.GONE)
            else:
                commands.send(End.COMMITTED)
