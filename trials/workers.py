"""A worker under trial: a real process that is started, killed, frozen and told to leave."""

import os
import signal
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from localkafka.watched import WatchedProgram
from trials.wired_worker import FOLDER_VARIABLE, Orders

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Command:
    """How workers are started.

    Attributes:
        options: Of every worker.
        folder: Where they log.
    """

    options: tuple[str, ...]
    folder: Path

    def line(self, number: int, worker_id: str, more: tuple[str, ...]) -> list[str]:
        """Return the command of worker `number`; those with odd numbers take orders."""
        module = "trials.wired_worker" if number % 2 else "worker"
        return [
            *("/usr/bin/env", f"{FOLDER_VARIABLE}={self.orders(number)}"),
            *(*more, sys.executable, "-m", module, *self.options),
            *("--worker-id", worker_id, "--http-port", "0"),
        ]

    def orders(self, number: int) -> Path:
        """Return the folder of the orders to worker `number`."""
        return self.folder / f"orders-{number}"

    def log(self, number: int, processes_before: int) -> Path:
        """Return where worker `number` logs, after so many that had its id beside another."""
        more = f"-{processes_before}" if processes_before else ""
        return self.folder / f"worker-{number}{more}.log"


class Worker:
    """One place for a worker process, with an id that is stable unless it is renamed.

    Attributes:
        worker_id: The id.
        unstable: Whether whoever takes the place after a kill by order has another.
        orders: How the process is told to die, if it takes orders.
    """

    def __init__(self, number: int, command: Command, processes_before: int = 0) -> None:
        self.number = number
        self._processes_before = processes_before
        self.worker_id = f"w{number}"
        self.unstable = False
        self.orders = Orders(command.orders(number))
        self._command = command
        self._program = WatchedProgram(ROOT)
        self.pid = 0
        self._log_begin = 0
        self.started_seconds = 0.0

    def start(self, *more: str) -> None:
        """Start the process; `more` are what `env` runs it through."""
        self.started_seconds = time.monotonic()
        self._log_begin = self._log.stat().st_size if self._log.exists() else 0
        line = self._command.line(self.number, self.worker_id, more)
        self.pid = self._program.start(line, self._log)

    def rename(self) -> None:
        """Let the next process have an id of its own, as a new container would."""
        self.worker_id = f"w{self.number}-{uuid.uuid4().hex[:8]}"

    def kill(self) -> float:
        """End the process with SIGKILL; return the monotonic second."""
        moment = time.monotonic()
        self._program.kill()
        return moment

    def stop(self) -> None:
        """End the process in order."""
        self._program.stop()

    def freeze(self) -> None:
        """Stop the process where it is."""
        self._program.freeze()

    def thaw(self) -> None:
        """Let a frozen process go on."""
        self._program.thaw()

    def tell_to_leave(self) -> None:
        """Ask the process to leave."""
        os.kill(self.pid, signal.SIGTERM)

    def exit_code(self) -> int | None:
        """Return how the process ended; None while it runs."""
        return self._program.exit_code()

    def log(self) -> str:
        """Return what was logged since the process was started."""
        return self._log.read_bytes()[self._log_begin :].decode(errors="replace")

    @property
    def has_partitions(self) -> bool:
        """Whether the process says that the group gave it partitions, and has not taken them."""
        last = [line for line in self.log().splitlines() if "partitions=[" in line][-1:]
        return bool(last) and "partitions assigned" in last[0] and "[]" not in last[0]

    @property
    def _log(self) -> Path:
        return self._command.log(self.number, self._processes_before)

    def hand_over(self) -> Self:
        """Return another place of the same number and id, for a second process beside ours."""
        heir = type(self)(self.number, self._command, self._processes_before + 1)
        heir.worker_id = self.worker_id
        return heir

    def close(self) -> None:
        """End the process and what watches over it."""
        self._program.kill()
        self._program.close()
