"""`python -m trials.wired_worker`: the worker, which can be killed at a chosen point of its work.

It is `python -m worker` but for two things. At each point it looks for the file that is an order
to die there, and obeys with SIGKILL: from outside such a moment would be hit by luck only. And its
wall clock is off by the seconds that another file tells.
"""

import os
import signal
import sys
import threading
import time
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, KafkaProducer

from worker.scoring import BatchScorer

FOLDER_VARIABLE = "TRIAL_ORDERS"
KILL_FILE, DIED_FILE, CLOCK_FILE = "kill", "died", "clock"
LOOK_AT_CLOCK_SECONDS = 0.05


class Point(StrEnum):
    """Where a worker can be told to die."""

    POLLED = "polled"
    SCORING = "scoring"
    SENT = "sent, not committed"
    COMMITTING = "in the commit"
    COMMITTED = "committed, not told"


class Orders:
    """The folder through which a trial speaks to one worker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def kill(self, point: Point, delay_seconds: float = 0.0) -> None:
        """Tell the worker to die `delay_seconds` after it next comes to `point`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        written = self._folder / "kill.new"
        written.write_text(f"{point}\n{delay_seconds}")
        written.rename(self._folder / KILL_FILE)

    def withdraw(self) -> None:
        """Let the worker live after all."""
        (self._folder / KILL_FILE).unlink(missing_ok=True)

    def died(self) -> tuple[Point, float] | None:
        """Return where the worker died by order and in which monotonic second; None if not so."""
        try:
            point, seconds = (self._folder / DIED_FILE).read_text().split("\n")
        except FileNotFoundError:
            return None
        (self._folder / DIED_FILE).unlink()
        return Point(point), float(seconds)

    def set_clock(self, seconds: float) -> None:
        """Let the worker's wall clock be off by so many seconds."""
        self._folder.mkdir(parents=True, exist_ok=True)
        written = self._folder / "clock.new"
        written.write_text(str(seconds))
        written.rename(self._folder / CLOCK_FILE)

    def clock(self) -> float:
        """Return the seconds by which the worker's clock is to be off."""
        try:
            return float((self._folder / CLOCK_FILE).read_text())
        except FileNotFoundError:
            return 0.0

    def obey(self, point: Point) -> None:
        """Die here if that is the order."""
        path = self._folder / KILL_FILE
        if not path.exists():
            return
        ordered, delay_seconds = path.read_text().split("\n")
        if ordered == point:
            path.unlink()
            if float(delay_seconds):
                threading.Timer(float(delay_seconds), self._die, [point]).start()
            else:
                self._die(point)

    def _die(self, point: Point) -> None:
        (self._folder / DIED_FILE).write_text(f"{point}\n{time.monotonic()}")
        os.kill(os.getpid(), signal.SIGKILL)


def wire(orders: Orders) -> None:
    """Make this process look for orders wherever a batch comes along."""
    _wire(orders, KafkaConsumer, "poll", after=Point.POLLED)
    _wire(orders, BatchScorer, "score", before=Point.SCORING)
    _wire(orders, KafkaProducer, "commit_transaction", before=Point.COMMITTING)
    _wire(orders, KafkaProducer, "commit_transaction", before=Point.SENT, after=Point.COMMITTED)
    _step_clock(orders)


def _wire(
    orders: Orders, owner: Any, name: str, before: Point | None = None, after: Point | None = None
) -> None:
    """Look for orders before a method is called, and after it has returned something."""
    call = getattr(owner, name)

    @wraps(call)
    def wired(*args: Any, **kwargs: Any) -> Any:
        if before:
            orders.obey(before)
        result = call(*args, **kwargs)
        if after and result != {}:
            orders.obey(after)
        return result

    setattr(owner, name, wired)


def _step_clock(orders: Orders) -> None:
    real, off_seconds = time.time, 0.0

    def look() -> None:
        nonlocal off_seconds
        while True:
            off_seconds = orders.clock()
            time.sleep(LOOK_AT_CLOCK_SECONDS)

    time.time = lambda: real() + off_seconds
    threading.Thread(target=look, name="clock", daemon=True).start()


def main() -> int:
    """Wire the worker and run it."""
    wire(Orders(Path(os.environ[FOLDER_VARIABLE])))
    # After the clock, which its metrics take at import.
    from worker.__main__ import main as worker  # noqa: PLC0415

    return worker()


if __name__ == "__main__":
    sys.exit(main())
