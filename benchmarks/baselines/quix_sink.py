"""At least once with Quix Streams: a batching sink that scores 4,096 tweets at once."""

from quixstreams import Application
from quixstreams.kafka import Producer
from quixstreams.sinks import BatchingSink, SinkBatch

from benchmarks.baselines.scoring import RawTweet, TweetScoring
from worker.settings import WorkerSettings

BATCH = 4_096


class ScoringSink(BatchingSink):  # type: ignore[misc] # mypy does not read the library
    """Scores what has been collected since the last commit, and publishes it."""

    def __init__(self, producer: Producer, topic: str, score: TweetScoring) -> None:
        super().__init__()
        self._producer = producer
        self._topic = topic
        self._score = score

    def write(self, batch: SinkBatch) -> None:
        """Score and publish one partition's tweets; return when the broker has all of them."""
        for chunk in batch.iter_chunks(BATCH):
            items = list(chunk)
            raw = [RawTweet(i.value, batch.topic, batch.partition, i.offset) for i in items]
            for item, value in zip(items, self._score(raw), strict=True):
                self._producer.produce(
                    self._topic, value, item.key, timestamp=item.timestamp, poll_timeout=0
                )
        self._producer.flush()


def main() -> None:
    """Score until ended."""
    settings = WorkerSettings()
    score = TweetScoring(settings.model)
    app = Application(
        settings.bootstrap_servers,
        consumer_group=settings.group_id,
        auto_offset_reset="earliest",
        commit_every=BATCH,
        commit_interval=0.5,
        consumer_poll_timeout=0.02,
        producer_extra_config={"compression.type": "lz4", "linger.ms": 5},
    )
    tweets = app.topic(settings.input_topic, value_deserializer="bytes", key_deserializer="bytes")
    with app.get_producer() as producer:
        app.dataframe(tweets).sink(ScoringSink(producer, settings.output_topic, score))
        app.run()


if __name__ == "__main__":
    main()
