"""Who the teachers are that label texts: as `teaching.json` has it, and a bundle of their pupil."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from sentiment.measuring.report import Report
from sentiment.settings import TeachingSettings

FORMAT = 1
Origin = Literal["labelled", "unlabelled", "invented"]

_Count = Annotated[int, Meta(ge=0)]


class TeacherFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the teachers were before they learnt: the directory's name, and what is in it."""

    name: str
    architecture: str
    sha256: str


class Teaching(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The content of `teaching.json`.

    Attributes:
        format: Version of the directory's layout.
        teacher: What the teachers started from.
        labels: In the order that a network's outputs have.
        fingerprint: Of the labelled texts, as `sentiment.data.dataset.fingerprint` has it.
        held_out: The same of the texts that were held out, from which nothing was learnt.
        unlabelled: SHA-256 of each file of texts without labels.
        normalizer: Version of the rules by which the teachers read texts.
        settings: How they learnt.
        folds: What each teacher reaches on the labelled texts that it did not learn from.
        together: What all of them reach, by the geometric mean of their probabilities, on
            "validation" and "test", from which none of them learnt.
        texts: How many there are of each origin.
        libraries: Version of each library that had a part in it.
        files: SHA-256 of every other file.
    """

    format: int = FORMAT
    teacher: TeacherFacts
    labels: Annotated[tuple[str, ...], Meta(min_length=2)]
    fingerprint: str
    held_out: str
    unlabelled: tuple[str, ...] = ()
    normalizer: int
    settings: TeachingSettings
    folds: tuple[Report, ...]
    together: dict[str, Report]
    texts: dict[Origin, _Count]
    libraries: dict[str, str]
    files: dict[str, str] = {}
