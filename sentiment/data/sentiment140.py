"""The layout of Sentiment140: CSV without a header, known by what is in its first row.

Go, Bhayani and Huang, "Twitter Sentiment Classification using Distant Supervision", 2009.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sentiment.data.row import Columns, Places
from sentiment.data.times import seconds

NAMES = ("label", "id", "date", "query", "user", "text")
_LABELS = {"0": "negative", "2": "neutral", "4": "positive"}


def is_sentiment140(cells: Sequence[str]) -> bool:
    """Return whether a row is one of this layout: a label, an id and a date where they belong."""
    return (
        len(cells) == len(NAMES)
        and cells[0].strip() in _LABELS
        and cells[1].strip().isdecimal()
        and seconds(cells[2]) is not None
    )


def places_in_sentiment140(columns: Columns, source: str) -> Places:
    """Return where its values are, as if its columns were called `NAMES`.

    Raises:
        DataError: A column is wanted that it has not.
    """
    if columns.time is None:
        columns = replace(columns, time="date")
    if columns.group is None:
        columns = replace(columns, group="user")
    return columns.in_header(NAMES, source)


def names_in_sentiment140(columns: Columns) -> Mapping[str, str]:
    """Return what its labels are called, but for those that are renamed by their numbers."""
    return {number: name for number, name in _LABELS.items() if number not in columns.renames}
