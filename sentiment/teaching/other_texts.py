"""Texts without labels, for the teachers to label: read or invented, rid of what is held out."""

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from sentiment.counting import counted
from sentiment.data.duplicates import first_of_each, key
from sentiment.data.left_out import LeftOut
from sentiment.data.lines import Lines
from sentiment.data.near_duplicates import near
from sentiment.data.row import Columns, Malformed
from sentiment.data.rows import read_rows
from sentiment.data.split import Parts
from sentiment.errors import DataError
from sentiment.teaching.invented import invented


class Asked(NamedTuple):
    """What teachers are asked about, besides the texts with labels to learn from.

    Attributes:
        by_all: Texts that all are asked about, by what they are.
        invented: Texts of which each is of pieces of what one teacher has not learnt from.
        left_to: int64 (invented,): that teacher, who alone is asked about it. The others have
            learnt what people said of such pieces, and would be too sure.
    """

    by_all: dict[str, list[str]]
    invented: list[str]
    left_to: npt.NDArray[np.int64]

    @classmethod
    def of(
        cls,
        parts: Parts,
        left_to: npt.NDArray[np.int64],
        unlabelled: Sequence[str],
        number: int,
        words: Sequence[str],
        draw: random.Random,
        say: Callable[[str], None],
    ) -> Self:
        """Invent texts, and leave out whatever says what a held-out text says.

        Args:
            parts: The texts with labels.
            left_to: int64 (texts to learn from,): for each, the teacher that does not.
            unlabelled: Texts without labels.
            number: How many to invent.
            words: Some that the teacher knows, and that are in the texts with labels once at most.
            draw: What decides.
            say: Receives lines about what was left out.
        """
        made: dict[str, int] = {}
        teachers = int(left_to.max()) + 1
        found = 0
        for teacher in range(teachers):
            some = [parts.train[place].text for place in np.flatnonzero(left_to == teacher)]
            share = number // teachers + (teacher < number % teachers)
            new = invented(some, share, draw, words)
            found += len(new)
            for text in new:
                made.setdefault(text, teacher)
        if found < number:
            say(f"--invent {number:,}: no more than {found:,} can be made of so few texts")
        kept = apart({"unlabelled": unlabelled, "invented": list(made)}, parts, say)
        by_all = {
            "validation": [each.text for each in parts.validation],
            "test": [each.text for each in parts.test],
            "unlabelled": kept["unlabelled"],
        }
        whose = np.array([made[text] for text in kept["invented"]], np.int64)
        return cls(by_all, kept["invented"], whose)


def read_unlabelled(
    paths: Sequence[Path], text_column: str, encoding: str, say: Callable[[str], None]
) -> list[str]:
    """Read JSONL, CSV, TSV, plain lines or Parquet, whatever labels there may be.

    Raises:
        DataError: A file cannot be read, has no such column, or has no text.
        SettingsError: There is no such encoding.
    """
    texts: list[str] = []
    for path in paths:
        lines = Lines(path, encoding)
        left_out = LeftOut(str(path), say)
        before = len(texts)
        for row in read_rows(lines, Columns(text_column)):
            if isinstance(row, Malformed):
                left_out.add(row)
            elif row.text.strip():
                texts.append(row.text)
        if len(texts) == before:
            raise DataError(f"{path} has no text to label: {left_out.why_all()}")
        left_out.end()
        if note := lines.note():
            say(note)
    return texts


def apart(
    texts: Mapping[str, Sequence[str]], parts: Parts, say: Callable[[str], None]
) -> dict[str, list[str]]:
    """Return the texts that a network may learn from, once each, by what they are.

    Whatever says what a held-out text says, or nearly so, is left out, lest figures on that be
    flattered; and so is what says what an earlier one of its kind says, or a text with a label.

    Args:
        texts: The texts by what they are, as it is said of them: "unlabelled".
        parts: Those with labels.
        say: Receives a line about each kind that there are texts of.
    """
    if not any(texts.values()):
        return {what: [] for what in texts}
    held_out = [key(example.text) for example in (*parts.validation, *parts.test)]
    labelled = [key(example.text) for example in parts.train]
    return {what: _apart(some, held_out, labelled, what, say) for what, some in texts.items()}


def _apart(
    texts: Sequence[str],
    held_out: Sequence[str],
    labelled: Sequence[str],
    what: str,
    say: Callable[[str], None],
) -> list[str]:
    if not texts:
        return []
    keys = list(map(key, texts))
    alike = set(near(keys, held_out))
    first = [place - len(labelled) for place in first_of_each([*labelled, *keys])]
    kept = [place for place in first if place >= 0 and place not in alike]
    say(
        f"{counted(len(kept), f'{what} text')}; left out {counted(len(alike), 'text')} like a "
        f"held-out one and {counted(len(texts) - len(kept) - len(alike), 'duplicate')}"
    )
    return [texts[place] for place in kept]
