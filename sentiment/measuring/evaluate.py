"""A model measured with labelled texts."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from sentiment.data.dataset import Example
from sentiment.errors import DataError
from sentiment.measuring.markdown import confusion_table, per_class_table, results_table
from sentiment.measuring.report import Report, measure
from sentiment.scorer import Scorer


def evaluate(scorer: Scorer, examples: Sequence[Example]) -> Report:
    """Score labelled texts and compare.

    Raises:
        DataError: A label is not one of the model's.
    """
    if unknown := {example.label for example in examples} - set(scorer.labels):
        raise DataError(
            f"the data has the label {min(unknown)!r}, which the model {scorer.name} does not "
            f"know (it knows {', '.join(scorer.labels)}): use other data, or train on these"
        )
    expected = np.array([scorer.labels.index(example.label) for example in examples], np.int64)
    predicted = scorer.score(scorer.prepare([example.text for example in examples])).argmax(axis=1)
    return measure(expected, predicted, scorer.labels)


def as_json(report: Report, model_id: str) -> bytes:
    """Return the report as one JSON object, with the model that it is about."""
    return msgspec.json.format(
        msgspec.json.encode({"model": model_id} | msgspec.to_builtins(report))
    )


def as_markdown(report: Report, model_id: str) -> str:
    """Return the report as tables that a terminal shows as well."""
    sections = (
        f"# {model_id}",
        results_table([(model_id, "all", report)]),
        per_class_table(report),
        confusion_table(report),
    )
    return "\n\n".join(sections) + "\n"


def write(report: Report, model_id: str, folder: Path) -> None:
    """Write `report.json` and `report.md` into a folder, which is made if need be.

    Raises:
        DataError: They cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_bytes(as_json(report, model_id))
        (folder / "report.md").write_text(as_markdown(report, model_id), encoding="utf-8")
    except OSError as error:
        raise DataError(f"no report can be written to {folder}: {error.strerror}") from error
