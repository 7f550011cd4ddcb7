"""Figures of several networks that learnt from different parts of the same texts."""

from collections.abc import Sequence

import msgspec

from sentiment.measuring.report import Report


class Folds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each network did on the texts that it had not seen, one figure a network.

    Attributes:
        macro_recall: Mean recall of the labels.
        macro_f1: Mean F1 of the labels.
        accuracy: Share of the texts whose label was predicted.
    """

    macro_recall: tuple[float, ...]
    macro_f1: tuple[float, ...]
    accuracy: tuple[float, ...]

    @classmethod
    def of(cls, reports: Sequence[Report]) -> "Folds":
        """Take the figures of these reports."""
        return cls(
            tuple(round(each.macro_recall, 6) for each in reports),
            tuple(round(each.macro_f1, 6) for each in reports),
            tuple(round(each.accuracy, 6) for each in reports),
        )
