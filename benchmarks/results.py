"""The results file: every single run of every part, and what it was measured on."""

from pathlib import Path

import msgspec

from benchmarks.capacity import Assumptions
from benchmarks.engines import EngineRun
from benchmarks.errors import BadResults
from benchmarks.growth import GrowthRun
from benchmarks.latency import LatencyRun
from benchmarks.machine import Machine
from benchmarks.stages import StageResults
from benchmarks.start_and_memory import MemoryResults
from benchmarks.throughput import ThroughputRun

FILE = "results.json"


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What was scored, and by what.

    Attributes:
        texts: Name of the file of texts.
        text_count: Texts in it.
        mean_tokens: Tokens that the network reads of a text, on average.
        model: Name and hash of the bundle.
        network: Its sizes, in words.
    """

    texts: str
    text_count: int
    mean_tokens: float
    model: str
    network: str


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """The parts that have been measured, all on one machine with one subject.

    Attributes:
        machine: What it ran on.
        subject: What was scored.
        tweets: That the fastest contestants score in one run.
        runs: Of everything.
        measured: The day on which each part was.
        assumptions: What the capacity plan takes for granted.
        engines: Runs of the engines; as the other parts, None when not measured.
    """

    machine: Machine
    subject: Subject
    tweets: int
    runs: int
    measured: dict[str, str] = {}
    assumptions: Assumptions = Assumptions()
    engines: list[EngineRun] | None = None
    throughput: list[ThroughputRun] | None = None
    stages: StageResults | None = None
    latency: list[LatencyRun] | None = None
    growth: list[GrowthRun] | None = None
    memory: MemoryResults | None = None


def read(path: Path) -> Results:
    """Read a results file.

    Raises:
        BadResults: it is not there, or not one that this version wrote.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Results)
    except OSError as error:
        raise BadResults(f"there are no results in {path}: measure with make bench") from error
    except msgspec.MsgspecError as error:
        raise BadResults(f"{path} cannot be read ({error}): measure again") from error


def write(results: Results, path: Path) -> None:
    """Write a results file."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
