"""Which texts are held out: some of each label, the latest, or all of some authors."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sentiment.counting import counted
from sentiment.data.dataset import Example, count_labels
from sentiment.errors import DataError

# So that each part has one.
FEWEST_TEXTS = 3


def draw_of_each_label(
    examples: Sequence[Example], wanted: Mapping[str, int], left: int
) -> npt.NDArray[np.bool_]:
    """Draw the first so many texts of each label, and leave so many: bool (texts,)."""
    there = count_labels(examples)
    missing = {label: min(count, there[label] - left) for label, count in wanted.items()}
    drawn = np.zeros(len(examples), bool)
    for place, example in enumerate(examples):
        if missing.get(example.label, 0) > 0:
            missing[example.label] -= 1
            drawn[place] = True
    return drawn


def draw_latest(examples: Sequence[Example], wanted: int) -> npt.NDArray[np.bool_]:
    """Draw the latest texts: bool (texts,).

    Texts of one time stay together, so that it may be a few less than wanted. Texts without a time
    are never drawn.

    Raises:
        DataError: Most texts have no time, or too many have the same.
    """
    if not wanted:
        return np.zeros(len(examples), bool)
    times, known = times_of(examples, "choose another --split")
    drawn = times > known[max(0, len(known) - wanted - 1)]
    if not drawn.any():
        raise DataError(
            "too many texts have the same time for the latest to be held out: choose another "
            "--split"
        )
    return np.asarray(drawn, bool)


def times_of(
    examples: Sequence[Example], otherwise: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the time of each text, NaN where it has none, and those that there are, sorted.

    Args:
        examples: The texts.
        otherwise: What can be done where they have none, after "or".

    Raises:
        DataError: Most texts have no time.
    """
    times = np.array([np.nan if each.time is None else each.time for each in examples], float)
    known = np.sort(times[~np.isnan(times)])
    if len(known) < len(examples) / 2:
        raise DataError(
            f"only {len(known):,} of {len(examples):,} texts have a time to go by: name its "
            f"column with --time-column, or {otherwise}"
        )
    return times, known


def groups(examples: Sequence[Example]) -> list[int]:
    """Return a number for each text, the same for all of one group; a text without has its own.

    Raises:
        DataError: Most texts have no group.
    """
    numbers: dict[object, int] = {}
    missing = sum(example.group is None for example in examples)
    if missing > len(examples) / 2:
        raise DataError(
            f"{missing:,} of {len(examples):,} texts do not say whom they are from: name the "
            "column with --group-column, or choose another --split"
        )
    return [
        numbers.setdefault(place if each.group is None else each.group, len(numbers))
        for place, each in enumerate(examples)
    ]


def assign(
    units: Sequence[int], examples: Sequence[Example], shares: Sequence[float]
) -> npt.NDArray[np.int64]:
    """Assign texts, which are in random order, to parts: int64 (texts,), each the place of a share.

    All texts of one unit come into one part. Large units are placed first, each where the counts
    of the labels are then nearest to the shares; the many small ones even them out.
    """
    if not examples:
        return np.zeros(0, np.int64)
    _, first, unit = np.unique(np.asarray(units), return_index=True, return_inverse=True)
    _, label = np.unique([example.label for example in examples], return_inverse=True)
    counts = np.zeros((unit.max() + 1, label.max() + 1))
    np.add.at(counts, (unit, label), 1)
    missing = np.asarray(shares)[:, None] * counts.sum(axis=0)
    missing[np.asarray(shares) == 0] = -1e18
    scaled = counts / counts.sum(axis=0)
    order = np.lexsort((first, -counts.sum(axis=1)))
    part_of_unit = np.zeros(len(counts), np.int64)
    for each in order.tolist():
        wanting = (missing * scaled[each]).sum(axis=1)
        gain = (wanting + missing.sum(axis=1) * (1e-6 / len(unit))).argmax()
        part_of_unit[each] = gain
        missing[gain] -= counts[each]
    return part_of_unit[unit]


def check_authors(
    examples: Sequence[Example], parts: npt.NDArray[np.int64], shares: Sequence[float]
) -> None:
    """Check that authors were assigned to each part that was to have some.

    Args:
        examples: The texts.
        parts: What each was assigned to: 0 to test, 1 to validation, 2 to training.
        shares: Of these parts.

    Raises:
        DataError: One is empty.
    """
    authors = len({example.group for example in examples} - {None})
    for part, (name, share) in enumerate(
        zip(("test", "validation", "training"), shares, strict=True)
    ):
        if share and not (parts == part).any():
            raise DataError(
                f"the {name} part would be empty, for the texts are from "
                f"{counted(authors, 'author')}, and those of one stay together: choose other "
                "shares, another --split, or name files with --test and --validation"
            )
