"""The capacity plan of docs/performance.md, from the results and what is assumed beside them."""

from benchmarks.capacity import MEGABYTE, Assumptions, Measured, plans
from benchmarks.contestants import WORKER
from benchmarks.percentiles import median
from benchmarks.results import Results
from sentiment.measuring.markdown import table


def measured(results: Results) -> Measured | None:
    """Return what a plan needs; None while a part that it needs has not been measured."""
    runs = [run for run in results.throughput or [] if run.contestant == WORKER.name]
    if not runs or results.memory is None:
        return None
    life = results.memory.life.after
    return Measured(
        rate=median([run.rate for run in runs]),
        worker_cpu_seconds=median([run.worker_cpu_seconds / run.tweets for run in runs]),
        broker_cpu_seconds=median([run.broker_cpu_seconds / run.tweets for run in runs]),
        private_bytes=life.private,
        shared_bytes=life.resident - life.private,
    )


def capacity(results: Results) -> str:
    """Return the assumptions, the figures that the plan is made from, and the plan."""
    figures, assumed = measured(results), results.assumptions
    if figures is None:
        return "Needs the parts throughput and memory."
    rows = (
        (
            f"{plan.times}×",
            f"{plan.average_rate:,.0f}",
            f"{plan.peak_rate:,.0f}",
            f"{plan.workers:,}",
            f"{plan.partitions:,}",
            f"{plan.worker_cores:,}",
            f"{plan.broker_cores:,}",
            f"{plan.machines:,}",
            f"{plan.worker_bytes / 1e9:,.1f}",
            f"{plan.dollars_a_month:,.0f}",
        )
        for plan in plans(figures, assumed)
    )
    header = (
        "Twitter",
        "tweets/s",
        "at peak",
        "workers",
        "partitions",
        "worker cores",
        "broker cores",
        "worker machines",
        "workers' GB",
        "$ a month",
    )
    return f"{_basis(figures, assumed)}\n\n{table(header, rows)}"


def _basis(figures: Measured, assumed: Assumptions) -> str:
    measured_figures = (
        f"Measured: {figures.rate:,.0f} tweets/s a worker, "
        f"{1e6 * figures.worker_cpu_seconds:.0f} µs of processor time a tweet and "
        f"{1e6 * figures.broker_cpu_seconds:.0f} µs of the broker's; "
        f"{figures.private_bytes / MEGABYTE:,.0f} MB for each worker and "
        f"{figures.shared_bytes / MEGABYTE:,.0f} MB once a machine."
    )
    assumptions = (
        f"Assumed: {assumed.average_rate:,.0f} tweets/s on average, "
        f"{assumed.peak_factor:g} times that to be carried, workers used to "
        f"{assumed.utilisation:.0%}, {assumed.replication} copies kept by the brokers, machines of "
        f"{assumed.cores_a_machine} cores, ${assumed.dollars_a_core_hour:g} an hour for a core "
        "with its memory. Disks and network are not in it."
    )
    return f"{measured_figures}\n\n{assumptions}"
