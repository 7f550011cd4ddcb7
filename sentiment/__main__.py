"""The commands `train`, `evaluate`, `score` and `sign`: wiring and exit codes."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec

from sentiment.dataset import read_labelled
from sentiment.errors import SentimentError
from sentiment.lines import Lines
from sentiment.options import PROGRAM, parser
from sentiment.row import Columns
from sentiment.settings import NetworkSettings, PreprocessorSettings, TrainingSettings
from sentiment.split import Shares

if TYPE_CHECKING:
    from sentiment.scorer import Scorer

_Settings = TypeVar("_Settings", bound=msgspec.Struct)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns 0 when done, 1 when it failed, 2 for bad usage, 130 for Ctrl-C."""
    options = parser().parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):  # A terminal need not know every character.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        _RUN[options.command](options)
        sys.stdout.flush()
    except SentimentError as error:
        _complain(f"{PROGRAM} {options.command}: {error}")
        return error.exit_code
    except ModuleNotFoundError as error:
        _complain(f"{PROGRAM}: {error.name} is missing: pip install 'tweet-sentiment[train]'")
        return 1
    except BrokenPipeError:
        # Whoever read the output has seen enough; else Python would complain when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        _complain(f"{PROGRAM} {options.command}: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _complain(line: str) -> None:
    print(line, file=sys.stderr)


def _train(options: argparse.Namespace) -> None:
    from sentiment.model_card import results  # noqa: PLC0415  (slow)
    from sentiment.progress import TrainingProgress  # noqa: PLC0415  (slow)
    from sentiment.train import Plan, train  # noqa: PLC0415  (slow)

    options.widths = tuple(sorted(set(options.widths)))
    options.pooling = tuple(sorted(set(options.pooling)))
    options.hidden = tuple(options.hidden)
    training = _settings(TrainingSettings, options)
    if options.epochs:  # Then it is that many, however few the texts.
        training = msgspec.structs.replace(training, least_steps=0)
    plan = Plan(
        data=options.data,
        validation=options.validation,
        test=options.test,
        columns=Columns(options.text_column, options.label_column),
        shares=Shares(options.validation_share, options.test_share),
        out=options.out,
        replace=options.replace,
        name=options.name or options.out.absolute().name,
        preprocessor=PreprocessorSettings(options.max_tokens, 64 * options.max_tokens),
        network=_settings(NetworkSettings, options),
        training=training,
    )
    with TrainingProgress() as progress:
        try:
            manifest = train(plan, progress)
        except KeyboardInterrupt:
            progress.say("interrupted: nothing was written")
            raise
    print(f"{results(manifest)}\n\nThe model is in {options.out}.")


def _evaluate(options: argparse.Namespace) -> None:
    from sentiment import evaluate  # noqa: PLC0415  (slow)

    columns = Columns(options.text_column, options.label_column)
    data = read_labelled(options.data, columns, _complain)
    scorer = _scorer(options)
    report = evaluate.evaluate(scorer, data.examples)
    if options.out:
        evaluate.write(report, scorer.model_id, options.out)
    if options.json:
        sys.stdout.buffer.write(evaluate.as_json(report, scorer.model_id) + b"\n")
    else:
        print(evaluate.as_markdown(report, scorer.model_id), end="")


def _score(options: argparse.Namespace) -> None:
    from sentiment.score import score_rows  # noqa: PLC0415  (slow)

    columns = Columns(options.text_column)
    lines = Lines(options.file)
    score_rows(_scorer(options), lines, columns, options.format, sys.stdout.buffer, _complain)


def _scorer(options: argparse.Namespace) -> "Scorer":
    from sentiment.scorer import Scorer  # noqa: PLC0415  (slow)

    scorer = Scorer.load(
        options.model, options.engine, say=_complain, public_key=options.model_public_key
    )
    scorer.check_reference()
    return scorer


def _sign(options: argparse.Namespace) -> None:
    from sentiment.sign import sign  # noqa: PLC0415  (slow)

    print(f"{sign(options.model, options.key)} is the signature of {options.model}.")


def _settings(kind: type[_Settings], options: argparse.Namespace) -> _Settings:
    """Return settings with the values of the options that are called like their fields."""
    given = {name: getattr(options, name, None) for name in kind.__struct_fields__}
    return kind(**{name: value for name, value in given.items() if value is not None})


_RUN = {"train": _train, "evaluate": _evaluate, "score": _score, "sign": _sign}

if __name__ == "__main__":
    sys.exit(main())
