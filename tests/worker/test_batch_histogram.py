"""A batch histogram tells Prometheus what the library's own would tell."""

import math

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from worker.batch_histogram import BatchHistogram

BOUNDS = (0.005, 0.1, 1.0, 60.0)
# Whole sixteenths, whose sum does not depend on the order.
VALUES = st.one_of(st.sampled_from(BOUNDS[2:]), st.integers(0, 10_000).map(lambda n: n / 16))


def exposed(registry):
    """Return the lines that a scrape gets, without the time at which a series was made."""
    lines = generate_latest(registry).decode().splitlines()
    return [line for line in lines if "_created" not in line]


@given(st.lists(st.lists(VALUES, max_size=20), max_size=5))
def test_it_exposes_what_the_library_exposes(batches):
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    batch_histogram = BatchHistogram("seconds", "Of a batch.", BOUNDS, ours)
    histogram = Histogram("seconds", "Of a batch.", buckets=BOUNDS, registry=theirs)
    for values in batches:
        batch_histogram.observe_all(values)
        for value in values:
            histogram.observe(value)
    assert exposed(ours) == exposed(theirs)


def test_it_is_there_before_the_first_value():
    registry = CollectorRegistry()
    BatchHistogram("seconds", "Of a batch.", BOUNDS, registry)
    assert registry.get_sample_value("seconds_count") == 0
    assert registry.get_sample_value("seconds_bucket", {"le": "+Inf"}) == 0


def test_values_beyond_the_last_bound_are_counted_too():
    registry = CollectorRegistry()
    histogram = BatchHistogram("seconds", "Of a batch.", BOUNDS, registry)
    histogram.observe_all([61.0, 1e9, math.inf])
    assert registry.get_sample_value("seconds_bucket", {"le": "60.0"}) == 0
    assert registry.get_sample_value("seconds_count") == 3
