"""A hundred thousand hostile records among good ones: each is accounted for, none does harm."""

import json
from itertools import cycle
from random import Random

import jsonschema
import msgspec

from tests.hostile.records import KINDS, LARGE, SCORED, SMALL, good
from worker.messages import RawRecord, ScoredTweet
from worker.wire import scored_schema

HOSTILE = 100_000
BATCH = 4_096
LENGTHS = (0, 5, 20, 60, 140, 280)
# Once in so many records a large one, and one of ten megabytes.
LONG_ONCE_IN, LONG = 1_000, 60_000
LARGE_ONCE_IN = 10_000


def stream():
    """Yield the value of each record with what it has to become; every third is a good one."""
    draw = Random(5)
    names = cycle(SMALL)
    for number in range(HOSTILE):
        if number % LARGE_ONCE_IN == 0:
            make, right = KINDS[draw.choice(LARGE)]
        else:
            make, right = SMALL[next(names)]
        length = LONG if number % LONG_ONCE_IN == 1 else draw.choice(LENGTHS)
        yield make(draw, length), right
        if number % 2:
            yield good(number), SCORED


def in_batches(records):
    batch = []
    for offset, (value, right) in enumerate(records):
        batch.append((RawRecord("tweets", 0, offset, -1, None, value, ()), right))
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def test_each_of_a_hundred_thousand_hostile_records_becomes_what_it_should(batches):
    decode, schema = msgspec.json.Decoder(ScoredTweet).decode, scored_schema()
    total = scored = 0
    for batch in in_batches(stream()):
        outcome = batches.score(batches.prepare([record for record, _ in batch]))
        became = {letter.record.offset: letter.reason for letter in outcome.dead_letters}
        for publication in outcome.publications:
            assert publication.offset not in became
            became[publication.offset] = SCORED
            tweet = decode(publication.value)
            assert tweet.source.offset == publication.offset
            assert 0.999 < sum(tweet.probabilities.values()) < 1.001
        assert became == {record.offset: right for record, right in batch}
        jsonschema.validate(json.loads(outcome.publications[0].value), schema)
        total += len(batch)
        scored += len(outcome.publications)
    assert total == HOSTILE * 3 // 2
    assert HOSTILE // 2 < scored < total
