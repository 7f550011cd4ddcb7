"""Two models compared with the same labelled texts."""

from collections.abc import Sequence

import numpy as np

from sentiment.data.dataset import Example
from sentiment.errors import DataError
from sentiment.measuring import tables
from sentiment.measuring.comparison import Comparison, compare_scored
from sentiment.measuring.comparison_page import comparison_page, names, verdict
from sentiment.measuring.evaluate import score_examples
from sentiment.measuring.evaluation import evaluate_scored
from sentiment.measuring.learnt import learnt
from sentiment.measuring.markdown import markdown
from sentiment.measuring.slices import few_texts
from sentiment.scorer import Scorer


def compare(
    first: Scorer,
    second: Scorer,
    examples: Sequence[Example],
    *,
    show_texts: bool = True,
    learnt_from: tuple[Sequence[str], Sequence[str]] = ((), ()),
) -> Comparison:
    """Score labelled texts with both models and compare.

    Args:
        first: A model.
        second: Another one.
        examples: The texts.
        show_texts: Whether texts are in what is returned.
        learnt_from: For each model, names of files that it learnt from, of those of the texts.

    Raises:
        DataError: The models have not the same labels, or a text has another one.
    """
    if set(first.labels) != set(second.labels):
        raise DataError(
            f"{first.model_id} knows the labels {', '.join(first.labels)}, {second.model_id} "
            f"{', '.join(second.labels)}: compare models of the same labels"
        )
    before, after = score_examples(first, examples), score_examples(second, examples)
    columns = np.array([second.labels.index(label) for label in first.labels])
    after = after._replace(expected=before.expected, probabilities=after.probabilities[:, columns])
    before_report, after_report = (
        evaluate_scored(
            scored,
            first.labels,
            scorer.model_id,
            temperature=scorer.temperature,
            show_texts=show_texts,
            learnt_from=names_of_files,
        )
        for scorer, scored, names_of_files in zip(
            (first, second), (before, after), learnt_from, strict=True
        )
    )
    return compare_scored((before, after), (before_report, after_report), show_texts=show_texts)


def as_markdown(comparison: Comparison) -> str:
    """Return the comparison in short, as tables that a terminal shows as well."""
    first, second = names(comparison)
    reports = [(first, "data", comparison.first), (second, "data", comparison.second)]
    sections = (
        f"# {first} and {second}",
        *(f"**{said}**" for _, _, report in reports for said in learnt(report)),
        *few_texts(comparison.first),
        markdown(tables.results(reports)),
        markdown(tables.differences(comparison.differences)),
        verdict(comparison),
        markdown(tables.changes(comparison.changes)),
        markdown(tables.calibration((name, report.calibration) for name, _, report in reports)),
    )
    return "\n\n".join(sections) + "\n"


def as_files(comparison: Comparison) -> dict[str, bytes]:
    """Return the comparison as the files that it is written to."""
    return {
        "report.json": comparison.to_json(),
        "report.html": comparison_page(comparison).encode(),
    }
