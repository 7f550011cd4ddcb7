"""Exactly once with kafka-python, one step after the other: poll, score, one transaction."""

from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata

from benchmarks.baselines.scoring import RawTweet, TweetScoring
from worker.settings import WorkerSettings

# As large as this project's own; from 500 upwards it makes no difference to the rate.
BATCH = 4_096


def main() -> None:
    """Score until ended, as the worker's own settings say."""
    settings = WorkerSettings()
    score = TweetScoring(settings.model)
    consumer = KafkaConsumer(
        **settings.client_options(),
        group_id=settings.group_id,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        max_poll_records=BATCH,
    )
    # Without it the group's leader may deal out partitions before it knows of any.
    consumer.partitions_for_topic(settings.input_topic)
    consumer.subscribe([settings.input_topic])
    producer = KafkaProducer(
        **settings.client_options(),
        transactional_id=settings.worker_id,
        acks="all",
        compression_type="lz4",
        batch_size=262_144,
        linger_ms=5,
        # The default of 100 ms would stand in every second transaction.
        retry_backoff_ms=5,
    )
    producer.init_transactions()
    while True:
        polled = consumer.poll(timeout_ms=500)
        records = [record for records in polled.values() for record in records]
        if not records:
            continue
        scored = score([RawTweet(r.value, r.topic, r.partition, r.offset) for r in records])
        producer.begin_transaction()
        for record, value in zip(records, scored, strict=True):
            producer.send(
                settings.output_topic,
                value,
                record.key,
                partition=record.partition,
                timestamp_ms=record.timestamp,
            )
        offsets = {where: OffsetAndMetadata(some[-1].offset + 1) for where, some in polled.items()}
        producer.send_offsets_to_transaction(offsets, consumer.group_metadata())
        producer.commit_transaction()


if __name__ == "__main__":
    main()
