"""The workers of a trial and their orchestrator, which starts again whoever ends."""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from trials.workers import Command, Worker

LOOK_EVERY_SECONDS = 0.02
# Who ends within this of its start is not started again at once.
SHORT_LIFE_SECONDS = 2.0
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Kill:
    """One SIGKILL of a worker.

    Attributes:
        point: Where in its work it was, as far as that was chosen.
        moment_seconds: When, monotonic.
        transaction: How the broker saw its transaction right after.
        same_id: Whether it was started again under its id.
    """

    point: str
    moment_seconds: float
    transaction: str
    same_id: bool


@dataclass(frozen=True)
class Exit:
    """A worker that ended by itself.

    Attributes:
        code: Its exit code.
        last_words: The last line that it logged.
    """

    code: int
    last_words: str


@dataclass
class Fleet:
    """The workers of a trial and their orchestrator, which starts again whoever ends.

    Attributes:
        wanted: The workers that are to run.
        kills: Every SIGKILL.
        exits: Every end of a worker that was neither killed nor told to leave.
    """

    command: Command
    transaction_state: Callable[[str], str]
    wanted: list[Worker] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)
    exits: list[Exit] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._turn = threading.RLock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="fleet", daemon=True)
        self._thread.start()

    def add(self) -> Worker:
        """Start one worker more; return it."""
        with self._turn:
            numbers = {worker.number for worker in self.wanted}
            number = next(n for n in range(len(numbers) + 1) if n not in numbers)
            worker = Worker(number, self.command)
            worker.start()
            self.wanted.append(worker)
        return worker

    def kill(self, *workers: Worker, rename: bool = False) -> float:
        """Kill workers together and start each again at once; return the last one's moment."""
        with self._turn:
            moments = [worker.kill() for worker in workers]
            ids = [worker.worker_id for worker in workers]
            for worker in workers:
                if rename:
                    worker.rename()
                worker.start()
            for worker_id, moment in zip(ids, moments, strict=True):
                state = self.transaction_state(worker_id)
                self.kills.append(Kill("anywhere", moment, state, not rename))
        return moments[-1]

    def restart(self, worker: Worker, *more: str) -> None:
        """Let a worker leave and start it again, run through what `env` makes of `more`."""
        with self._turn:
            worker.stop()
            worker.start(*more)

    def leave(self, worker: Worker) -> None:
        """Tell a worker to leave, and do not start it again. Wait for its `exit_code`."""
        with self._turn:
            self.wanted.remove(worker)
            worker.tell_to_leave()

    def replace(self, worker: Worker) -> Worker:
        """Start another process under a worker's id, as if it were gone; return it."""
        with self._turn:
            heir = worker.hand_over()
            self.wanted[self.wanted.index(worker)] = heir
            heir.start()
        return heir

    def close(self) -> None:
        """End every process."""
        self._end.set()
        self._thread.join()
        for worker in self.wanted:
            worker.close()

    def _watch(self) -> None:
        while not self._end.wait(LOOK_EVERY_SECONDS):
            with self._turn:
                for worker in self.wanted:
                    code = worker.exit_code()
                    lived_seconds = time.monotonic() - worker.started_seconds
                    if code is not None and lived_seconds > SHORT_LIFE_SECONDS:
                        self._start_again(worker, code)

    def _start_again(self, worker: Worker, code: int) -> None:
        words = worker.log().rstrip().rpartition("\n")[2]
        worker_id = worker.worker_id
        died = worker.orders.died() if code == KILLED else None
        if died and worker.unstable:
            worker.rename()
        worker.start()
        if died is None:
            self.exits.append(Exit(code, words))
        else:
            point, moment = died
            state = self.transaction_state(worker_id)
            self.kills.append(Kill(point, moment, state, same_id=worker_id == worker.worker_id))
