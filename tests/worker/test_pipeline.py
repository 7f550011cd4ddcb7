"""Batches in flight overlap, keep their order, and fail together."""

import threading
from contextlib import closing

import pytest

from worker.errors import CannotGoOn, PublishAborted
from worker.messages import RawRecord
from worker.pipeline import Pipeline
from worker.ports import Batch

PATIENCE_SECONDS = 30


def batch(number):
    records = [RawRecord("tweets", 0, number, 0, None, b"", ())]
    return Batch(records, {0: number}, {0: number + 1}, None)


def put_some(pipeline, *numbers):
    for number in numbers:
        pipeline.put(batch(number), number)


class Stages:
    """A scoring and a publishing stage that tell what they do and can be held up."""

    def __init__(self, fail=None):
        self.published = []
        self.scoring = threading.Semaphore(0)
        self.publishing = threading.Semaphore(0)
        self.may_publish = threading.Semaphore(0)
        self._fail = fail or {}

    def score(self, prepared):
        self.scoring.release()
        return prepared

    def publish(self, batch, outcome):
        self.publishing.release()
        assert self.may_publish.acquire(timeout=PATIENCE_SECONDS)
        if outcome in self._fail:
            raise self._fail[outcome]
        self.published.append((batch.first_offsets[0], outcome))


def test_a_batch_is_scored_while_the_one_before_it_is_published():
    stages = Stages()
    with closing(Pipeline(stages.score, stages.publish)) as pipeline:
        pipeline.put(batch(0), "a")
        assert stages.publishing.acquire(timeout=PATIENCE_SECONDS)
        pipeline.put(batch(1), "b")
        assert stages.scoring.acquire(timeout=PATIENCE_SECONDS)
        assert stages.scoring.acquire(timeout=PATIENCE_SECONDS)
        assert stages.published == []
        stages.may_publish.release(2)
        pipeline.settle()
    assert stages.published == [(0, "a"), (1, "b")]


def test_no_third_batch_is_taken_on_while_two_are_in_flight():
    stages = Stages()
    with closing(Pipeline(stages.score, stages.publish)) as pipeline:
        pipeline.put(batch(0), "a")
        pipeline.put(batch(1), "b")
        third = threading.Thread(target=pipeline.put, args=(batch(2), "c"))
        third.start()
        third.join(0.1)
        assert third.is_alive()
        stages.may_publish.release(3)
        third.join(PATIENCE_SECONDS)
        pipeline.settle()
    assert [outcome for _, outcome in stages.published] == ["a", "b", "c"]


def test_a_batch_behind_one_that_failed_is_not_published():
    stages = Stages(fail={"a": PublishAborted("the coordinator moved")})
    with closing(Pipeline(stages.score, stages.publish)) as pipeline:
        pipeline.put(batch(0), "a")
        pipeline.put(batch(1), "b")
        stages.may_publish.release(2)
        with pytest.raises(PublishAborted, match="the coordinator moved"):
            pipeline.settle()
        assert pipeline.drop() == 1
        assert pipeline.first_offsets == {}
    assert stages.published == []


def test_after_a_drop_batches_are_published_again():
    stages = Stages(fail={"a": PublishAborted("the coordinator moved")})
    stages.may_publish.release(3)
    with closing(Pipeline(stages.score, stages.publish)) as pipeline:
        pipeline.put(batch(0), "a")
        with pytest.raises(PublishAborted):
            pipeline.settle()
        assert pipeline.drop() == 0
        pipeline.put(batch(0), "again")
        pipeline.settle()
    assert stages.published == [(0, "again")]


def test_what_publishing_raised_is_told_when_the_next_batch_is_put():
    stages = Stages(fail={"a": CannotGoOn("fenced")})
    stages.may_publish.release(1)
    with closing(Pipeline(stages.score, stages.publish)) as pipeline:
        pipeline.put(batch(0), "a")
        assert stages.publishing.acquire(timeout=PATIENCE_SECONDS)
        with pytest.raises(CannotGoOn, match="fenced"):
            put_some(pipeline, 1, 2, 3)
    assert stages.published == []


def test_a_batch_whose_scoring_raises_is_not_published_nor_the_one_behind_it():
    def score(prepared):
        raise RuntimeError(prepared)

    stages = Stages()
    with (
        closing(Pipeline(score, stages.publish)) as pipeline,
        pytest.raises(RuntimeError, match="0"),
    ):
        put_some(pipeline, 0, 1, 2)
    assert stages.published == []


def test_the_first_offsets_are_those_of_the_oldest_batch_in_flight():
    stages = Stages()
    with closing(Pipeline(stages.score, stages.publish)) as pipeline:
        pipeline.put(batch(7), "a")
        pipeline.put(batch(8), "b")
        assert pipeline.first_offsets == {0: 7}
        stages.may_publish.release(1)
        pipeline.settle(at_most=1)
        assert pipeline.first_offsets == {0: 8}
        stages.may_publish.release(1)
        pipeline.settle()
        assert pipeline.first_offsets == {}
