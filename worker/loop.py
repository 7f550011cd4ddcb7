"""The whole dataflow, to be read aloud: poll, prepare, score, publish."""

import threading

import structlog

from worker.errors import PublishAborted
from worker.health import Health
from worker.metrics import WorkerMetrics
from worker.ports import Publisher, TweetSource
from worker.scoring import BatchScorer

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
    """Score what `source` gives until `stop` is set; the batch in flight is finished first.

    A batch is what one poll returned, so batches are small while few tweets come and grow by
    themselves when many come. Nothing is polled before the last batch is committed or undone:
    that is the backpressure, and it leaves nothing in flight when partitions are revoked, which
    happens only inside a poll.

    Raises:
        CannotGoOn: retrying would not help.
    """
    while not stop.is_set():
        health.beat()
        with metrics.stage("poll"):
            batch = source.poll(POLL_SECONDS)
        health.ready = source.partitions is not None
        metrics.assign(source.partitions or frozenset())
        if batch.records:
            with metrics.stage("prepare"):
                prepared = scorer.prepare(batch.records)
            with metrics.stage("score"):
                outcome = scorer.score(prepared)
            try:
                with metrics.stage("publish"):
                    publisher.publish(outcome, batch.next_offsets, batch.membership)
            except PublishAborted as error:
                log.warning("batch aborted, it will be done again", reason=str(error))
                metrics.aborted()
                source.rewind()
                stop.wait(PAUSE_AFTER_ABORT_SECONDS)
                continue
            metrics.committed(batch.records, outcome)
        metrics.lag(source.lag())
