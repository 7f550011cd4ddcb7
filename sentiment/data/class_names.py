"""What classes are called: as in the files, except for those that are renamed."""

import re
from collections.abc import Collection, Iterable, Mapping

from sentiment.errors import DataError, SettingsError

MOST_CLASSES = 20
# As pandas writes whole numbers of a column in which one was missing.
_WHOLE = re.compile(r"\A([+-]?\d+)\.0*\Z")


def read_renames(text: str) -> dict[str, str]:
    """Return what "0=negative,4=positive,2=" means: old name to new, none where it is to go.

    Raises:
        SettingsError: It is not of that form, or names a class twice.
    """
    renames: dict[str, str] = {}
    for each in text.split(","):
        old, equals, new = (part.strip() for part in each.partition("="))
        if not (old and equals) or old in renames:
            raise SettingsError(
                f"--labels {text}: give each label once, as in --labels 0=negative,4=positive"
            )
        renames[old] = new
    return renames


class ClassNames:
    """Gives each class its name, and remembers which there were.

    Attributes:
        seen: The names before they were changed.
    """

    def __init__(self, renames: Mapping[str, str]) -> None:
        self.seen: set[str] = set()
        self._renames = renames
        self._names: dict[str, str] = {}

    def __getitem__(self, label: str) -> str:
        """Return what a label of a file is called from now on, "" if it is to go; "4.0" is "4"."""
        if label not in self._names:
            whole = _WHOLE.match(label)
            plain = whole[1] if whole else label
            self.seen.add(plain)
            self._names[label] = self._renames.get(plain, plain)
        return self._names[label]


def check_renames(renames: Mapping[str, str], seen: Collection[str]) -> None:
    """Check that each label that is renamed is there.

    Raises:
        DataError: One is not.
    """
    if missing := sorted(set(renames) - set(seen)):
        raise DataError(
            f"--labels renames {missing[0]!r}, which no text has as its label (they have "
            f"{listed(seen)}): name one of those"
        )


def check_number(labels: Collection[str]) -> None:
    """Check that there are not so many that the column must be another.

    Raises:
        DataError: There are more than `MOST_CLASSES`.
    """
    if len(labels) > MOST_CLASSES:
        raise DataError(
            f"there are {len(labels):,} different labels ({listed(labels)}), and at most "
            f"{MOST_CLASSES} can be told apart: is it the right column? --label-column names it"
        )


def listed(labels: Iterable[str]) -> str:
    """Return the first few labels, for a message."""
    first = sorted(labels)
    shown = [repr(label if len(label) <= 40 else label[:39] + "…") for label in first[:6]]
    return ", ".join(shown) + (", …" if len(first) > 6 else "")
