"""A steady load on a running contestant: producer and reader as processes of their own."""

import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.errors import BenchmarkError
from benchmarks.latency_reader import READY
from benchmarks.running import Running
from benchmarks.topics import Topics
from localkafka.watched import WatchedProgram

LOOK_EVERY_SECONDS = 0.1
READER_READY_WITHIN_SECONDS = 30.0


class Moments(NamedTuple):
    """When things happened to each tweet that has a score, in nanoseconds: int64 (scores,) each."""

    due: npt.NDArray[np.int64]
    appended: npt.NDArray[np.int64]
    read: npt.NDArray[np.int64]


def offer(programs: Running, topics: Topics, texts: Path, rate: int, count: int) -> Moments:
    """Offer `count` tweets at `rate` a second; return when each was due, appended and scored.

    Raises:
        BenchmarkError: the contestant, the producer or the reader fails.
    """
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(TemporaryDirectory(prefix="benchmark-")))
        servers = ["--bootstrap-servers", topics.connection.bootstrap_servers]
        together = [*servers, "--partitions", str(topics.partitions), "--count", str(count)]

        def start(module: str, *options: str) -> WatchedProgram:
            program = cleanup.enter_context(closing(WatchedProgram(Path.cwd())))
            command = [sys.executable, "-m", f"benchmarks.{module}", *together, *options]
            program.start(command, folder / f"{module}.log")
            return program

        moments = folder / "moments.npy"
        reader_options = ["--input", topics.input, "--output", topics.output]
        reader = start("latency_reader", *reader_options, "--out", str(moments))
        _wait_until_ready(reader, folder / "latency_reader.log")
        load = ["--topic", topics.input, "--texts", str(texts), "--rate", str(rate)]
        producer = start("open_loop", *load)
        while (code := reader.exit_code()) is None:
            programs.check()
            if producer.exit_code():
                raise _failed(folder / "open_loop.log")
            time.sleep(LOOK_EVERY_SECONDS)
        if code:
            raise _failed(folder / "latency_reader.log")
        return Moments(*np.load(moments).T)


def _wait_until_ready(reader: WatchedProgram, log: Path) -> None:
    deadline = time.monotonic() + READER_READY_WITHIN_SECONDS
    while READY not in (log.read_text() if log.exists() else ""):
        if reader.exit_code() is not None or time.monotonic() > deadline:
            raise _failed(log)
        time.sleep(LOOK_EVERY_SECONDS)


def _failed(log: Path) -> BenchmarkError:
    lines = [line for line in log.read_text().splitlines() if line.strip()]
    last_words = lines[-1] if lines else "it said nothing"
    return BenchmarkError(f"the {log.stem.replace('_', ' ')} failed: {last_words}")
