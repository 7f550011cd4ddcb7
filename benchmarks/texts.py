"""The texts that are scored, and endless tweets made of them."""

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

import msgspec

from producer.envelope import Record
from producer.formats import AUTO
from producer.sources.file import Files
from producer.tables import Columns
from worker.wire import Unreadable, decode_json

SAMPLE = Path(__file__).parent.parent / "demo" / "sample.jsonl"
# As long as the ids that the X API gives.
FIRST_ID = 10**18

_encode = msgspec.json.Encoder().encode


def read_texts(path: Path) -> list[str]:
    """Return the text of every tweet in a file of any kind that the producer reads.

    Raises:
        ProducerError: the file is missing, broken, or holds no tweet.
    """
    texts = []
    for item in Files([path], AUTO, Columns()).records():
        if isinstance(item, Record):
            try:
                texts.append(decode_json(item.value).text)
            except Unreadable:
                continue
    return texts


def tweet(number: int, text: str, created_at: str = "2026-01-01T00:00:00.000Z") -> Record:
    """Return the input record of a tweet; `number` makes its id."""
    tweet_id = str(FIRST_ID + number)
    content = {"id": tweet_id, "created_at": created_at, "text": text}
    return Record(tweet_id.encode(), _encode(content))


def tweets(texts: Sequence[str], count: int, first: int = 0) -> Iterator[Record]:
    """Yield `count` tweets, the texts over and over, numbered from `first`."""
    for number, text in enumerate(islice(cycle(texts), count), start=first):
        yield tweet(number, text)
