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
from collections.abc import Sequence
from contextlib import ExitStack

import msgspec

from benchmarks import processes
from benchmarks.committed_output import CommittedOutput, committed_output
from benchmarks.contestants import CONTESTANTS, WINDOW, Contestant
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
QUIET_SECONDS = 1.5
STALLED_AFTER_SECONDS = 60.0


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
    """Measure one contestant once, with `count` tweets rounded up to whole windows.

    Raises:
        BenchmarkError: it fails, or leaves tweets unscored.
    """
    count, warm_up = (
        whole_windows(count, partitions),
        whole_windows(min(WARM_UP, count), partitions),
    )
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
        wait_for_scores(programs, output, warm_up)

        cpu, broker_cpu = programs.cpu_seconds(), processes.cpu_seconds(kafka.broker_pid)
        started = time.monotonic()
        others.release()
        ended = wait_for_scores(programs, output, warm_up + count)
        used = programs.memory()
        return ThroughputRun(
            contestant=contestant.name,
            tweets=count,
            seconds=ended - started,
            missing=warm_up + count - len(output.sources),
            duplicates=output.records - len(output.sources),
            worker_cpu_seconds=programs.cpu_seconds() - cpu,
            broker_cpu_seconds=processes.cpu_seconds(kafka.broker_pid) - broker_cpu,
            resident_bytes=used.resident,
            private_bytes=used.private,
        )


def whole_windows(count: int, partitions: int) -> int:
    """Return `count` rounded up to as many whole windows in every partition."""
    together = WINDOW * partitions
    return -(-count // together) * together


def wait_for_scores(programs: Running, output: CommittedOutput, expected: int) -> float:
    """Return the monotonic second of the last change, when `expected` tweets have their scores.

    Raises:
        ContestantFailed: a process has ended.
        Stalled: nothing has changed for a minute.
    """
    end, changed = output.end(), time.monotonic()
    counted_at = -1
    while True:
        time.sleep(LOOK_EVERY_SECONDS)
        programs.check()
        now, end_before, end = time.monotonic(), end, output.end()
        if end != end_before:
            changed = now
        elif now - changed > QUIET_SECONDS and end >= expected and end != counted_at:
            # Offsets count the ends of transactions too: only reading tells.
            output.read()
            counted_at = end
            if len(output.sources) >= expected:
                return changed
        elif now - changed > STALLED_AFTER_SECONDS:
            output.read()
            raise Stalled(
                f"{programs.contestant.name} has scored {len(output.sources):,} of "
                f"{expected:,} tweets and nothing for {STALLED_AFTER_SECONDS:.0f} s"
            )
