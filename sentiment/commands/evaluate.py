"""`evaluate`: measure a model with labelled texts."""

import argparse
import sys
from pathlib import Path

from sentiment.commands.options import add_data, add_model, add_show_texts
from sentiment.commands.wiring import load_scorer, read_examples

PURPOSE = "measure a model with labelled texts"


def add(evaluate: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_model(evaluate)
    add_data(evaluate)
    evaluate.add_argument(
        "--out", type=Path, metavar="DIR", help="write report.html and report.json there"
    )
    evaluate.add_argument("--json", action="store_true", help="print the report as one JSON object")
    add_show_texts(evaluate)


def run(options: argparse.Namespace) -> None:
    """Measure, print the report, and write it where that is asked for."""
    from sentiment.measuring import evaluate  # noqa: PLC0415  (slow)
    from sentiment.measuring.page import check_folder, write_files  # noqa: PLC0415  (slow)

    if options.out:
        check_folder(options.out)
    examples = read_examples(options)
    scorer = load_scorer(options)
    evaluation = evaluate.evaluate(scorer, examples, show_texts=options.show_texts)
    if options.out:
        write_files(options.out, evaluate.as_files(evaluation))
    if options.json:
        sys.stdout.buffer.write(evaluation.to_json() + b"\n")
    else:
        print(evaluate.as_markdown(evaluation), end="")
        if options.out:
            print(f"\nThe whole report is in {options.out / 'report.html'}.")
