"""Two models compared, as a page."""

from collections.abc import Iterator

from sentiment.counting import counted
from sentiment.measuring import plots, tables
from sentiment.measuring.bootstrap import RESAMPLES
from sentiment.measuring.comparison import Comparison
from sentiment.measuring.learnt import learnt
from sentiment.measuring.page import Drawing, Paragraph, Section, Table, render
from sentiment.measuring.slices import SAY_LITTLE, few_texts


def comparison_page(comparison: Comparison) -> str:
    """Return the page."""
    first, second = names(comparison)
    lead = (
        f"Measured with the same {counted(comparison.examples, 'text')}. Differences are those of "
        f"{second} less those of {first}; intervals hold 95% of {RESAMPLES:,} bootstrap "
        "resamples, each of the same texts for both, and a model wins where it is better in "
        "a resample."
    )
    return render(f"{first} and {second}", lead, _sections(comparison))


def names(comparison: Comparison) -> tuple[str, str]:
    """Return what the models are called, told apart where they are the same."""
    first, second = comparison.first.model, comparison.second.model
    return (first, second) if first != second else (f"{first} (first)", f"{second} (second)")


def verdict(comparison: Comparison) -> str:
    """Return whether one model is better, in a few sentences."""
    first, second = names(comparison)
    found = comparison.differences.macro_recall
    if found.low > 0:
        said = f"{second} is better by macro recall: its interval is above 0."
    elif found.high < 0:
        said = f"{first} is better by macro recall: its interval is below 0."
    else:
        said = "Neither is surely better by macro recall: the interval has 0 in it."
    test = comparison.mcnemar
    chance = "p < 0.0001" if test.p_value < 0.0001 else f"p = {test.p_value:.2g}"
    return (
        f"{said} {counted(test.only_first, 'text')} only {first} is right about, "
        f"{test.only_second:,} only {second}: accuracies as unequal come by chance with {chance} "
        "(McNemar's exact test)."
    )


def _sections(comparison: Comparison) -> Iterator[Section]:
    first, second = names(comparison)
    reports = [(first, comparison.first), (second, comparison.second)]
    yield Section(
        "In short",
        [
            *(Paragraph(said, loud=True) for _, each in reports for said in learnt(each)),
            *(Paragraph(said) for said in few_texts(comparison.first)),
            Paragraph(verdict(comparison)),
            tables.results([(name, "data", report) for name, report in reports]),
            tables.differences(comparison.differences),
        ],
    )
    yield Section(
        "Label by label",
        [
            tables.per_class_beside(reports),
            *(
                Drawing(plots.draw_confusion(report, f"confusion-{place}"), f"{name}.")
                for place, (name, report) in enumerate(reports, start=1)
            ),
        ],
    )
    if comparison.first.curves:
        curves: list[Drawing | Table] = []
        for place, (name, report) in enumerate(reports, start=1):
            drawn = plots.draw_curves(report.curves, f"curves-{place}")
            curves += [Drawing(drawn, f"{name}. The grey line is chance.")]
        curves.append(tables.areas_beside([(name, report.curves) for name, report in reports]))
        yield Section("Other thresholds", curves)
    changed = [tables.changes(comparison.changes)]
    if comparison.changed:
        changed.append(tables.changed_texts(comparison.changed))
    yield Section("Labels that changed", changed)
    yield Section(
        "Kinds of texts",
        [
            tables.slice_differences(comparison.slices),
            Paragraph(f"{SAY_LITTLE} Tokens and unknown words are those of {first}."),
        ],
    )
    calibrations = [(name, report.calibration) for name, report in reports]
    caption = "Below the grey line a model is too sure, above it not sure enough."
    yield Section(
        "How far the probabilities are to be trusted",
        [
            tables.calibration(calibrations),
            Drawing(plots.draw_reliability(calibrations), caption),
        ],
    )
    mistaken = [(name, report.mistakes) for name, report in reports if report.mistakes]
    if mistaken:
        yield Section(
            "The surest mistakes",
            [tables.mistakes(mistakes, f"{name}.") for name, mistakes in mistaken],
        )
