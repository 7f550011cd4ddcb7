"""What a replay sends for a dead letter, and which dead letters cannot be replayed."""

from collections.abc import Collection, Iterable, Mapping
from itertools import islice

from msgspec import Struct

from worker.letter_selection import Selection
from worker.messages import Publication, Reason
from worker.stored_letters import ATTEMPTS_HEADER, Place, ReplayNote, StoredLetter


class Replay(Struct, frozen=True):
    """A record for the input topic, and the note that goes with it into the dead-letter topic."""

    publication: Publication
    note: ReplayNote


class Survey(Struct, frozen=True):
    """What there is to replay.

    Attributes:
        attempts: for every dead letter to replay, how often its original has been replayed by now.
        replayed_before: how many of those chosen are left out because they were replayed already.
        unfit: those chosen that cannot be replayed, and why.
        missing: the places that were named and hold no dead letter.
    """

    attempts: Mapping[Place, int]
    replayed_before: int
    unfit: Mapping[Place, str]
    missing: Collection[Place]

    @classmethod
    def of(
        cls,
        stored: Iterable[StoredLetter | ReplayNote],
        chosen: Selection | Collection[Place],
        input_topic: str,
        *,
        again: bool,
        limit: int | None = None,
    ) -> "Survey":
        """Return the survey of all that is `stored`, from the topic's beginning to its end.

        Args:
            stored: what the dead-letter topic holds.
            chosen: which are meant.
            input_topic: where they are to be replayed.
            again: whether also those are meant that were replayed before.
            limit: at most so many are to be replayed.
        """
        candidates: dict[Place, int] = {}
        unfit: dict[Place, str] = {}
        replayed: dict[Place, int] = {}
        for item in stored:
            if isinstance(item, ReplayNote):
                replayed[item.place] = max(item.attempts, replayed.get(item.place, 0))
            elif chosen.fits(item) if isinstance(chosen, Selection) else item.place in chosen:
                why = obstacle(item, input_topic)
                if why is None:
                    candidates[item.place] = item.attempts
                else:
                    unfit[item.place] = why
        attempts = {
            place: max(count, replayed.get(place, 0))
            for place, count in candidates.items()
            if again or place not in replayed
        }
        left_out = len(candidates) - len(attempts)
        named = set() if isinstance(chosen, Selection) else set(chosen)
        missing = sorted(named - candidates.keys() - unfit.keys())
        return cls(dict(islice(attempts.items(), limit)), left_out, unfit, missing)


def obstacle(letter: StoredLetter, input_topic: str) -> str | None:
    """Return why `letter` cannot be replayed into `input_topic`, or None where it can."""
    if letter.reason is None or letter.source is None:
        return "it does not tell where it came from"
    if letter.reason == Reason.CORRUPT_BATCH:
        return "it is a damaged batch of records, and no record"
    if letter.cut is not None:
        return f"it was cut ({letter.cut}), so the original is not here"
    if letter.source.topic != input_topic:
        return f"it came from {letter.source.topic}: say --input-topic {letter.source.topic}"
    return None


def replay_of(letter: StoredLetter, attempts: int) -> Replay:
    """Return what puts `letter` back where it came from, as it was, for the `attempts`-th time.

    The record has the original's key, value, timestamp, headers and partition, and one header
    that counts.
    """
    if letter.source is None:
        raise ValueError(f"{letter.place} has no source")
    carried = tuple(item for item in letter.headers if item[0] != ATTEMPTS_HEADER)
    publication = Publication(
        partition=letter.source.partition,
        offset=letter.source.offset,
        timestamp_ms=letter.timestamp_ms,
        key=letter.record.key,
        value=letter.value,
        headers=(*carried, (ATTEMPTS_HEADER, str(attempts).encode())),
    )
    return Replay(publication, ReplayNote(letter.place, attempts))
