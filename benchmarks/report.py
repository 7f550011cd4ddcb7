"""Results as a page: what was measured on what, and all tables."""

from collections.abc import Callable, Mapping

from benchmarks import tables
from benchmarks.results import Results


def machine(results: Results) -> str:
    """Return what was measured, on what, and when."""
    on, subject = results.machine, results.subject
    libraries = ", ".join(f"{name} {version}" for name, version in on.libraries.items())
    days = ", ".join(sorted(set(results.measured.values()))) or "not yet"
    return "\n".join(
        [
            (
                f"- Machine: {on.hardware}; the broker, the workers and whoever reads and writes "
                "share it."
            ),
            f"- Software: {on.software}, {libraries}.",
            f"- Network: {subject.network} (`{subject.model}`).",
            (
                f"- Texts: {subject.text_count:,} of `{subject.texts}`, {subject.mean_tokens:.1f} "
                "tokens on average."
            ),
            (
                f"- Measured: {days}; {results.tweets:,} tweets for the fastest workers, fewer for "
                f"slow ones; {_runs(results.runs)}."
            ),
        ]
    )


def _runs(count: int) -> str:
    return "one run of each" if count == 1 else f"medians of {count} runs that took turns"


REGIONS: Mapping[str, Callable[[Results], str]] = {
    "machine": machine,
    "engines": tables.engines,
    "throughput": tables.throughput,
    "stages": tables.stages,
    "profile": tables.profile,
    "latency": tables.latency,
    "growth": tables.growth,
    "memory": tables.memory,
}


def report(results: Results) -> str:
    """Return all tables as one page."""
    parts = (f"## {name.capitalize()}\n\n{make(results)}\n" for name, make in REGIONS.items())
    return "# Benchmark\n\n" + "\n".join(parts)
