"""At least once with Bytewax: up to 4,096 tweets of a poll scored at once, in `flat_map_batch`."""

import os
from datetime import timedelta
from pathlib import Path

from bytewax import operators
from bytewax.connectors.kafka import KafkaSink, KafkaSinkMessage, KafkaSource, KafkaSourceMessage
from bytewax.dataflow import Dataflow
from bytewax.recovery import RecoveryConfig
from bytewax.run import cli_main

from benchmarks.baselines.scoring import RawTweet, TweetScoring
from worker.settings import WorkerSettings

BATCH = 4_096


def dataflow(settings: WorkerSettings) -> Dataflow:
    """Return the flow from the input to the output topic."""
    servers = settings.bootstrap_servers.split(",")
    score = TweetScoring(settings.model)

    def scored(messages: list[KafkaSourceMessage]) -> list[KafkaSinkMessage]:
        values = score([RawTweet(m.value, m.topic, m.partition, m.offset) for m in messages])
        return [
            KafkaSinkMessage(message.key, value, timestamp=message.timestamp[1])
            for message, value in zip(messages, values, strict=True)
        ]

    flow = Dataflow("sentiment")
    source = KafkaSource(servers, [settings.input_topic], batch_size=BATCH)
    raw = operators.input("tweets", flow, source)
    results = operators.flat_map_batch("score", raw, scored)
    options = {"compression.type": "lz4", "linger.ms": "5", "acks": "all"}
    operators.output("scored", results, KafkaSink(servers, settings.output_topic, options))
    return flow


def main() -> None:
    """Score until ended, as one process of as many as BENCHMARK_ADDRESSES names."""
    addresses = os.environ["BENCHMARK_ADDRESSES"].split(";")
    alone = len(addresses) == 1
    # It keeps its place in the input by itself, in snapshots, and has no consumer group.
    recovery = RecoveryConfig(Path(os.environ["BENCHMARK_FOLDER"]))
    cli_main(
        dataflow(WorkerSettings()),
        process_id=None if alone else int(os.environ["BENCHMARK_PROCESS"]),
        addresses=None if alone else addresses,
        epoch_interval=timedelta(seconds=1),
        recovery_config=recovery,
    )


if __name__ == "__main__":
    main()
