"""A batch of raw records becomes an outcome: decode, score, or say why not. No I/O here."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

import numpy as np
import numpy.typing as npt
from msgspec import UNSET, Struct, UnsetType

from sentiment import EncodedTexts, Evidence, Scorer
from worker.errors import CannotGoOn
from worker.messages import (
    DeadLetter,
    Outcome,
    Publication,
    RawRecord,
    Reason,
    ScoredTweet,
    Source,
    Tweet,
    too_large,
)
from worker.wire import Decode, Unreadable, encode_scored


class PreparedBatch(Struct, frozen=True):
    """A batch as far as it goes without the network.

    `readable` holds, in order, every record that will be published: with its tweet, or with None
    where it is a deletion to pass on. `encoded` holds the texts of those tweets, in order.
    """

    readable: Sequence[tuple[RawRecord, Tweet | None]]
    encoded: EncodedTexts
    dead_letters: Sequence[DeadLetter]


class BatchScorer:
    """Scores batches with one model and one input format.

    With `evidence`, so many n-grams that moved the probabilities are added to each tweet.

    Raises:
        SettingsError: there shall be evidence, and Keras computes the network, which cannot tell.
    """

    def __init__(
        self, scorer: Scorer, decode: Decode, record_limit_bytes: int, evidence: int = 0
    ) -> None:
        self._scorer = scorer
        self._decode = decode
        self._record_limit_bytes = record_limit_bytes
        self._evidence = evidence
        if evidence:
            scorer.check_explains()
        self._refused: dict[tuple[int, int], str] = {}

    def refuse(self, reasons: Mapping[tuple[int, int], str]) -> None:
        """Make dead letters of these records, by partition and offset, when they come again.

        Raises:
            CannotGoOn: they were dead letters already.
        """
        again = reasons.keys() & self._refused.keys()
        if again:
            raise CannotGoOn(
                f"not even as a dead letter can a record be published: {reasons[again.pop()]}; "
                "look at cleanup.policy (compacted topics take no record without a key), "
                "max.message.bytes and message.timestamp.* of our topics"
            )
        self._refused |= reasons

    def forget_refusals(self) -> None:
        """Let go of all that is remembered: other records may come under these offsets."""
        self._refused.clear()

    def forget(self, records: Sequence[RawRecord]) -> None:
        """Let go of what is remembered of records that are committed."""
        if self._refused:
            for record in records:
                self._refused.pop((record.partition, record.offset), None)

    def prepare(self, records: Sequence[RawRecord]) -> PreparedBatch:
        """Decode and encode every record that holds a tweet. Holds the GIL."""
        readable: list[tuple[RawRecord, Tweet | None]] = []
        dead_letters: list[DeadLetter] = []
        for record in records:
            try:
                readable.append((record, self._read(record)))
            except Unreadable as error:
                dead_letters.append(DeadLetter(record, error.reason, error.message))
        texts = [tweet.text for _, tweet in readable if tweet is not None]
        return PreparedBatch(readable, self._scorer.prepare(texts), dead_letters)

    def score(self, prepared: PreparedBatch) -> Outcome:
        """Score a prepared batch. Lets go of the GIL while the network computes."""
        names = self._scorer.labels
        probabilities, evidence = self._computed(prepared)
        winners = [names[winner] for winner in probabilities.argmax(axis=1).tolist()]
        # float32 would be written with seventeen digits, of which eight mean something.
        rows = np.round(probabilities.astype(np.float64), 6).tolist()
        scores = zip(winners, rows, evidence, strict=True)
        publications = []
        for record, tweet in prepared.readable:
            value = None
            if tweet is not None:
                winner, row, ngrams = next(scores)
                value = encode_scored(
                    ScoredTweet(
                        id=tweet.id,
                        text=tweet.text,
                        created_at=tweet.created_at,
                        label=winner,
                        probabilities=dict(zip(names, row, strict=True)),
                        model=self._scorer.model_id,
                        source=Source(record.topic, record.partition, record.offset),
                        evidence=ngrams,
                    )
                )
            publications.append(Publication.of(record, value))
        return Outcome(
            publications=publications,
            dead_letters=prepared.dead_letters,
            labels=winners,
            confidences=probabilities.max(axis=1).tolist() if winners else [],
            unknown_token_ratio=prepared.encoded.unknown_ratio if winners else None,
        )

    def _computed(
        self, prepared: PreparedBatch
    ) -> tuple[npt.NDArray[np.float32], Iterable[Sequence[Evidence] | UnsetType]]:
        if not self._evidence:
            return self._scorer.score(prepared.encoded), repeat(UNSET, len(prepared.encoded))
        texts = [tweet.text for _, tweet in prepared.readable if tweet is not None]
        explanation = self._scorer.explain(texts, prepared.encoded, self._evidence)
        return explanation.probabilities, explanation.evidence(texts, self._scorer.labels)

    def _read(self, record: RawRecord) -> Tweet | None:
        """Return the record's tweet, or None where it is a deletion: a null value for a key."""
        if self._refused and (record.partition, record.offset) in self._refused:
            message = self._refused[record.partition, record.offset]
            raise Unreadable(Reason.REFUSED, message)
        if record.flaw is not None:
            raise Unreadable(record.flaw.reason, record.flaw.message)
        size = record.size_bytes
        if size > self._record_limit_bytes:
            raise Unreadable(Reason.TOO_LARGE, too_large(size, self._record_limit_bytes))
        if record.value is not None:
            return self._decode(record.value)
        if record.key is None:
            raise Unreadable(Reason.MISSING_TEXT, "neither a value nor a key to delete")
        return None
