"""The parts of a benchmark, one after the other, into one folder of results."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import engines, growth, latency, results, stages, start_and_memory, throughput
from benchmarks.contestants import CONTESTANTS
from benchmarks.errors import BadPlan
from benchmarks.growth_curves import CURVES
from benchmarks.machine import this_machine
from benchmarks.network_bundle import NETWORK, NOTHING, random_bundle, vocabulary_of
from benchmarks.report import report
from benchmarks.results import Results, Subject
from benchmarks.scenario import KafkaScenario, Say, Scenario
from benchmarks.texts import read_texts
from configuration.kafka_connection import KafkaConnection
from configuration.kept_folders import user_cache
from localkafka import LocalKafka
from sentiment.settings import NetworkSettings
from sentiment.storage.bundle import Bundle

PARTS = ("engines", "throughput", "stages", "latency", "growth", "memory")
NAMES = (
    {one.name for one in CONTESTANTS}
    | {engine.name for engine in engines.ENGINES}
    | {curve.name for curve in CURVES}
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    Attributes:
        parts: Some of `PARTS`.
        texts: File of the texts.
        model: The bundle that scores; one of random weights when None.
        tweets: How many the fastest contestants score in one run.
        runs: How often everything is measured.
        only: Names of contestants, engines or curves; all of them when empty.
        out: Folder for the results.
    """

    parts: Sequence[str]
    texts: Path
    model: Path | None
    tweets: int
    runs: int
    only: frozenset[str]
    out: Path


def run(plan: Plan, say: Say) -> Results:
    """Measure the parts; the results are stored after each of them.

    Raises:
        BenchmarkError, ProducerError, SentimentError, LocalKafkaError, KafkaError: in a line.
    """
    if not Path("/proc/self/smaps_rollup").exists():
        raise BadPlan("memory and processor time are read from /proc: measure on Linux")
    if unknown := plan.only - NAMES:
        raise BadPlan(f"--only {', '.join(sorted(unknown))} is none of {', '.join(sorted(NAMES))}")
    texts = read_texts(plan.texts)
    model = plan.model or _made_up(texts, NETWORK)
    scenario = Scenario(texts, plan.texts, model, plan.tweets, plan.runs, plan.only, say)
    found = _earlier(plan, _subject(scenario, made_up=plan.model is None))
    plan.out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as cleanup:
        kafka = None
        if plan.parts != ["engines"]:
            say("starting a local Kafka")
            broker = cleanup.enter_context(LocalKafka(report=say))
            connection = KafkaConnection(bootstrap_servers=broker.bootstrap_servers)
            kafka = KafkaScenario(scenario, connection, broker.pid or 0)
        for part in plan.parts:
            measured = _measure(part, scenario, kafka)
            days = {**found.measured, part: datetime.now(UTC).date().isoformat()}
            found = msgspec.structs.replace(found, **{part: measured, "measured": days})
            store(found, plan.out, say)
    return found


def store(found: Results, out: Path, say: Say) -> None:
    """Write the results, their tables and, where matplotlib is installed, their plots."""
    results.write(found, out / results.FILE)
    (out / "results.md").write_text(report(found))
    if find_spec("matplotlib") is None:
        say("no plots: matplotlib is not installed (make bench has it)")
        return
    from benchmarks.plots import draw  # noqa: PLC0415 - the one place that needs matplotlib

    draw(found, out)


def _measure(part: str, scenario: Scenario, kafka: KafkaScenario | None) -> Any:
    if kafka is None:
        return engines.measure(scenario)
    measures: dict[str, Callable[[], Any]] = {
        "engines": lambda: engines.measure(scenario),
        "throughput": lambda: throughput.measure(kafka),
        "stages": lambda: stages.measure(kafka, _made_up(scenario.texts, NOTHING)),
        "latency": lambda: latency.measure(kafka),
        "growth": lambda: growth.measure(kafka),
        "memory": lambda: start_and_memory.measure(kafka),
    }
    return measures[part]()


def _made_up(texts: Sequence[str], network: NetworkSettings) -> Path:
    vocabulary = vocabulary_of(texts, network.vocabulary_size)
    return random_bundle(vocabulary, network, user_cache() / "benchmarks")


def _subject(scenario: Scenario, *, made_up: bool) -> Subject:
    bundle = Bundle.load(scenario.model)
    size = bundle.manifest.network
    lengths = bundle.preprocessor(scenario.texts).lengths
    widths = ", ".join(map(str, size.widths))
    return Subject(
        texts=scenario.texts_file.name,
        text_count=len(scenario.texts),
        mean_tokens=float(lengths.mean()),
        model=f"{bundle.manifest.name}@{bundle.sha256[:8]}",
        network=f"{size.vocabulary_size:,} words × {size.embedding_size} dimensions, "
        f"{size.filters} filters each of widths {widths}"
        + (
            ", random weights; its vocabulary is that of the texts, filled up with made-up words"
            if made_up
            else ""
        ),
    )


def _earlier(plan: Plan, subject: Subject) -> Results:
    """Return the results that are in the folder already, or new ones without any part."""
    new = Results(machine=this_machine(), subject=subject, tweets=plan.tweets, runs=plan.runs)
    path = plan.out / results.FILE
    if not path.exists():
        return new
    old = results.read(path)
    if (old.machine, old.subject, old.tweets, old.runs) != (
        new.machine,
        new.subject,
        new.tweets,
        new.runs,
    ):
        raise BadPlan(
            f"{plan.out} holds results of another machine, software, texts, model or size: "
            "choose another --out, or remove it"
        )
    return old
