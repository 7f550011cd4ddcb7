"""The sample that the demo replays: tweets of every kind, and some that are broken."""

import json
from collections import Counter
from pathlib import Path

import pytest

from producer.envelope import Record
from producer.sources.file import Files
from producer.tables import Columns
from worker.wire import Unreadable, decode_json

SAMPLE = Path(__file__).parent.parent.parent / "demo" / "sample.jsonl"


@pytest.fixture(scope="module")
def records():
    return list(Files([SAMPLE], "auto", Columns()).records())


def test_every_record_is_published_under_a_key_of_its_own(records):
    assert all(isinstance(record, Record) for record in records)
    keys = {record.key for record in records}
    assert len(keys) == len(records) >= 300
    assert all(len(key) == 19 and key.isdigit() for key in keys)


def test_a_few_records_become_dead_letters(records):
    fates = Counter()
    for record in records:
        try:
            decode_json(record.value)
        except Unreadable as error:
            fates[str(error.reason)] += 1
        else:
            fates["scored"] += 1
    assert fates == {"scored": len(records) - 8, "wrong-type": 5, "missing-text": 3}


def test_every_shape_of_tweet_is_there(records):
    shapes = [json.loads(record.value) for record in records]
    for key in ("text", "full_text", "note_tweet", "data"):
        assert any(key in shape for shape in shapes)
