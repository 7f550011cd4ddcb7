"""Tweets a second, end to end: from readable in the input topic to readable in the output topic.

One run of one contestant:

1. Its processes start on new topics. Meanwhile the tweets are appended in a transaction that
   stays open, so nobody can read them yet; a few go first, in a transaction of their own.
2. When all processes are ready, those few are released: they warm everything up.
3. When their scores are all there and nothing moves any more, the others are released at once,
   and the clock starts. From now on only the broker and the contestant work; we ask for the
   output's last stable offsets twenty times a second.
4. The clock stops at the last change. Then every score is read back and counted.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TypeVar

import msgspec

from benchmarks import processes
from benchmarks.committed_output import CommittedOutput, committed_output
from benchmarks.contestants import CONTESTANTS, Contestant
from benchmarks.errors import Stalled
from benchmarks.held_back_tweets import HeldBackTweets
from benchmarks.running import Running, running
from benchmarks.scenario import KafkaScenario
from benchmarks.texts import tweets
from benchmarks.topics import new_topics

PARTITIONS = 4
# Several of every contestant's largest batches, in each partition.
WARM_UP = 16_384
LOOK_EVERY_SECONDS = 0.05
QUIET_SECONDS = 1.0
STALLED_AFTER_SECONDS = 60.0

T = TypeVar("T")


class ThroughputRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run.

    Attributes:
        contestant: Its name.
        tweets: Released at once.
        seconds: From their release to the last score's being readable.
        missing: Tweets without a score.
        duplicates: Scores beside the first of a tweet.
        worker_cpu_seconds: Of all the contestant's processes meanwhile.
        broker_cpu_seconds: Of the broker meanwhile.
        stage_seconds: What the worker says of its own stages meanwhile, all its processes
            together; nothing of other contestants.
        resident_bytes: Of all the contestant's processes at the end.
        private_bytes: The part of it that is shared with no file and no process.
    """

    contestant: str
    tweets: int
    seconds: float
    missing: int
    duplicates: int
    worker_cpu_seconds: float
    broker_cpu_seconds: float
    stage_seconds: dict[str, float]
    resident_bytes: int
    private_bytes: int

    @property
    def rate(self) -> float:
        """Tweets a second."""
        return self.tweets / self.seconds


def measure(
    kafka: KafkaScenario, contestants: Sequence[Contestant] = CONTESTANTS
) -> list[ThroughputRun]:
    """Let the contestants take turns, `runs` times each.

    Raises:
        BenchmarkError: one of them fails, or leaves tweets unscored.
    """
    scenario = kafka.scenario
    entrants = [one for one in contestants if scenario.wanted(one.name)]
    for missing in (one for one in entrants if not one.installed):
        scenario.say(f"{missing.name}: left out, {missing.needs} is not installed")
    results = []
    for number in range(scenario.runs):
        for contestant in entrants:
            if not contestant.installed:
                continue
            run = run_once(kafka, contestant, round(scenario.tweets * contestant.share))
            results.append(run)
            scenario.say(
                f"throughput {number + 1}/{scenario.runs} {contestant.name}: "
                f"{run.rate:,.0f} tweets/s, {run.missing} missing, {run.duplicates} twice"
            )
    return results


def run_once(
    kafka: KafkaScenario,
    contestant: Contestant,
    count: int,
    partitions: int = PARTITIONS,
    settings: dict[str, str] | None = None,
) -> ThroughputRun:
    """Measure one contestant once, with `count` tweets or a few more.

    Raises:
        BenchmarkError: it fails, or leaves tweets unscored.
    """
    warm_up = contestant.whole_windows(min(WARM_UP, count), partitions)
    count = contestant.whole_windows(count, partitions)
    texts = kafka.scenario.texts
    with ExitStack() as cleanup:
        topics = cleanup.enter_context(new_topics(kafka.connection, partitions))
        programs = cleanup.enter_context(
            running(contestant, topics, kafka.scenario.model, settings)
        )
        first = HeldBackTweets(topics, "warm-up").put(tweets(texts, warm_up))
        others = HeldBackTweets(topics, "measured").put(tweets(texts, count, first=warm_up))
        output = cleanup.enter_context(committed_output(topics))
        programs.wait_until_ready()
        first.release()
        wait_for_scores(programs, output, warm_up, programs.check)

        def used() -> tuple[float, float, dict[str, float]]:
            broker = processes.cpu_seconds(kafka.broker_pid)
            return programs.cpu_seconds(), broker, programs.stage_seconds()

        cpu, broker_cpu, stages = used()
        started = time.monotonic()
        others.release()
        ended, (cpu_then, broker_cpu_then, stages_then) = wait_for_scores(
            programs, output, warm_up + count, used
        )
        memory = programs.memory()
        return ThroughputRun(
            contestant=contestant.name,
            tweets=count,
            seconds=ended - started,
            missing=warm_up + count - len(output.sources),
            duplicates=output.records - len(output.sources),
            worker_cpu_seconds=cpu_then - cpu,
            broker_cpu_seconds=broker_cpu_then - broker_cpu,
            stage_seconds={name: stages_then[name] - stages.get(name, 0) for name in stages_then},
            resident_bytes=memory.resident,
            private_bytes=memory.private,
        )


def wait_for_scores(
    programs: Running, output: CommittedOutput, expected: int, look: Callable[[], T]
) -> tuple[float, T]:
    """Wait until `expected` tweets have their scores and nothing moves any more.

    Returns:
        The monotonic second of the last change, and what `look` returned about then: when as many
        offsets as tweets had become readable.

    Raises:
        ContestantFailed: a process has ended.
        Stalled: nothing has changed for a minute.
    """
    end, changed = output.end(), time.monotonic()
    seen: T | None = None
    counted_at = -1
    while True:
        time.sleep(LOOK_EVERY_SECONDS)
        programs.check()
        now, end_before, end = time.monotonic(), end, output.end()
        if end != end_before:
            changed = now
            if end >= expected and seen is None:
                seen = look()
        elif now - changed > QUIET_SECONDS and end >= expected and end != counted_at:
            # Offsets count the ends of transactions too: only reading tells.
            output.read()
            counted_at = end
            if len(output.sources) >= expected:
                return changed, look() if seen is None else seen
        elif now - changed > STALLED_AFTER_SECONDS:
            output.read()
            raise Stalled(
                f"{programs.contestant.name} has scored {len(output.sources):,} of "
                f"{expected:,} tweets and nothing for {STALLED_AFTER_SECONDS:.0f} s"
            )
