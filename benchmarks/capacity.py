"""Capacity planning: from what was measured to workers, partitions, memory and cost."""

import math
from collections.abc import Sequence

import msgspec

HOURS_A_MONTH = 730
MEGABYTE = 1e6


class Assumptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan takes for granted; none of it is measured.

    Attributes:
        average_rate: Tweets a second of the whole of Twitter on average.
        peak_factor: The load to be carried, in averages.
        utilisation: Share of what a worker can do that is planned with.
        cores_a_machine: Workers on one machine share the model's tables.
        replication: Copies that the brokers keep; each is written by a broker of its own.
        dollars_a_core_hour: Price of a core with its memory.
    """

    average_rate: float = 5_787.0
    peak_factor: float = 3.0
    utilisation: float = 0.6
    cores_a_machine: int = 16
    replication: int = 3
    dollars_a_core_hour: float = 0.04


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan is made from.

    Attributes:
        rate: Tweets a second of one worker process, exactly once.
        worker_cpu_seconds: Processor time of a worker for a tweet.
        broker_cpu_seconds: Processor time of the broker for a tweet.
        private_bytes: Memory that each worker has for itself.
        shared_bytes: Memory that the workers of a machine share.
    """

    rate: float
    worker_cpu_seconds: float
    broker_cpu_seconds: float
    private_bytes: float
    shared_bytes: float


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a load takes.

    Attributes:
        times: The load, in the whole of Twitter.
        average_rate: Tweets a second on average.
        peak_rate: Tweets a second to be carried.
        workers: Worker processes.
        partitions: Of each topic.
        worker_cores: Processors for the workers.
        broker_cores: Processors for the brokers.
        machines: That the workers are on.
        worker_bytes: Memory of all workers together.
        dollars_a_month: Price of all processors.
    """

    times: int
    average_rate: float
    peak_rate: float
    workers: int
    partitions: int
    worker_cores: int
    broker_cores: int
    machines: int
    worker_bytes: float
    dollars_a_month: float


def plan(measured: Measured, assumed: Assumptions, times: int) -> Plan:
    """Return what `times` the whole of Twitter takes.

    A worker is limited by its rate, and a machine by the processor time of the workers on it;
    partitions are the next power of two that gives each worker one and lets a half more join.
    """
    average = assumed.average_rate * times
    peak = average * assumed.peak_factor
    planned = peak / assumed.utilisation
    workers = math.ceil(planned / measured.rate)
    worker_cores = max(workers, math.ceil(planned * measured.worker_cpu_seconds))
    broker_cores = math.ceil(planned * measured.broker_cpu_seconds * assumed.replication)
    machines = math.ceil(worker_cores / assumed.cores_a_machine)
    return Plan(
        times=times,
        average_rate=average,
        peak_rate=peak,
        workers=workers,
        partitions=max(4, 2 ** math.ceil(math.log2(1.5 * workers))),
        worker_cores=worker_cores,
        broker_cores=broker_cores,
        machines=machines,
        worker_bytes=workers * measured.private_bytes + machines * measured.shared_bytes,
        dollars_a_month=(worker_cores + broker_cores) * assumed.dollars_a_core_hour * HOURS_A_MONTH,
    )


def plans(measured: Measured, assumed: Assumptions) -> Sequence[Plan]:
    """Return the plans for 1, 10 and 100 times the whole of Twitter."""
    return [plan(measured, assumed, times) for times in (1, 10, 100)]
