"""The sums behind the figures."""

import math

import numpy as np
import pytest

from benchmarks.contestants import QUIX, WORKER
from benchmarks.growth_curves import flat, inverse, shared_cost
from benchmarks.latency import Milliseconds, summary
from benchmarks.open_loop import Schedule
from benchmarks.percentiles import median, percentile
from benchmarks.steady_load import Moments

SECOND = 1_000_000_000


def test_a_percentile_is_a_value_that_was_measured():
    values = [float(value) for value in range(100, 0, -1)]

    assert percentile(values, 0.50) == 50
    assert percentile(values, 0.99) == 99
    assert percentile(values, 1.0) == 100
    assert percentile([7.0], 0.01) == 7


def test_the_median_of_an_even_number_of_runs_lies_between_the_middle_two():
    assert median([4.0, 1.0, 3.0, 2.0]) == 2.5


def test_scores_that_never_came_are_later_than_all_others():
    values = [1.0] * 97 + [math.inf] * 3

    assert Milliseconds.of(values) == Milliseconds(p50=1.0, p95=1.0, p99=None)


def test_a_tweet_is_due_at_its_moment_whatever_became_of_those_before():
    schedule = Schedule(start_ns=5 * SECOND, rate=1_000, count=10_000)

    assert schedule.due_ns(0) == 5 * SECOND
    assert schedule.due_ns(2_500) == 7.5 * SECOND
    assert schedule.due_by(5 * SECOND - 1) == 0
    assert schedule.due_by(5 * SECOND) == 1
    assert schedule.due_by(6 * SECOND) == 1_001


def test_after_a_stall_all_tweets_that_fell_due_are_sent_at_once():
    schedule = Schedule(start_ns=0, rate=100, count=50)

    assert schedule.due_by(round(0.3 * SECOND)) == 31
    assert schedule.due_by(9 * SECOND) == 50


def test_only_the_seconds_in_the_middle_count():
    due = np.arange(1_100) * SECOND // 100  # 100 tweets a second for 11 seconds
    late = np.where((due < 2 * SECOND) | (due >= 10 * SECOND), 5_000_000_000, 3_000_000)

    run = summary("worker", 100, 800, Moments(due, due + 1_000_000, due + late))

    assert (run.tweets, run.missing) == (800, 0)
    assert run.from_due == Milliseconds(3.0, 3.0, 3.0)
    assert run.from_append == Milliseconds(2.0, 2.0, 2.0)


def test_a_tweet_without_a_score_counts_as_late():
    due = np.delete(np.arange(1_100), [500, 501, 502]) * SECOND // 100

    run = summary("worker", 100, 800, Moments(due, due, due + 3_000_000))

    assert run.missing == 3


def test_windows_are_filled_in_every_partition():
    assert WORKER.whole_windows(1_001, partitions=4) == 1_004
    assert QUIX.whole_windows(1_001, partitions=4) == 2_048


def test_expected_shapes_go_through_the_points_that_they_are_drawn_from():
    points = [(1, 100.0), (10, 500.0), (1_000, 900.0)]

    assert flat(points) == [100.0, 100.0, 100.0]
    assert inverse(points) == [100.0, 10.0, 0.1]
    assert shared_cost(points)[::2] == pytest.approx([100.0, 900.0])
    assert shared_cost([(1, 100.0)]) == [100.0]


def test_a_cost_that_a_batch_shares_is_found_again():
    def rate(batch):
        return 1 / (20e-6 + 5e-3 / batch)

    points = [(batch, rate(batch)) for batch in (1, 8, 64, 512, 8_192)]

    assert shared_cost(points) == pytest.approx([rate for _, rate in points])
