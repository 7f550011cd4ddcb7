"""A model measured with labelled texts."""

from collections.abc import Sequence

import numpy as np

from sentiment.data.dataset import Example
from sentiment.errors import DataError
from sentiment.measuring import tables
from sentiment.measuring.evaluation import Evaluation, Scored, evaluate_scored
from sentiment.measuring.learnt import learnt
from sentiment.measuring.markdown import markdown
from sentiment.measuring.page import Section
from sentiment.measuring.report_page import calibrations, report_page
from sentiment.measuring.slices import cautions
from sentiment.scorer import Scorer


def evaluate(
    scorer: Scorer,
    examples: Sequence[Example],
    *,
    show_texts: bool = True,
    learnt_from: Sequence[str] = (),
) -> Evaluation:
    """Score labelled texts and compare.

    Args:
        scorer: The model.
        examples: The texts.
        show_texts: Whether texts are in what is returned.
        learnt_from: Names of files that the model learnt from, of those that the texts are from.

    Raises:
        DataError: A label is not one of the model's.
    """
    return evaluate_scored(
        score_examples(scorer, examples),
        scorer.labels,
        scorer.model_id,
        temperature=scorer.temperature,
        show_texts=show_texts,
        learnt_from=learnt_from,
    )


def score_examples(scorer: Scorer, examples: Sequence[Example]) -> Scored:
    """Return what the model says about labelled texts.

    Raises:
        DataError: A label is not one of the model's.
    """
    if unknown := {example.label for example in examples} - set(scorer.labels):
        raise DataError(
            f"the data has the label {min(unknown)!r}, which the model {scorer.name} does not "
            f"know (it knows {', '.join(scorer.labels)}): use other data, or train on these"
        )
    texts = [example.text for example in examples]
    encoded = scorer.prepare(texts)
    places = {label: place for place, label in enumerate(scorer.labels)}
    expected = np.array([places[example.label] for example in examples], np.int64)
    return Scored(texts, encoded, expected, scorer.score(encoded))


def as_markdown(evaluation: Evaluation) -> str:
    """Return the figures in short, as tables that a terminal shows as well."""
    sections = (
        f"# {evaluation.model}",
        *(f"**{said}**" for said in learnt(evaluation)),
        *cautions(evaluation),
        markdown(tables.results([(evaluation.model, evaluation.part, evaluation)])),
        markdown(tables.per_class(evaluation)),
        markdown(tables.confusion_in_short(evaluation)),
        markdown(tables.calibration(calibrations(evaluation))),
    )
    return "\n\n".join(sections) + "\n"


def as_files(evaluation: Evaluation, of_training: Sequence[Section] = ()) -> dict[str, bytes]:
    """Return the report as the files that it is written to.

    Args:
        evaluation: The figures.
        of_training: What a training tells of its texts, for the page.
    """
    return {
        "report.json": evaluation.to_json(),
        "report.html": report_page(evaluation, of_training).encode(),
    }
