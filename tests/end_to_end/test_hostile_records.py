"""Hostile records among good ones, through a real worker on a real Kafka."""

import json
from itertools import cycle
from random import Random

import jsonschema
from kafka import KafkaProducer

from tests.hostile.records import KINDS, LARGE, SCORED, SMALL, good
from tests.reading import read_topic
from worker.wire import scored_schema

HOSTILE = 2_000
LENGTHS = (0, 9, 140, 280)
PATIENCE_SECONDS = 120


def hostile_among_good():
    """Yield the value of each record with what it has to become; every second is a good one."""
    draw = Random(11)
    kinds = cycle(SMALL.values())
    for number in range(HOSTILE):
        make, right = next(kinds)
        yield make(draw, 100_000 if number % 500 == 7 else draw.choice(LENGTHS)), right
        yield good(number), SCORED


def test_each_hostile_record_is_scored_or_a_dead_letter_once(kafka, topics, start_worker):
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers, linger_ms=20)
    sent = {}
    for number, (value, right) in enumerate(hostile_among_good()):
        producer.send(topics.input, value, b"%d" % number, partition=number // 2 % 2)
        sent[b"%d" % number] = (value, right)
    # As large as a broker takes by default; the worker's own limit is lower.
    value = KINDS[LARGE[0]][0](Random(1), 0)[:1_000_000]
    producer.send(topics.input, value, b"large", partition=0)
    sent[b"large"] = (value, KINDS[LARGE[0]][1])
    producer.close()

    worker = start_worker()
    alive = sum(right == SCORED for _, right in sent.values())
    scored = read_topic(kafka.bootstrap_servers, topics.output, alive, PATIENCE_SECONDS)
    dead = read_topic(kafka.bootstrap_servers, topics.dead, len(sent) - alive, PATIENCE_SECONDS)

    assert sorted(record.key for record in scored + dead) == sorted(sent)
    schema = jsonschema.Draft202012Validator(scored_schema())
    for record in scored:
        assert sent[record.key][1] == SCORED
        schema.validate(json.loads(record.value.decode()))
    for record in dead:
        original, right = sent[record.key]
        headers = dict(record.headers)
        assert headers["sentiment.error.reason"].decode() == right
        assert headers["sentiment.error.message"].decode()
        if "sentiment.error.cut" in headers:
            assert original.startswith(record.value)
        else:
            assert record.value == original
    assert worker.terminate()[0] == 0
