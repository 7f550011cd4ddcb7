"""The whole dataflow: a source's records, each when it is due, to the writer."""

from collections.abc import Callable
from dataclasses import dataclass

from producer.envelope import Malformed
from producer.errors import StoppedAtMalformed
from producer.kafka_writer import KafkaWriter
from producer.pacing import Pace
from producer.sources.source import Source


@dataclass
class Malformations:
    """Lines that held no tweet: how many, and what to do about one."""

    say: Callable[[str], None]
    strict: bool = False
    count: int = 0

    def meet(self, line: Malformed) -> None:
        """Report a line, then skip it or, when strict, stop.

        Raises:
            StoppedAtMalformed: when strict.
        """
        complaint = f"{line.where}: {line.why}"
        if self.strict:
            raise StoppedAtMalformed(f"{complaint}; stopped there (--strict)")
        self.count += 1
        self.say(f"{complaint}; skipped")


def publish(
    source: Source,
    writer: KafkaWriter,
    pace: Pace,
    malformations: Malformations,
    limit: int | None = None,
) -> None:
    """Send what `source` yields until it ends or `limit` records are sent.

    Raises:
        UnreadableSource: the source cannot be read further.
        StoppedAtMalformed: a line was malformed and none may be.
        DeliveryStopped: the brokers take no more.
    """
    for item in source.records():
        if isinstance(item, Malformed):
            malformations.meet(item)
            continue
        pace.wait()
        writer.send(item)
        if writer.sent == limit:
            return


def summary(writer: KafkaWriter, topic: str, malformed: int) -> str:
    """Tell in one line what became of every line read."""
    reasons = "; ".join(f"{count}: {reason}" for reason, count in writer.failures.items())
    return (
        f"published {writer.sent} tweet{_s(writer.sent)} to {topic}: "
        f"{writer.acknowledged} acknowledged, {writer.failed} failed"
        f"{f' ({reasons})' if reasons else ''}, "
        f"{malformed} malformed line{_s(malformed)} skipped"
    )


def _s(count: int) -> str:
    return "" if count == 1 else "s"
