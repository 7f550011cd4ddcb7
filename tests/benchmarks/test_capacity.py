"""The capacity plan does what the page says."""

import pytest

from benchmarks.capacity import Assumptions, Measured, plans

MEASURED = Measured(
    rate=20_000.0,
    worker_cpu_seconds=25e-6,
    broker_cpu_seconds=10e-6,
    private_bytes=100e6,
    shared_bytes=250e6,
)
ASSUMED = Assumptions(
    average_rate=6_000.0,
    peak_factor=3.0,
    utilisation=0.5,
    cores_a_machine=16,
    replication=3,
    dollars_a_core_hour=0.1,
)


def test_once_twitter_takes_two_workers_that_share_a_machine():
    once, _, _ = plans(MEASURED, ASSUMED)

    assert once.peak_rate == 18_000
    assert (once.workers, once.partitions, once.machines) == (2, 4, 1)
    assert (once.worker_cores, once.broker_cores) == (2, 2)
    assert once.worker_bytes == 2 * 100e6 + 250e6
    assert once.dollars_a_month == pytest.approx(4 * 0.1 * 730)


def test_a_hundred_times_twitter_takes_a_core_a_worker_and_tables_on_every_machine():
    hundred = plans(MEASURED, ASSUMED)[2]

    assert hundred.workers == hundred.worker_cores == 180
    assert hundred.partitions == 512
    assert hundred.machines == 12
    assert hundred.worker_bytes == pytest.approx(180 * 100e6 + 12 * 250e6)


def test_a_worker_that_takes_more_than_a_core_is_given_more():
    busy = Measured(
        rate=20_000.0,
        worker_cpu_seconds=100e-6,
        broker_cpu_seconds=10e-6,
        private_bytes=0.0,
        shared_bytes=0.0,
    )

    assert plans(busy, ASSUMED)[0].worker_cores == 4
