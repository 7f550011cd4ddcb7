"""`evaluate`: measure a model with labelled texts."""

import argparse

from sentiment.commands.options import add_data, add_model, add_report
from sentiment.commands.wiring import learnt_from, load_scorer, read_examples, tell

PURPOSE = "measure a model with labelled texts"


def add(evaluate: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_model(evaluate)
    add_data(evaluate)
    add_report(evaluate)


def run(options: argparse.Namespace) -> None:
    """Measure, print the report, and write it where that is asked for."""
    from sentiment.measuring import evaluate  # noqa: PLC0415  (slow)
    from sentiment.measuring.page import check_folder  # noqa: PLC0415

    if options.out:
        check_folder(options.out)
    scorer = load_scorer(options, options.model)
    evaluation = evaluate.evaluate(
        scorer,
        read_examples(options),
        show_texts=options.show_texts,
        learnt_from=learnt_from(options, scorer),
    )
    tell(
        options,
        evaluate.as_markdown(evaluation),
        evaluation.to_json(),
        lambda: evaluate.as_files(evaluation),
    )
