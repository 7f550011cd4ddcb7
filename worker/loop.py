"""The whole dataflow, to be read aloud: poll, prepare, score, publish."""

import threading
from contextlib import closing

import structlog

from worker.errors import PublishAborted, RecordsRefused
from worker.health import Health
from worker.messages import Outcome
from worker.metrics import WorkerMetrics
from worker.pipeline import MOST_IN_FLIGHT, Pipeline
from worker.ports import Batch, Publisher, TweetSource
from worker.scoring import BatchScorer, PreparedBatch
from worker.storm import StormWatch

POLL_SECONDS = 0.5
# Scoring fewer takes a fraction of the broker's answer: read ahead, they would only wait behind
# the transaction before theirs instead of sharing the next one.
READ_AHEAD_FROM_RECORDS = 512
# After an abort the cause is rarely gone at once; retrying faster would only fill the log.
PAUSE_AFTER_ABORT_SECONDS = 0.2

log = structlog.get_logger()


def run(
    source: TweetSource,
    scorer: BatchScorer,
    publisher: Publisher,
    storms: StormWatch,
    metrics: WorkerMetrics,
    health: Health,
    stop: threading.Event,
) -> None:
    """Score what `source` gives until `stop` is set; the batches in flight are finished first.

    A batch is what one poll returned, so batches are small while few tweets come and grow by
    themselves when many come. Behind a small one the loop waits, which is quickest for each tweet.
    Large ones overlap: while this thread polls and prepares a batch, another scores the one
    before, and a third publishes the one before that; the network and the broker let go of the
    GIL. No batch is taken on while two are in flight: that is the backpressure.

    A batch in flight is finished before partitions are given up wherever that shows in time; one
    that is overtaken by a rebalance is refused by the broker, for it is published in the name of
    the generation that read it, and then it is done again by whoever has the partition.

    Raises:
        CannotGoOn: retrying would not help.
        Storm: most records cannot be scored; the batch that showed it is not published.
    """

    def score(prepared: PreparedBatch) -> Outcome:
        with metrics.stage("score"):
            return scorer.score(prepared)

    def publish(batch: Batch, outcome: Outcome) -> None:
        recent = storms.expect(batch.records, outcome.dead_letters)
        with metrics.stage("publish"):
            publisher.publish(outcome, batch.next_offsets, batch.membership)
        storms.recent = recent
        scorer.forget(batch.records)
        metrics.committed(batch.records, outcome)

    read_ahead = False
    with closing(Pipeline(score, publish)) as pipeline:
        while not stop.is_set():
            health.beat()
            try:
                # Whatever has failed is told here, also when nothing new comes.
                overlap = read_ahead and not source.rebalancing
                pipeline.settle(at_most=MOST_IN_FLIGHT if overlap else 0)
                with metrics.stage("poll"):
                    batch = source.poll(POLL_SECONDS)
                read_ahead = len(batch.records) >= READ_AHEAD_FROM_RECORDS
                health.ready = source.partitions is not None
                if metrics.assign(source.partitions or frozenset()):
                    scorer.forget_refusals()
                if batch.records:
                    with metrics.stage("prepare"):
                        prepared = scorer.prepare(batch.records)
                    pipeline.put(batch, prepared)
            except PublishAborted as error:
                log.warning("batch aborted, it will be done again", reason=str(error))
                metrics.aborted(1 + pipeline.drop())
                if isinstance(error, RecordsRefused):
                    scorer.refuse(error.reasons)
                source.rewind()
                publisher.recover()
                stop.wait(PAUSE_AFTER_ABORT_SECONDS)
            else:
                metrics.lag(source.lag(pipeline.first_offsets))
        try:
            pipeline.settle()
        except PublishAborted as error:
            log.warning("last batch aborted, the next worker will do it", reason=str(error))
            metrics.aborted(1 + pipeline.drop())
