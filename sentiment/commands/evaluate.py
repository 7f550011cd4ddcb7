"""`evaluate`: measure a model with labelled texts."""

import argparse
import sys
from pathlib import Path

from sentiment.commands.options import add_data, add_model, columns
from sentiment.commands.wiring import complain, load_scorer
from sentiment.data.class_names import check_renames
from sentiment.data.dataset import read_labelled

PURPOSE = "measure a model with labelled texts"


def add(evaluate: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_model(evaluate)
    add_data(evaluate)
    evaluate.add_argument(
        "--out", type=Path, metavar="DIR", help="write report.json and report.md there"
    )
    evaluate.add_argument("--json", action="store_true", help="print the report as one JSON object")


def run(options: argparse.Namespace) -> None:
    """Measure, print the report, and write it where that is asked for."""
    from sentiment.measuring import evaluate  # noqa: PLC0415  (slow)

    where = columns(options)
    data = read_labelled(options.data, where, complain, encoding=options.encoding)
    check_renames(where.renames, data.original_labels)
    scorer = load_scorer(options)
    report = evaluate.evaluate(scorer, data.examples)
    if options.out:
        evaluate.write(report, scorer.model_id, options.out)
    if options.json:
        sys.stdout.buffer.write(evaluate.as_json(report, scorer.model_id) + b"\n")
    else:
        print(evaluate.as_markdown(report, scorer.model_id), end="")
