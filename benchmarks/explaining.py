"""`python -m benchmarks.explaining FILE`: what evidence costs, beside scoring without it.

The first half of the texts goes through before the clock runs, so that what is remembered of words
is what a worker has after a while; the other half is measured, in batches, on one thread.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from benchmarks.errors import BadPlan, BenchmarkError
from benchmarks.machine import this_machine
from benchmarks.texts import SAMPLE, read_texts
from configuration.command_line import OneLineParser, whole_number
from producer.errors import ProducerError
from sentiment import Scorer, SentimentError
from sentiment.serving.cache import Cache
from sentiment.serving.folded_engine import FoldedEngine
from sentiment.storage.bundle import Bundle
from sentiment.text.alignment import Aligner
from worker.messages import RawRecord
from worker.scoring import BatchScorer
from worker.settings import EVIDENCE, WorkerSettings
from worker.wire import decode_json

BATCH = 1_024
# Each way that explains, and the one that does the same without.
WITHOUT = {
    "network with weights": "network",
    "texts to evidence": "texts to probabilities",
    "worker with evidence": "worker",
}

Texts = Sequence[str]
Way = Callable[[Texts], object]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print a table; return the exit code."""
    parser = OneLineParser(prog="python -m benchmarks.explaining", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=SAMPLE, help="the texts")
    parser.add_argument("--model", type=Path, default=WorkerSettings().model)
    parser.add_argument("--runs", type=whole_number(1), default=5)
    arguments = parser.parse_args(argv)
    try:
        texts = read_texts(arguments.file)
        if len(texts) < 2:
            raise BadPlan(f"{arguments.file} holds {len(texts)} texts: two halves are needed")
        print(this_machine().hardware)
        for line in table(texts, arguments.model, arguments.runs):
            print(line)
    except (BenchmarkError, ProducerError, SentimentError) as error:
        return parser.complain(error, error.exit_code)
    return 0


def table(texts: Texts, model: Path, runs: int) -> list[str]:
    """Return a table of the median time that each way takes for a text."""
    took: dict[str, list[float]] = {}
    for _ in range(runs):
        for name, seconds in measured(texts, model).items():
            took.setdefault(name, []).append(1e6 * seconds)
    medians = {name: statistics.median(each) for name, each in took.items()}
    rows = [
        "| one thread | µs a text | texts/s | beside that without |",
        "| --- | --- | --- | --- |",
    ]
    for name, each in medians.items():
        ratio = f"{each / medians[WITHOUT[name]]:.1f} ×" if name in WITHOUT else ""
        rows.append(f"| {name} | {each:.1f} | {1e6 / each:,.0f} | {ratio} |")
    return rows


def measured(texts: Texts, model: Path) -> dict[str, float]:
    """Return the seconds of the processor that each way takes for a text, once.

    Raises:
        SentimentError: the model cannot be loaded, or not be explained.
    """
    first, second = texts[: len(texts) // 2], texts[len(texts) // 2 :]
    seconds = {}
    for name, way in ways(model).items():
        for batch in batches(first):
            way(batch)
        started = time.thread_time()
        for batch in batches(second):
            way(batch)
        seconds[name] = (time.thread_time() - started) / len(second)
    for name in ("network", "network with weights"):
        seconds[name] -= seconds["prepare"]
    return seconds


def ways(model: Path) -> dict[str, Way]:
    """Return all ways, none of which remembers a text yet."""
    bundle = Bundle.load(model)
    engine = FoldedEngine.load(bundle, Cache(None))

    def new() -> Scorer:
        scorer = Scorer.load(model, "folded")
        scorer.check_explains()
        return scorer

    def with_network(compute: Callable[..., object]) -> Way:
        prepare = new().prepare
        return lambda texts: compute(prepare(texts))

    def to_probabilities() -> Way:
        scorer = new()
        return lambda texts: scorer.score(scorer.prepare(texts)).tolist()

    def to_evidence() -> Way:
        scorer = new()
        return lambda texts: scorer.explain(texts, scorer.prepare(texts), EVIDENCE).evidence(
            texts, scorer.labels
        )

    def worker(evidence: int) -> Way:
        limit = WorkerSettings().record_limit_bytes
        batches = BatchScorer(new(), decode_json, limit, evidence)
        return lambda texts: batches.score(batches.prepare(records(texts)))

    return {
        "prepare": new().prepare,
        "align": Aligner(bundle.preprocessor.settings),
        "network": with_network(engine.score),
        "network with weights": with_network(engine.explain),
        "texts to probabilities": to_probabilities(),
        "texts to evidence": to_evidence(),
        "worker": worker(0),
        "worker with evidence": worker(EVIDENCE),
    }


def batches(texts: Texts) -> list[Texts]:
    """Return the texts in batches."""
    return [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]


def records(texts: Texts) -> list[RawRecord]:
    """Return input records of texts."""
    return [
        RawRecord("tweets", 0, number, 0, b"k", msgspec.json.encode({"text": text}), ())
        for number, text in enumerate(texts)
    ]


if __name__ == "__main__":
    sys.exit(main())
