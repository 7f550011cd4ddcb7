"""`python -m benchmarks.years`: how well trainings label tweets of years they know nothing of.

For each year, or years named together, teachers and networks learn from all others with the
commands that a user has, and are measured with its tweets. Every command runs in a folder of the
held-out years, in which `taught` is what the teachers said. What is there already, of the same
texts and options, is kept, so that an interrupted run goes on; where the code or libraries have
changed, remove it first.
"""

import argparse
import datetime
import hashlib
import json
import re
import shlex
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.errors import BadPlan, BenchmarkError, ContestantFailed
from configuration.command_line import OneLineParser
from sentiment import SentimentError
from sentiment.__main__ import parser as parser_of_commands
from sentiment.commands.wiring import complain
from sentiment.data.dataset import Example, fingerprint, read_labelled
from sentiment.data.row import Columns
from sentiment.measuring.markdown import table
from sentiment.storage.soft_label_file import read_teaching
from sentiment.training.checkpoint import place

DONE, FAILED, INTERRUPTED = 0, 1, 130
RESULTS = Path("bench-results/years")
TAUGHT = "taught"
_NAME = re.compile(r"\w[\w.+-]*")


class Plan(NamedTuple):
    """What to measure.

    Attributes:
        texts: File of labelled tweets whose ids, or times, tell when they were written.
        together: Years that are held out at once; the others are by themselves.
        teaching: Options of `teach`, without those of texts and place.
        trainings: Options of `train`, also without these, by the training's name. Held-out tweets
            validate, so only with `--keep last` are weights not chosen by what they are measured
            with.
        out: Folder for all that is made.
    """

    texts: Path
    together: Sequence[frozenset[int]]
    teaching: Sequence[str]
    trainings: Mapping[str, Sequence[str]]
    out: Path


