"""The workers that are compared: this project's, and each peer's in `baselines/`."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

EXACTLY_ONCE, AT_LEAST_ONCE = "exactly once", "at least once"

# A count window of Quix Streams gives nothing before it is full.
WINDOW = 512


@dataclass(frozen=True, slots=True)
class Contestant:
    """A worker as a program of its own.

    Attributes:
        name: What `--only` calls it.
        title: What it is, for a table.
        guarantee: What it promises.
        module: What `python -m` runs.
        processes: How many of it share the partitions.
        environment: Beside what every contestant is told.
        ready: How it shows that it is: by `/readyz`, by its membership of the consumer group, or
            by nothing but its first scores.
        share: Of the tweets that the fastest contestants get, so that slow ones take no longer.
        window: Tweets without which a partition gives none of their scores.
        needs: The library without which it does not run.
        prepare: What `python -m` runs before it, `{folder}` being its own; nothing when empty.
    """

    name: str
    title: str
    guarantee: str
    module: str
    processes: int = 1
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Literal["http", "group", "scores"] = "group"
    share: float = 0.5
    window: int = 1
    needs: str = "kafka"
    prepare: tuple[str, ...] = ()

    @property
    def installed(self) -> bool:
        """Whether its library is there."""
        return importlib.util.find_spec(self.needs) is not None

    def whole_windows(self, tweets: int, partitions: int) -> int:
        """Return `tweets`, rounded up to as many whole windows in every partition."""
        together = self.window * partitions
        return -(-tweets // together) * together


def _ours(name: str, guarantee: str, processes: int) -> Contestant:
    setting = guarantee.replace(" ", "-")
    return Contestant(
        name,
        "this worker",
        guarantee,
        "worker",
        processes,
        {"SENTIMENT_GUARANTEE": setting},
        ready="http",
        share=1.0,
    )


def _bytewax(name: str, processes: int) -> Contestant:
    return Contestant(
        name,
        "Bytewax, `flat_map_batch` of 4,096",
        AT_LEAST_ONCE,
        "benchmarks.baselines.bytewax_flow",
        processes,
        ready="scores",
        needs="bytewax",
        prepare=("bytewax.recovery", "{folder}", str(processes)),
    )


_STRAIGHTFORWARD = "straightforward kafka-python worker"

WORKER = _ours("worker", EXACTLY_ONCE, 1)
PROFILED_WORKER = replace(
    WORKER,
    name="worker-profiled",
    module="benchmarks.profiled_worker",
    title="this worker, profiled",
)
STRAIGHTFORWARD = Contestant(
    "straightforward", _STRAIGHTFORWARD, EXACTLY_ONCE, "benchmarks.baselines.straightforward"
)
QUIX = Contestant(
    "quix",
    f"Quix Streams, count window of {WINDOW}",
    EXACTLY_ONCE,
    "benchmarks.baselines.quix_window",
    share=0.3,
    window=WINDOW,
    needs="quixstreams",
)
BYTEWAX = _bytewax("bytewax", 1)

CONTESTANTS = (
    WORKER,
    _ours("worker-x2", EXACTLY_ONCE, 2),
    _ours("worker-at-least-once", AT_LEAST_ONCE, 1),
    _ours("worker-at-least-once-x2", AT_LEAST_ONCE, 2),
    STRAIGHTFORWARD,
    Contestant(
        "straightforward-x2",
        _STRAIGHTFORWARD,
        EXACTLY_ONCE,
        "benchmarks.baselines.straightforward",
        processes=2,
    ),
    QUIX,
    Contestant(
        "quix-sink",
        "Quix Streams, batching sink of 4,096",
        AT_LEAST_ONCE,
        "benchmarks.baselines.quix_sink",
        needs="quixstreams",
    ),
    BYTEWAX,
    _bytewax("bytewax-x2", 2),
)
