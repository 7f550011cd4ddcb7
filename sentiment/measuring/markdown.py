"""Tables in Markdown, padded so that they read well in a terminal too."""

from collections.abc import Iterable, Sequence

from sentiment.measuring.page import Table
from sentiment.printable import printable


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with its columns as wide as their longest cell."""
    lines = [list(header), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in lines
    )


def markdown(shown: Table) -> str:
    """Return a page's table in Markdown, without its caption."""
    rows = [list(map(_one_cell, row)) for row in shown.rows]
    return table(list(map(_one_cell, shown.header)), rows)


def _one_cell(text: str) -> str:
    """Return a label, which may be anything, as what does not end its cell or its row."""
    return printable(" ".join(text.split())).replace("|", "\\|")
