"""Tweets that stand in the input topic, and become readable all at once when told to."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Self

from kafka import KafkaProducer

from benchmarks.topics import Topics
from producer.envelope import Record

# The longest that a broker allows: the slowest program has to be ready by then.
HELD_BACK_AT_MOST_MS = 900_000
CHUNK = 50_000


class HeldBackTweets:
    """An open transaction on the input topic.

    Every contestant reads committed records only, so none sees these tweets before `release`,
    and nobody produces while they are scored: on the same cores that would be measured too.
    """

    def __init__(self, topics: Topics, name: str) -> None:
        self._topics = topics
        self._producer = KafkaProducer(
            **topics.connection.client_options(),
            transactional_id=f"{topics.group}-{name}",
            transaction_timeout_ms=HELD_BACK_AT_MOST_MS,
            compression_type="lz4",
            batch_size=262_144,
            linger_ms=5,
            retry_backoff_ms=5,
        )
        self._producer.init_transactions()
        self._producer.begin_transaction()
        self.count = 0

    def put(self, tweets: Iterable[Record]) -> Self:
        """Append tweets, as many to one partition as to the other.

        Raises:
            KafkaError: the broker does not take them.
        """
        topic, partitions, send = self._topics.input, self._topics.partitions, self._producer.send
        for some in _chunks(tweets):
            deliveries = []
            for tweet in some:
                partition = self.count % partitions
                deliveries.append(send(topic, tweet.value, tweet.key, partition=partition))
                self.count += 1
            self._producer.flush()
            for delivery in deliveries:
                delivery.get(0)
        return self

    def release(self) -> None:
        """Let the tweets be read, and be done with them."""
        self._producer.commit_transaction()
        self._producer.close()


def _chunks(tweets: Iterable[Record]) -> Iterator[Sequence[Record]]:
    """Yield them by the thousand: what the client keeps of each until it is asked takes 1 KB."""
    left = iter(tweets)
    while some := list(islice(left, CHUNK)):
        yield some
