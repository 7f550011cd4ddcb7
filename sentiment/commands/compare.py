"""`compare`: measure two models with the same labelled texts."""

import argparse
from pathlib import Path

from sentiment.commands.options import add_data, add_loading, add_report
from sentiment.commands.wiring import learnt_from, load_scorer, read_examples, tell

PURPOSE = "measure two models with the same labelled texts"


def add(compare: argparse.ArgumentParser) -> None:
    """Add the options."""
    compare.add_argument("first", type=Path, metavar="A", help="a model")
    compare.add_argument("second", type=Path, metavar="B", help="another one, of the same labels")
    add_loading(compare)
    add_data(compare)
    add_report(compare)


def run(options: argparse.Namespace) -> None:
    """Measure both, print how they differ, and write it where that is asked for."""
    from sentiment.measuring import compare  # noqa: PLC0415  (slow)
    from sentiment.measuring.page import check_folder  # noqa: PLC0415

    if options.out:
        check_folder(options.out)
    first, second = (load_scorer(options, path) for path in (options.first, options.second))
    comparison = compare.compare(
        first,
        second,
        read_examples(options),
        show_texts=options.show_texts,
        learnt_from=(learnt_from(options, first), learnt_from(options, second)),
    )
    tell(
        options,
        compare.as_markdown(comparison),
        comparison.to_json(),
        lambda: compare.as_files(comparison),
    )
