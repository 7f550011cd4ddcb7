"""`python -m benchmarks.profiled_worker`: the worker, with a look at its threads now and then.

Each look notes the function that each thread is in; threads that wait do not count. A function
that holds the GIL is seen about as often as it runs; one that lets go of it is seen a little more
often, for it is then that the look is let in.
"""

import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

import msgspec

from worker import __main__ as worker
from worker import loop

LOOK_EVERY_SECONDS = 0.003
# The interpreter lets the next thread in after 5 ms otherwise: longer than between two looks.
SWITCH_SECONDS = 0.0005
# Whoever is in one of these waits: for another thread, for the network, or for the end.
WAITING = {
    *("threading", "selectors", "queue", "socketserver", "concurrent.futures.thread"),
    "worker.__main__",
}
PROFILE_VARIABLE = "BENCHMARK_PROFILE"


class Sampler:
    """Counts, in a thread of its own, what the other threads do while the loop runs."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look_now_and_then, name="sampler")

    def start(self) -> None:
        """Begin to look."""
        sys.setswitchinterval(SWITCH_SECONDS)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join()

    def _look_now_and_then(self) -> None:
        main, own = threading.main_thread().ident, threading.get_ident()
        while not self._stop.is_set():
            time.sleep(LOOK_EVERY_SECONDS)
            frames = sys._current_frames()  # noqa: SLF001 - there is no public way
            if main is None or not _in_loop(frames[main]):
                continue
            for thread, frame in frames.items():
                module = str(frame.f_globals.get("__name__", "?"))
                if thread != own and module not in WAITING:
                    self.seen[f"{module}.{frame.f_code.co_qualname}"] += 1


def _in_loop(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code is loop.run.__code__:
            return True
        frame = frame.f_back
    return False


def main() -> int:
    """Run the worker, and store how often each function was seen as JSON."""
    sampler = Sampler()
    sampler.start()
    try:
        return worker.main([])
    finally:
        sampler.stop()
        Path(os.environ[PROFILE_VARIABLE]).write_bytes(msgspec.json.encode(sampler.seen))


if __name__ == "__main__":
    sys.exit(main())
