"""The whole dataflow, to be read aloud: poll, prepare, score, publish."""

import threading

import structlog

from worker.errors import PublishAborted
from worker.health import Health
from worker.messages import Outcome
from worker.metrics import WorkerMetrics
from worker.pipeline import Pipeline
from worker.ports import Batch, Publisher, TweetSource
from worker.scoring import BatchScorer, PreparedBatch

POLL_SECONDS = 0.5
# After an abort the cause is rarely gone at once; retrying faster would only fill the log.
PAUSE_AFTER_ABORT_SECONDS = 0.2

log = structlog.get_logger()


def run(
    source: TweetSource,
    scorer: BatchScorer,
    publisher: Publisher,
    metrics: WorkerMetrics,
    health: Health,
    stop: threading.Event,
) -> None:
    """Score what `source` gives until `stop` is set; the batches in flight are finished first.

    A batch is what one poll returned, so batches are small while few tweets come and grow by
    themselves when many come. While this thread polls and prepares a batch, another scores the
    one before, and a third publishes the one before that: the network and the broker let go of
    the GIL, the rest of the work does not. No batch is taken on while two are in flight: that is
    the backpressure.

    A batch in flight is finished before partitions are given up wherever that shows in time; one
    that is overtaken by a rebalance is refused by the broker, for it is published in the name of
    the generation that read it, and then it is done again by whoever has the partition.

    Raises:
        CannotGoOn: retrying would not help.
    """

    def score(prepared: PreparedBatch) -> Outcome:
        with metrics.stage("score"):
            return scorer.score(prepared)

    def publish(batch: Batch, outcome: Outcome) -> None:
        with metrics.stage("publish"):
            publisher.publish(outcome, batch.next_offsets, batch.membership)
        metrics.committed(batch.records, outcome)

    with Pipeline(score, publish) as pipeline:
        while not stop.is_set():
            health.beat()
            try:
                if source.rebalancing:
                    pipeline.settle()
                pipeline.check()
                with metrics.stage("poll"):
                    batch = source.poll(POLL_SECONDS)
                health.ready = source.partitions is not None
                metrics.assign(source.partitions or frozenset())
                if batch.records:
                    with metrics.stage("prepare"):
                        prepared = scorer.prepare(batch.records)
                    pipeline.put(batch, prepared)
            except PublishAborted as error:
                log.warning("batch aborted, it will be done again", reason=str(error))
                metrics.aborted()
                pipeline.drop()
                source.rewind()
                stop.wait(PAUSE_AFTER_ABORT_SECONDS)
            else:
                metrics.lag(source.lag(pipeline.first_offsets))
        try:
            pipeline.settle()
        except PublishAborted as error:
            log.warning("last batch aborted, the next worker will do it", reason=str(error))
            metrics.aborted()
