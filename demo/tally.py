"""What a downstream reader has seen of the stream, added up. No I/O here."""

from collections import Counter, deque
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from worker.messages import RawRecord

# Seconds over which the rate is taken, and how many tweets the latency and the screen look at.
RATE_WINDOW_SECONDS = 5.0
LATENCIES_KEPT = 2_000
LATEST_KEPT = 40

Place = tuple[int, int]


class SeenEvidence(Struct, frozen=True):
    """An n-gram that moved a tweet's probabilities: where it stands, for which label, how much."""

    start: int
    end: int
    label: str
    weight: float


class SeenTweet(Struct, frozen=True):
    """What the demo looks at in an output record."""

    class Source(Struct, frozen=True):
        """Where the tweet stood in the input topic."""

        partition: int
        offset: int

    text: str
    label: str
    probabilities: dict[str, float]
    source: Source
    id: str | None = None
    evidence: tuple[SeenEvidence, ...] = ()


class SeenDeadLetter(Struct, frozen=True):
    """What the demo looks at in a dead letter."""

    reason: str
    message: str
    value: str


_decode = msgspec.json.Decoder(SeenTweet).decode


class Tally:
    """Counts of everything that was read back from the two output topics since `started`.

    Records whose input stands before the offsets `since` are of an earlier run and not counted.
    """

    def __init__(self, since: dict[int, int], started_seconds: float) -> None:
        self.since = since
        self.labels: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.latest: deque[SeenTweet] = deque(maxlen=LATEST_KEPT)
        self.latest_dead: deque[SeenDeadLetter] = deque(maxlen=3)
        self.scored = 0
        self.deletions = 0
        self.dead = 0
        self._places: set[Place] = set()
        self._ids: set[str] = set()
        self._with_id = 0
        self._latencies: deque[float] = deque(maxlen=LATENCIES_KEPT)
        self._arrivals: deque[tuple[float, int]] = deque()
        self._started_seconds = started_seconds

    def add_scored(self, records: Sequence[RawRecord], now_seconds: float) -> None:
        """Count output records, read at `now_seconds` since the epoch."""
        for record in records:
            if record.value is None:
                self.deletions += 1
                continue
            tweet = _decode(record.value)
            place = (tweet.source.partition, tweet.source.offset)
            if place[1] < self.since.get(place[0], 0):
                continue
            self.scored += 1
            self._places.add(place)
            if tweet.id is not None:
                self._with_id += 1
                self._ids.add(tweet.id)
            self.labels[tweet.label] += 1
            self.latest.append(tweet)
            self._latencies.append(max(0.0, now_seconds - record.timestamp_ms / 1000))
        self._arrivals.append((now_seconds, len(records)))

    def add_dead(self, records: Sequence[RawRecord], now_seconds: float) -> None:
        """Count dead letters, read at `now_seconds` since the epoch."""
        for record in records:
            headers = {name: content or b"" for name, content in record.headers}
            partition = int(headers["sentiment.error.partition"])
            offset = int(headers["sentiment.error.offset"])
            if offset < self.since.get(partition, 0):
                continue
            self.dead += 1
            self._places.add((partition, offset))
            reason = headers["sentiment.error.reason"].decode()
            self.reasons[reason] += 1
            self.latest_dead.append(
                SeenDeadLetter(
                    reason,
                    headers["sentiment.error.message"].decode(),
                    (record.value or b"")[:60].decode(errors="replace"),
                )
            )
        self._arrivals.append((now_seconds, len(records)))

    @property
    def accounted_for(self) -> int:
        """Input records whose outcome has been read back, each as often as it was seen."""
        return self.scored + self.dead + self.deletions

    @property
    def duplicates(self) -> int:
        """Outcomes beyond the first of an input record."""
        return self.scored + self.dead - len(self._places)

    @property
    def distinct_ids(self) -> tuple[int, int]:
        """How many different ids the scored tweets have, and how many of them have one at all."""
        return len(self._ids), self._with_id

    def rate(self, now_seconds: float) -> float:
        """Return the records a second that were read back over the last seconds."""
        while self._arrivals and self._arrivals[0][0] < now_seconds - RATE_WINDOW_SECONDS:
            self._arrivals.popleft()
        window = min(RATE_WINDOW_SECONDS, max(now_seconds - self._started_seconds, 0.5))
        return sum(count for _, count in self._arrivals) / window

    def latency_seconds(self) -> tuple[float, float] | None:
        """Return p50 and p99 from a tweet's timestamp to its score being read, or None yet."""
        if not self._latencies:
            return None
        ordered = sorted(self._latencies)
        return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
