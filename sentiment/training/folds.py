"""Several networks on several splits of the same texts: how much the figures owe to chance."""

from collections.abc import Callable, Sequence

from sentiment.data.split import Parts
from sentiment.measuring.folds import Folds
from sentiment.measuring.report import measure
from sentiment.serving.keras_engine import KerasEngine
from sentiment.text.preprocessor import Preprocessor
from sentiment.training.labelled import labelled


def cross_validate(
    splits: Sequence[Parts],
    learn_from: Callable[[Parts], tuple[KerasEngine, Preprocessor]],
    say: Callable[[str], None],
) -> Folds:
    """Let a network learn from each split, measure it with the test part, and forget it.

    Args:
        splits: Each with another test part.
        learn_from: Makes a network of the other two parts of one.
        say: Tells the user how each did.
    """
    reports = []
    for number, parts in enumerate(splits, start=1):
        engine, preprocessor = learn_from(parts)
        texts, classes, *_ = labelled(parts.test, parts.labels, preprocessor)
        report = measure(classes, engine.score(texts).argmax(axis=1), parts.labels)
        reports.append(report)
        say(
            f"fold {number} of {len(splits)}: macro recall {report.macro_recall:.3f}, "
            f"macro F1 {report.macro_f1:.3f}, accuracy {report.accuracy:.3f}"
        )
    return Folds.of(reports)
