"""What came out, held against what was acknowledged: pure, and able to say no."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

import msgspec

from trials.ledger import Ledger, Place
from trials.records import TrialRecord, record

# What must not happen to a single record.
PROMISES = ("lost", "twice", "out_of_order", "altered", "unknown")
EXAMPLES = 10


class Kind(StrEnum):
    """What became of a record."""

    SCORED = "scored"
    DEAD_LETTER = "dead letter"
    DELETION = "deletion"


class Seen(NamedTuple):
    """A record of the output or the dead-letter topic, as a `read_committed` reader gets it.

    Attributes:
        number: The record's number by its header; None where it has none of ours.
        kind: What became of it.
        source: Input partition and offset that it tells of; None for a deletion, which cannot.
        partition: Its own partition.
        key: Its key.
        tweet_id: The scored tweet's id.
        text: The scored tweet's text.
        value: A dead letter's bytes.
        reason: A dead letter's reason.
    """

    number: int | None
    kind: Kind
    source: tuple[int, int] | None
    partition: int
    key: bytes | None
    tweet_id: str | None = None
    text: str | None = None
    value: bytes | None = None
    reason: str | None = None


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """The comparison of a whole trial.

    Attributes:
        acknowledged: Records that the broker said it had.
        seen: How many came out, by what became of them.
        deleted_unread: Acknowledged, not seen, and deleted by the broker before they were read.
        refused: Sent, but never acknowledged; each may come out once or not at all.
        lost: Acknowledged, and nothing came of them.
        twice: Came out once more.
        out_of_order: Came out behind a later record of their partition, dead letters among
            themselves.
        altered: Came out with another key, id, text, place, reason or fate than is theirs.
        unknown: Came out although nobody sent them.
        examples: Some numbers of each of these.
    """

    acknowledged: int
    seen: dict[str, int]
    deleted_unread: int
    refused: int
    lost: int
    twice: int
    out_of_order: int
    altered: int
    unknown: int
    examples: dict[str, list[str]]

    @property
    def holds(self) -> bool:
        """Whether every record came out once, in order, as it was."""
        return not any(getattr(self, name) for name in PROMISES)


def audit(ledger: Ledger, seed: int, outputs: Iterable[Seen], output_partitions: int) -> Audit:
    """Compare what came out with what went in.

    Args:
        ledger: what was sent and where the broker put it.
        seed: the trial's, from which every record can be made again.
        outputs: what came out, in the order of offsets within each partition of each topic.
        output_partitions: how many each of these topics has.
    """
    counts = dict.fromkeys(Kind, 0)
    came: set[int] = set()
    last: dict[tuple[bool, int, int, int], Place] = {}
    found: dict[str, list[str]] = {name: [] for name in PROMISES}
    for seen in outputs:
        counts[seen.kind] += 1
        number = seen.number
        if number is None or not 0 <= number < ledger.sent:
            found["unknown"].append(f"{seen.kind} of {seen.source}")
        elif number in came:
            found["twice"].append(f"{number} at {ledger.places.get(number)}")
        else:
            came.add(number)
            place = ledger.places.get(number)
            if wrong := _wrong(seen, record(seed, number), place, output_partitions):
                found["altered"].append(f"{number}: {wrong}")
            if place is not None:
                dead = seen.kind is Kind.DEAD_LETTER
                lane = (dead, seen.partition, place.incarnation, place.partition)
                if (before := last.get(lane, place)) > place:
                    found["out_of_order"].append(f"{number} at {place} behind {before}")
                else:
                    last[lane] = place
    missing = [number for number in ledger.places if number not in came]
    unread = {n for n in missing if any(gap.holds(ledger.places[n]) for gap in ledger.gaps)}
    found["lost"] = [f"{n} at {ledger.places[n]}" for n in missing if n not in unread]
    return Audit(
        acknowledged=len(ledger.places),
        refused=len(ledger.refused),
        seen={kind.value: count for kind, count in counts.items()},
        deleted_unread=len(unread),
        **{name: len(examples) for name, examples in found.items()},
        examples={name: examples[:EXAMPLES] for name, examples in found.items() if examples},
    )


def _wrong(
    seen: Seen, sent: TrialRecord, place: Place | None, output_partitions: int
) -> str | None:
    """Tell what is wrong about what became of a record, or None."""
    if place is not None and (
        seen.source not in (None, (place.partition, place.offset))
        or seen.partition != place.partition % output_partitions
    ):
        return f"in partition {seen.partition}, saying it was at {seen.source}; was at {place}"
    if seen.key != sent.key:
        return f"key {seen.key!r} instead of {sent.key!r}"
    due = _due(sent)
    if seen.kind is not due:
        return f"a {seen.kind} instead of a {due}"
    if due is Kind.SCORED and (seen.tweet_id, seen.text) != (str(sent.number), sent.text):
        return f"the text {seen.text!r} of {seen.tweet_id} instead of {sent.text!r}"
    if due is Kind.DEAD_LETTER and (seen.reason, seen.value) != (sent.reason, sent.value):
        return f"{seen.reason} for {seen.value!r} instead of {sent.reason} for {sent.value!r}"
    return None


def _due(sent: TrialRecord) -> Kind:
    """What is to become of a record."""
    if sent.reason is not None:
        return Kind.DEAD_LETTER
    return Kind.DELETION if sent.value is None else Kind.SCORED
