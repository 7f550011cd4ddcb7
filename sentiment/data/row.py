"""One row of a file of texts, and where its values stand."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sentiment.errors import DataError, SettingsError


class Row(NamedTuple):
    """A row that could be read.

    Attributes:
        line: Where it begins, from 1.
        text: The text.
        label: None unless one was asked for; then also where there are probabilities instead.
        id: What the file calls it, if anything.
        probabilities: The share of each label, where labels were asked for and the row has them.
        group: Whom it is from, where that was asked for.
        time: When it was written, in seconds since 1970 (UTC), where the row tells.
        lines: Of the file, that it goes over.
    """

    line: int
    text: str
    label: str | None = None
    id: str | int | None = None
    probabilities: Mapping[str, float] | None = None
    group: str | None = None
    time: float | None = None
    lines: int = 1


class Malformed(NamedTuple):
    """A row that could not be read; its `reason` goes on from "line 7 ...", `lines` are as a row's.

    As a cell that is never closed takes whatever follows, many lines may be lost with it.
    """

    line: int
    reason: str
    lines: int = 1


class Places(NamedTuple):
    """Where a row of a table has its values, from 0; None where there is no such column."""

    text: int
    label: int | None = None
    id: int | None = None
    probabilities: int | None = None
    group: int | None = None
    time: int | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns, or fields of JSON, hold a row's values: by name, or by number from 1.

    Numbers mean that the table has no header. Without a `label`, rows need none. Where a row has
    `probabilities` (label to share), it needs no label: then the largest share is its label.
    `renames` are labels' new names by their old ones; texts of those renamed "" are left out.

    Raises:
        SettingsError: One column is named and the other numbered, or a number is 0.
    """

    text: str = "text"
    label: str | None = None
    id: str = "id"
    probabilities: str = "probabilities"
    group: str | None = None
    time: str | None = None
    renames: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, option in (
            (self.label, "--label-column"),
            (self.group, "--group-column"),
            (self.time, "--time-column"),
        ):
            if name is not None and self.text.isdecimal() != name.isdecimal():
                raise SettingsError(f"--text-column and {option}: name both, or number both")
        given = (self.text, self.label, self.probabilities, self.group, self.time)
        if self.numbered and 0 in (int(name) for name in given if name and name.isdecimal()):
            raise SettingsError("columns are counted from 1, so there is no column 0")

    @property
    def numbered(self) -> bool:
        """Whether the columns are given by number."""
        return self.text.isdecimal()

    def by_number(self) -> Places:
        """Return the places that the numbers mean."""

        def place(name: str | None) -> int | None:
            return int(name) - 1 if name is not None and name.isdecimal() else None

        return Places(
            int(self.text) - 1,
            label=place(self.label),
            probabilities=place(self.probabilities if self.label else None),
            group=place(self.group),
            time=place(self.time),
        )

    def in_header(self, header: Sequence[str], source: str) -> Places:
        """Return the places of the names in a table's header.

        Raises:
            DataError: The header lacks one of them; the id may be lacking, and the label where
                there are probabilities.
        """
        names = [name.strip() for name in header]
        soft = self.label is not None and self.probabilities in names
        for name, option in (
            (self.text, "--text-column"),
            (None if soft else self.label, "--label-column"),
            (self.group, "--group-column"),
            (self.time, "--time-column"),
        ):
            if name is not None and name not in names:
                there = textwrap.shorten(", ".join(map(repr, names)), 200, placeholder=" …")
                raise DataError(
                    f"{source} has no column {name!r} (it has {there}): "
                    f"name one with {option}, or number the columns if there is no header"
                )

        def place(name: str | None) -> int | None:
            return names.index(name) if name in names else None

        return Places(
            names.index(self.text),
            place(self.label),
            place(self.id),
            place(self.probabilities) if soft else None,
            place(self.group),
            place(self.time),
        )
