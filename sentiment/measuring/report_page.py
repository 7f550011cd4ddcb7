"""A model's figures as a page: `report.html`."""

from collections.abc import Iterator, Sequence

from sentiment.counting import counted
from sentiment.measuring import plots, tables
from sentiment.measuring.baselines import verdicts
from sentiment.measuring.bootstrap import RESAMPLES
from sentiment.measuring.calibration import Calibration
from sentiment.measuring.evaluation import Evaluation
from sentiment.measuring.learnt import learnt
from sentiment.measuring.page import Drawing, Paragraph, Section, Table, render
from sentiment.measuring.slices import SAY_LITTLE, cautions

_PARTS = {
    "data": "the texts given",
    "test": "the test part, which was scored once, at the end",
    "validation": "the validation part, which decided how sure the model is and, unless it was the "
    "last, which epoch was kept, so that its figures are a little too good",
}


def report_page(evaluation: Evaluation, of_training: Sequence[Section] = ()) -> str:
    """Return the page; `of_training` is what a training tells of its texts."""
    lead = (
        f"Measured with {counted(evaluation.examples, 'text')}: {_PARTS.get(evaluation.part, '?')}."
        f" Intervals hold 95% of {RESAMPLES:,} bootstrap resamples."
    )
    return render(f"How good is {evaluation.model}?", lead, [*_sections(evaluation), *of_training])


def calibrations(evaluation: Evaluation) -> list[tuple[str, Calibration]]:
    """Return what was measured of the probabilities, before and after the temperature."""
    if evaluation.calibration_before is None or evaluation.temperature is None:
        return [("as they are", evaluation.calibration)]
    return [
        ("as learnt", evaluation.calibration_before),
        (f"served, at temperature {evaluation.temperature:.2f}", evaluation.calibration),
    ]


def _sections(evaluation: Evaluation) -> Iterator[Section]:
    yield Section("In short", _in_short(evaluation))
    yield Section(
        "Label by label",
        [
            tables.per_class(evaluation),
            Drawing(
                plots.draw_confusion(evaluation), "Texts by their label and the predicted one."
            ),
            tables.confusion(evaluation),
        ],
    )
    if evaluation.curves:
        drawn = plots.draw_curves(evaluation.curves)
        yield Section(
            "Other thresholds",
            [Drawing(drawn, "The grey line is chance."), tables.areas(evaluation.curves)],
        )
    yield Section("How far its probabilities are to be trusted", _calibration(evaluation))
    yield Section(
        "Kinds of texts",
        [
            tables.slices(evaluation.slices),
            Paragraph(
                f"{SAY_LITTLE} Tokens are those that the "
                "network reads; unknown words are those that its vocabulary lacks."
            ),
        ],
    )
    if evaluation.learning:
        drawn = plots.draw_learning(evaluation.learning)
        caption = (
            "A dot marks an epoch that was kept so far; the last of them is the model. The loss of "
            "the training texts has dropout, weights and the like in it, that of the validation "
            "texts has not."
        )
        yield Section("Learning", [Drawing(drawn, caption)])
    if evaluation.mistakes:
        yield Section(
            "The surest mistakes",
            [
                Paragraph(
                    "Many are labels that people disagree about; look for those that repeat."
                ),
                tables.mistakes(evaluation.mistakes),
            ],
        )


def _in_short(evaluation: Evaluation) -> list[Paragraph | Table | Drawing]:
    baselines = evaluation.baselines
    measured = tables.beside_baselines("this model", evaluation.part, evaluation, baselines)
    said = [Paragraph(verdict.text, verdict.loud) for verdict in verdicts(baselines)]
    said += [Paragraph(each, loud=True) for each in learnt(evaluation)]
    said += [Paragraph(each) for each in cautions(evaluation)]
    if not baselines:
        note = (
            "Simple classifiers beside it are in the report of its training, which has the texts."
        )
        return [*said, tables.results(measured), Paragraph(note)]
    note = (
        "The simple classifiers learnt from the same texts. A lead is that on the texts measured "
        f"with; the network wins in that share of {RESAMPLES:,} resamples of them."
    )
    return [*said, tables.results(measured), tables.lead(baselines), Paragraph(note)]


def _calibration(evaluation: Evaluation) -> list[Paragraph | Table | Drawing]:
    measured = calibrations(evaluation)
    caption = "Below the grey line the model is too sure, above it not sure enough."
    return [
        tables.calibration(measured),
        Drawing(plots.draw_reliability(measured), caption),
    ]
