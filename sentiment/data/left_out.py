"""Rows that cannot be used, told to the user without drowning them."""

from collections.abc import Callable

from sentiment.data.row import Malformed

# Rows that are named one by one; the rest are counted.
_NAMED = 5


class LeftOut:
    """Tells of the first rows of a file that are left out, and at the end how many more there were.

    Attributes:
        count: Rows left out so far.
        first: The first of them.
    """

    def __init__(self, source: str, warn: Callable[[str], None]) -> None:
        self.count = 0
        self.first: Malformed | None = None
        self._source = source
        self._warn = warn

    def add(self, row: Malformed) -> None:
        """Count a row, and name it if it is one of the first."""
        self.count += 1
        self.first = self.first or row
        if self.count <= _NAMED:
            self._warn(f"{self._source}:{row.line}: {row.reason}; left out")

    def end(self) -> None:
        """Tell how many rows were left out without being named."""
        if self.count > _NAMED:
            self._warn(f"{self._source}: {self.count - _NAMED:,} more rows left out")
