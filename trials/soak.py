"""One soak: a worker under a steady load, looked at again and again."""

import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil

from benchmarks.machine import this_machine
from localkafka import LocalKafka
from trials.errors import NeverBegan
from trials.holding import Say
from trials.kafka_latencies import Latencies
from trials.kafka_steady_load import SteadyLoad
from trials.kafka_topics import Topics
from trials.soak_report import Sample, SoakReport
from trials.workers import Command, Worker

PARTITIONS = 4
SAMPLES = 150
SAMPLES_A_LINE = 10
LEAST_SECONDS_BETWEEN_SAMPLES = 1.0
READY_WITHIN_SECONDS = 120.0
ENDS_WITHIN_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.05


@dataclass(frozen=True)
class SoakPlan:
    """What to try.

    Attributes:
        seed: Of the records.
        minutes: How long.
        rate: Records a second.
        model: The bundle to score with.
        out: Folder for report, plot and logs.
    """

    seed: int
    minutes: float
    rate: float
    model: Path
    out: Path


def run(plan: SoakPlan, say: Say) -> SoakReport:
    """Hold a soak.

    Raises:
        NeverBegan: the worker does not come up, or ends.
        LocalKafkaError: no broker can be started.
        KafkaError: the broker does not answer the trial itself.
    """
    plan.out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as cleanup:
        broker = cleanup.enter_context(LocalKafka(log_file=plan.out / "broker.log"))
        servers = broker.bootstrap_servers
        topics = cleanup.enter_context(closing(Topics(servers, PARTITIONS)))
        options = (
            *("--bootstrap-servers", servers, "--group-id", topics.group),
            *("--input-topic", topics.input, "--output-topic", topics.output),
            *("--dead-letter-topic", topics.dead_letters, "--model", str(plan.model)),
        )
        worker = cleanup.enter_context(closing(Worker(0, Command(options, plan.out))))
        worker.start()
        _wait_until_ready(worker)
        outputs = [topics.output, topics.dead_letters]
        reader = cleanup.enter_context(closing(Latencies(servers, outputs, PARTITIONS)))
        load = SteadyLoad(servers, topics.input, PARTITIONS, plan.seed, plan.rate)
        cleanup.callback(load.close)
        say(f"{plan.rate:,.0f} records a second for {plan.minutes:g} minutes")
        reader.start()
        load.start()
        samples = _look(plan, worker, load, reader, say)
        load.close()
        _wait_for_the_rest(load, reader)
        return SoakReport(
            machine=this_machine(),
            minutes=plan.minutes,
            rate=plan.rate,
            sent=load.sent,
            seen=reader.seen,
            disordered=reader.disordered,
            samples=samples,
        )


def _look(
    plan: SoakPlan, worker: Worker, load: SteadyLoad, reader: Latencies, say: Say
) -> list[Sample]:
    """Look at the worker at even intervals, until the time is over."""
    process = psutil.Process(worker.pid)
    interval = max(LEAST_SECONDS_BETWEEN_SAMPLES, plan.minutes * 60 / SAMPLES)
    started = time.monotonic()
    samples: list[Sample] = []
    while time.monotonic() - started < plan.minutes * 60:
        due = started + (len(samples) + 1) * interval
        time.sleep(max(0.0, due - time.monotonic()))
        if error := load.error or reader.error:
            raise error
        if worker.exit_code() is not None:
            raise NeverBegan(f"the worker has ended: {worker.log()[-500:]}")
        took_ms = reader.take()
        with process.oneshot():
            last = Sample(
                seconds=round(time.monotonic() - started, 1),
                tweets=reader.seen,
                resident_megabytes=round(process.memory_info().rss / 1e6, 3),
                files=process.num_fds(),
                threads=process.num_threads(),
                p50_ms=_percentile(took_ms, 50),
                p99_ms=_percentile(took_ms, 99),
            )
        samples.append(last)
        if len(samples) % SAMPLES_A_LINE == 0:
            say(
                f"{last.tweets:,} came out of {load.sent:,}, {last.resident_megabytes:.0f} MB, "
                f"{last.files} files, {last.threads} threads, "
                f"p50 {last.p50_ms} ms, p99 {last.p99_ms} ms"
            )
    return samples


def _percentile(values: npt.NDArray[np.float64], percent: int) -> float | None:
    return round(float(np.percentile(values, percent)), 1) if len(values) else None


def _wait_until_ready(worker: Worker) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not worker.has_partitions:
        if worker.exit_code() is not None or time.monotonic() > deadline:
            raise NeverBegan(f"the worker does not get going: {worker.log()[-500:]}")
        time.sleep(LOOK_EVERY_SECONDS)


def _wait_for_the_rest(load: SteadyLoad, reader: Latencies) -> None:
    """Return when everything has come out, or when it had the time to."""
    deadline = time.monotonic() + ENDS_WITHIN_SECONDS
    while reader.seen < load.sent and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_SECONDS)
