"""Reports as Markdown tables, padded so that they read well in a terminal too."""

from collections.abc import Iterable, Sequence

from sentiment.measuring.report import Report


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with its columns as wide as their longest cell."""
    lines = [list(header), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in lines
    )


def results_table(measured: Iterable[tuple[str, str, Report]]) -> str:
    """Return a line for each classifier, the part it was measured with, and its report."""
    return table(
        ("classifier", "part", "texts", "macro recall", "macro F1", "accuracy"),
        (
            (
                name,
                part,
                f"{report.examples:,}",
                share(report.macro_recall),
                share(report.macro_f1),
                share(report.accuracy),
            )
            for name, part, report in measured
        ),
    )


def per_class_table(report: Report) -> str:
    """Return a line for each label."""
    return table(
        ("label", "precision", "recall", "F1", "texts"),
        (
            (label, share(each.precision), share(each.recall), share(each.f1), f"{each.examples:,}")
            for label, each in report.per_class.items()
        ),
    )


def confusion_table(report: Report) -> str:
    """Return a line for each label, with how often each label was predicted for its texts."""
    return table(
        ("label", *(f"predicted {label}" for label in report.labels)),
        (
            (label, *(f"{count:,}" for count in counts))
            for label, counts in zip(report.labels, report.confusion, strict=True)
        ),
    )


def share(value: float | None) -> str:
    """Return a share with three digits, or a dash when it is one of nothing."""
    return "–" if value is None else f"{value:.3f}"