class Reached(NamedTuple):
    """What a network, or the teachers, reached on the tweets of a year or of years together."""

    years: tuple[int, ...]
    name: str
    tweets: int
    macro_recall: float
    accuracy: float


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print a table; return the exit code."""
    parser = OneLineParser(prog="python -m benchmarks.years", description=__doc__)
    parser.add_argument("--texts", type=Path, required=True, metavar="FILE")
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="DIR")
    parser.add_argument(
        "--together", nargs="+", type=int, action="append", default=[], metavar="YEAR"
    )
    parser.add_argument(
        "--teaching",
        type=_options,
        required=True,
        metavar="OPTIONS",
        help="of teach, in one argument; paths are absolute",
    )
    parser.add_argument(
        "--training",
        type=_training,
        action="append",
        required=True,
        metavar="NAME=OPTIONS",
        help="of train; --soft-labels taught are those of these teachers; may be given again",
    )
    given = parser.parse_args(argv)
    trainings = dict(given.training)
    if len(trainings) < len(given.training):
        parser.error("two trainings have one name")
    # Their own complaints, and before hours have gone by.
    commands = parser_of_commands()
    for called in (["teach", *given.teaching], *(["train", *o] for o in trainings.values())):
        commands.parse_args([*called, "--data", "x", "--out", "x"])
    together = [frozenset(years) for years in given.together]
    plan = Plan(given.texts, together, given.teaching, trainings, given.out)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        reached = list(measure(plan))
    except (BenchmarkError, SentimentError) as error:
        return parser.complain(error, error.exit_code)
    except OSError as error:
        return parser.complain(error, FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    print(as_table(reached))
    return DONE


def measure(plan: Plan) -> Iterator[Reached]:
    """Yield what each training reached on each held-out year, and then its teachers on all of them.

    Raises:
        BadPlan: The tweets are of too few years, or one does not tell its year.
        ContestantFailed: A command ended with an error, which it told.
        DataError: The tweets cannot be read.
        OSError: A file cannot be written.
    """
    tweets = by_year(plan.texts)
    for held_out in held_out_together(list(tweets), plan.together):
        learnt = [each for year in tweets if year not in held_out for each in tweets[year]]
        mark = _mark(fingerprint(learnt), plan.teaching)
        folder = (plan.out / f"{'+'.join(map(str, held_out))}-{mark}").resolve()
        folder.mkdir(parents=True, exist_ok=True)
        files = {year: f"{year}.jsonl" for year in held_out}
        for year, file in files.items():
            _write(folder / file, tweets[year])
        _write(folder / "learnt.jsonl", learnt)
        texts = ["--data", "learnt.jsonl", "--validation", *files.values(), "--test-share", "0"]
        texts += ["--time-column", "time"]
        _make(folder, TAUGHT, "teach", *texts, *plan.teaching)
        for name, options in plan.trainings.items():
            model = f"{name}-{_mark(options)}"
            _make(folder, model, "train", *texts, *options, "--no-texts")
            for year, file in files.items():
                said = _run(folder, "evaluate", "--model", model, "--data", file, "--json")
                report = json.loads(said)
                tested, recall = report["examples"], report["macro_recall"]
                yield Reached((year,), name, tested, recall, report["accuracy"])
        together = read_teaching(folder / TAUGHT).teaching.together["validation"]
        yield Reached(
            held_out, "the teachers", together.examples, together.macro_recall, together.accuracy
        )


def by_year(texts: Path) -> dict[int, list[Example]]:
    """Return the tweets of a file by the year in which they were written, in its order.

    Raises:
        BadPlan: One does not tell its year.
        DataError: It cannot be read.
    """
    found: defaultdict[int, list[Example]] = defaultdict(list)
    for each in read_labelled([texts], Columns(label="label"), complain).examples:
        if each.time is None:
            raise BadPlan(f"{texts}: the id of {each.text[:40]!r} does not tell its year")
        found[datetime.datetime.fromtimestamp(each.time, datetime.UTC).year].append(each)
    return dict(sorted(found.items()))


def held_out_together(
    years: Sequence[int], together: Sequence[frozenset[int]]
) -> list[tuple[int, ...]]:
    """Return which years are held out at once, each in one of them.

    Raises:
        BadPlan: A year has no tweets, is named twice, or nothing would be left to learn from.
    """
    named = [year for some in together for year in some]
    if unknown := set(named) - set(years):
        raise BadPlan(f"--together {min(unknown)}: no tweet is of that year")
    if len(named) > len(set(named)):
        raise BadPlan("--together names a year twice")
    alone = [(year,) for year in years if year not in named]
    groups = sorted([*(tuple(sorted(some)) for some in together), *alone])
    if len(groups) < 2:
        held_out = ", ".join(map(str, years))
        raise BadPlan(f"nothing would be left to learn from: all tweets are of {held_out}")
    return groups


def as_table(reached: Iterable[Reached]) -> str:
    """Return a row for each that was measured."""
    rows = [
        (
            ", ".join(map(str, each.years)),
            each.name,
            f"{each.tweets:,}",
            f"{each.macro_recall:.3f}",
            f"{each.accuracy:.3f}",
        )
        for each in reached
    ]
    return table(("held out", "network", "tweets", "macro recall", "accuracy"), rows)


def _options(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} are no options: {error}") from error


def _training(text: str) -> tuple[str, list[str]]:
    name, equals, options = text.partition("=")
    if not equals or not _NAME.fullmatch(name):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not NAME=OPTIONS, with a name of letters, digits, '.', '+' and '-'"
        )
    return name, _options(options)


def _mark(*facts: object) -> str:
    """Return digits that tell whether what was made of the one thing is there, or of another."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:8]


def _write(path: Path, tweets: Iterable[Example]) -> None:
    rows = ({"text": each.text, "label": each.label, "time": each.time} for each in tweets)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "ascii")


def _make(folder: Path, name: str, command: str, *options: str) -> None:
    """Let a command make what has this name, unless it is there already."""
    if not (folder / name).exists():
        resumed = ["--resume"] if place(folder / name).exists() else []
        _run(folder, command, *options, "--out", name, *resumed)


def _run(folder: Path, command: str, *options: str) -> str:
    """Run a command of `sentiment` and return what it printed; what it complains of is seen.

    Raises:
        ContestantFailed: It ended with an error.
    """
    called = [sys.executable, "-m", "sentiment", command, *options]
    # A Ctrl-C reaches us alone, and the command once: it needs its time to end in order.
    with subprocess.Popen(
        called, cwd=folder, stdout=subprocess.PIPE, text=True, process_group=0
    ) as running:
        try:
            printed, _ = running.communicate()
        except KeyboardInterrupt:
            running.send_signal(signal.SIGINT)
            running.wait()
            raise
    if running.returncode:
        raise ContestantFailed(f"{command} in {folder} ended with {running.returncode}, see above")
    return printed


if __name__ == "__main__":
    sys.exit(main())
