"""What every baseline does with a batch of tweets."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sentiment import Scorer
from worker.messages import ScoredTweet, Source
from worker.wire import decode_json, encode_scored


class RawTweet(NamedTuple):
    """A record's value, and where it stood."""

    value: bytes
    topic: str
    partition: int
    offset: int


class TweetScoring:
    """Input records to output records, through the Keras engine on all processors."""

    def __init__(self, model: Path) -> None:
        """Load the model and score a few texts, so that the first tweets do not wait for it."""
        self._scorer = Scorer.load(model, engine="keras")
        self._scorer.check_reference()

    def __call__(self, batch: Sequence[RawTweet]) -> list[bytes]:
        """Return the output record of each tweet, in order.

        Raises:
            Unreadable: a record holds no tweet; what to do then is left out of the baselines.
        """
        scorer = self._scorer
        tweets = [decode_json(raw.value) for raw in batch]
        probabilities = scorer.score(scorer.prepare([tweet.text for tweet in tweets]))
        winners = probabilities.argmax(axis=1).tolist()
        rows = np.round(probabilities.astype(np.float64), 6).tolist()
        return [
            encode_scored(
                ScoredTweet(
                    id=tweet.id,
                    text=tweet.text,
                    created_at=tweet.created_at,
                    label=scorer.labels[winner],
                    probabilities=dict(zip(scorer.labels, row, strict=True)),
                    model=scorer.model_id,
                    source=Source(raw.topic, raw.partition, raw.offset),
                )
            )
            for tweet, raw, winner, row in zip(tweets, batch, winners, rows, strict=True)
        ]
