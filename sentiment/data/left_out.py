"""Rows that cannot be used, told to the user without drowning them."""

from collections.abc import Callable

from sentiment.counting import counted
from sentiment.data.row import Malformed

# Rows that are named one by one; the rest are counted.
_NAMED = 5


class LeftOut:
    """Tells of the first rows of a file that are left out, and at the end how many more there were.

    Attributes:
        count: Lines left out so far, each a row unless a row went over several.
        first: The first of them.
    """

    def __init__(self, source: str, warn: Callable[[str], None]) -> None:
        self.count = 0
        self.first: Malformed | None = None
        self._rows = 0
        self._not_named = 0
        self._source = source
        self._warn = warn

    def add(self, row: Malformed) -> None:
        """Count a row, and name it if it is one of the first."""
        self.count += row.lines
        self._rows += 1
        self.first = self.first or row
        if self._rows <= _NAMED:
            over = f", over {row.lines:,} lines" if row.lines > 1 else ""
            self._warn(f"{self._source}:{row.line}: {row.reason}{over}; left out")
        else:
            self._not_named += row.lines

    def why_all(self) -> str:
        """Return why a file has no row that can be used: what is wrong with the first, if any."""
        return f"line {self.first.line} {self.first.reason}" if self.first else "it is empty"

    def end(self) -> None:
        """Tell how many rows were left out without being named."""
        if self._not_named:
            self._warn(f"{self._source}: {counted(self._not_named, 'more row')} left out")
