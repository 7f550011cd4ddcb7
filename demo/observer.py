"""Watches the stream from outside, as any downstream reader could, and says when all is done."""

import argparse
import time
from contextlib import ExitStack, closing

from kafka import KafkaConsumer, TopicPartition
from msgspec import Struct

from configuration.command_line import read_settings
from demo.errors import DemoError
from demo.stream import Stream
from demo.tally import Tally
from worker.kafka_committed_reader import CommittedReader
from worker.settings import WorkerSettings

STALLED_AFTER_SECONDS = 120.0
LAG_EVERY_SECONDS = 0.5


class View(Struct, frozen=True):
    """The stream at one moment: what a screen shows."""

    elapsed_seconds: float
    published: int
    producing: bool
    lag: int | None
    rate: float
    tally: Tally

    @property
    def complete(self) -> bool:
        """Whether every published record's outcome has been read back."""
        return not self.producing and self.tally.accounted_for >= self.published


class Observer:
    """Reads both output topics with `read_committed`, from where they ended when it began."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._cleanup = ExitStack()
        settings = read_settings(WorkerSettings, argparse.Namespace(**dict(stream.connection)))
        self._input = self._cleanup.enter_context(
            closing(KafkaConsumer(**stream.connection.client_options(), enable_auto_commit=False))
        )
        topic = settings.input_topic
        partitions = self._input.partitions_for_topic(topic) or ()
        self._places = [TopicPartition(topic, partition) for partition in partitions]
        self._began = self._input.end_offsets(self._places)
        self._scored = self._reader(stream, settings.output_topic)
        self._dead = self._reader(stream, settings.dead_letter_topic)
        self._started = time.monotonic()
        since = {place.partition: offset for place, offset in self._began.items()}
        self.tally = Tally(since, time.time())
        self._lag: int | None = None
        self._lag_seconds = 0.0
        self._last_change = (0, time.monotonic())

    def look(self, timeout_seconds: float) -> View:
        """Read what is new, waiting at most `timeout_seconds` for it, and return the whole view.

        Raises:
            DemoError: worker or producer has ended in failure, or nothing moves any more.
        """
        producing = not self._stream.producer_done()
        self._stream.check()
        scored = self._scored.poll(timeout_seconds)
        dead = self._dead.poll(0)
        now = time.time()
        self.tally.add_scored(scored, now)
        self.tally.add_dead(dead, now)
        ends = self._input.end_offsets(self._places)
        published = sum(ends[place] - self._began[place] for place in self._places)
        if time.monotonic() - self._lag_seconds >= LAG_EVERY_SECONDS:
            self._lag, self._lag_seconds = self._stream.lag(), time.monotonic()
        view = View(
            elapsed_seconds=time.monotonic() - self._started,
            published=published,
            producing=producing,
            lag=self._lag,
            rate=self.tally.rate(now),
            tally=self.tally,
        )
        self._check_progress(view)
        return view

    def close(self) -> None:
        """Let go of the broker."""
        self._cleanup.close()

    def _reader(self, stream: Stream, topic: str) -> CommittedReader:
        reader = CommittedReader(stream.connection, topic, from_now_on=True)
        return self._cleanup.enter_context(closing(reader))

    def _check_progress(self, view: View) -> None:
        progress = view.published + self.tally.accounted_for
        if progress != self._last_change[0] or view.complete:
            self._last_change = (progress, time.monotonic())
        elif not view.producing and time.monotonic() - self._last_change[1] > STALLED_AFTER_SECONDS:
            raise DemoError(
                f"nothing has moved for {STALLED_AFTER_SECONDS:.0f} s: "
                f"{self.tally.accounted_for} of {view.published} records are accounted for"
            )
