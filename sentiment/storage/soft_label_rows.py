"""Soft labels as lines: a text, what teachers say of it, and where it is from.

Each line is a labelled text as `sentiment.data` reads them: "text", "probabilities" (label to
share), "origin", and "label" where the text came with one.
"""

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, get_args

from sentiment.data.lines import LONGEST_LINE_BYTES, is_text
from sentiment.data.soft_labels import NoSoftLabel, soft_label
from sentiment.storage.teaching_facts import Origin

_DIGITS = 6
# JSON writes some characters of one byte as six.
_LONGEST_LINE = 6 * LONGEST_LINE_BYTES + (1 << 16)
# Six million tweets take 2 GB.
_MOST_UNPACKED_BYTES = 1 << 32


class SoftLabel(NamedTuple):
    """A text and what the teachers say of it.

    Attributes:
        text: As it came.
        probabilities: The share of each label; they add up to 1. Those of a labelled or invented
            text are of the teacher that has not learnt from it or from what it is made of, those
            of an unlabelled one the geometric mean of all teachers'.
        origin: Where the text is from.
        label: Its own, if it is a labelled one.
    """

    text: str
    probabilities: dict[str, float]
    origin: Origin
    label: str | None = None


class Damaged(Exception):
    """What is wrong with the rows; goes on from the file's name."""


def line_of(row: SoftLabel) -> bytes:
    """Return a row as a line, its probabilities rounded to 6 digits."""
    fields: dict[str, Any] = {
        "text": row.text,
        "probabilities": {
            label: round(share, _DIGITS) for label, share in row.probabilities.items()
        },
        "origin": row.origin,
    }
    if row.label is not None:
        fields["label"] = row.label
    # Half of an emoji is no UTF-8, and has to stay an escape.
    return json.dumps(fields, ensure_ascii=not is_text(row.text)).encode() + b"\n"


def unpacked(content: bytes) -> Iterator[bytes]:
    """Yield the lines of a gzip file, each and all of them of a bounded length.

    Raises:
        Damaged: It is none, or has too much in it.
    """
    left = _MOST_UNPACKED_BYTES
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            while line := file.readline(_LONGEST_LINE + 1):
                left -= len(line)
                if len(line) > _LONGEST_LINE or left < 0:
                    raise Damaged("has a line, or lines, beyond all measure")
                yield line
    except (OSError, EOFError, zlib.error) as error:
        raise Damaged(f"is damaged ({error})") from error


def row_of(line: bytes, labels: Sequence[str]) -> SoftLabel:
    """Read a line.

    Raises:
        Damaged: It is no soft label of these labels.
    """
    try:
        fields = json.loads(line)
        text, origin, label = fields["text"], fields["origin"], fields.get("label")
        probabilities = soft_label(fields["probabilities"])
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError, NoSoftLabel) as error:
        raise Damaged(f"has a line that is no soft label ({error})") from error
    if (
        not isinstance(text, str)
        or origin not in get_args(Origin)
        or (label in labels) != (origin == "labelled")
        or probabilities is None
        or set(probabilities) != set(labels)
    ):
        raise Damaged("has a line that is no soft label of these labels")
    return SoftLabel(text, probabilities, origin, label)
