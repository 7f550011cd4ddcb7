"""What goes in comes out: once, in order, with everything that it carried, or says why not."""

import json
from contextlib import closing

import jsonschema
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ConfigResource

from tests.reading import read_topic
from worker.wire import scored_schema


def test_every_record_comes_out_once_with_all_that_it_carried(kafka, topics, start_worker):
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)

    def put(value, key=None, partition=0, timestamp_ms=1_700_000_000_000, headers=()):
        producer.send(topics.input, value, key, list(headers), partition, timestamp_ms)

    for number in range(500):
        value = {"id": str(number), "text": f"@example_anna number {number} is great 😀"}
        put(
            json.dumps(value).encode(),
            key=str(number).encode(),
            partition=number % 2,
            timestamp_ms=1_700_000_000_000 + number,
            headers=[("trace", b"%d" % number)],
        )
    put(None, key=b"7")
    put(b'{"id": "8", "text": "no key"}', key=None, partition=1)
    broken = {
        "invalid-utf8": b'{"text": "caf\xe9"}',
        "invalid-json": b"{",
        "missing-text": b'{"id": "1"}',
        "wrong-type": b'{"text": 42}',
        "too-large": b'{"text": "%s"}' % (b"x" * 600_000),
    }
    for reason, value in broken.items():
        put(value, key=reason.encode(), partition=1, headers=[("trace", b"bad")])
    producer.close()

    worker = start_worker().wait_until_ready()
    scored = read_topic(kafka.bootstrap_servers, topics.output, at_least=502)
    dead = read_topic(kafka.bootstrap_servers, topics.dead, at_least=5)

    assert len(scored) == 502
    for partition in (0, 1):
        values = [r.value for r in scored if r.partition == partition and r.value is not None]
        offsets = [json.loads(value)["source"]["offset"] for value in values]
        assert offsets == sorted(offsets)
        assert len(set(offsets)) == len(offsets)
    deletion = [record for record in scored if record.value is None]
    assert [(record.key, record.partition) for record in deletion] == [(b"7", 0)]
    schema = scored_schema()
    numbers = set()
    for record in scored:
        if record.value is None or record.key is None:
            continue
        value = json.loads(record.value)
        jsonschema.validate(value, schema)
        number = int(value["id"])
        numbers.add(number)
        assert record.key == str(number).encode()
        assert record.timestamp_ms == 1_700_000_000_000 + number
        assert record.headers == [("trace", b"%d" % number)]
        assert value["text"] == f"@example_anna number {number} is great 😀"
        assert value["source"]["topic"] == topics.input
        assert value["source"]["partition"] == record.partition
    assert numbers == set(range(500))

    assert len(dead) == 5
    for record in dead:
        reason = record.key.decode()
        headers = dict(record.headers)
        assert record.value == broken[reason]
        assert record.timestamp_ms == 1_700_000_000_000
        assert headers["trace"] == b"bad"
        assert headers["sentiment.error.reason"].decode() == reason
        assert headers["sentiment.error.message"]
        assert headers["sentiment.error.topic"].decode() == topics.input
        assert headers["sentiment.error.partition"] == b"1"

    worker.wait_until(lambda: worker.metric("batches_total", outcome="committed"), "counted")
    assert worker.metric("scored_total") == 501
    assert worker.metric("consumed_total") == 507
    assert worker.metric("consumer_lag") == 0
    for reason in broken:
        assert worker.metric("dead_letters_total", reason=reason) == 1
    assert worker.metric("end_to_end_seconds_count") == 507
    assert worker.metric("model_info") == 1
    assert worker.get("/healthz") == "alive\n"
    assert "tensorflow" not in worker.log().lower()


def test_plain_text_is_scored_when_told_so(kafka, topics, start_worker):
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    producer.send(topics.input, "what a lovely day 😀".encode())
    producer.send(topics.input, b"caf\xe9")
    producer.close()
    start_worker("--input-format", "text")
    (scored,) = read_topic(kafka.bootstrap_servers, topics.output, at_least=1)
    (dead,) = read_topic(kafka.bootstrap_servers, topics.dead, at_least=1)
    assert json.loads(scored.value)["text"] == "what a lovely day 😀"
    assert dead.value == b"caf\xe9"


def test_evidence_is_in_the_output_topic_when_told_so(kafka, topics, start_worker):
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    text = "@example_anna what a lovely day 😀 &lt;3"
    producer.send(topics.input, json.dumps({"id": "1", "text": text}).encode(), partition=0)
    producer.send(topics.input, b'{"text": ""}', partition=1)
    producer.close()
    start_worker("--explain")
    scored = read_topic(kafka.bootstrap_servers, topics.output, at_least=2)
    schema = scored_schema()
    values = {}
    for record in scored:
        value = json.loads(record.value)
        jsonschema.validate(value, schema)
        values[value["text"]] = value["evidence"]
    assert values[""] == []
    assert len(values[text]) == 5
    assert any("lovely" in ngram["text"] for ngram in values[text])
    for ngram in values[text]:
        assert text[ngram["start"] : ngram["end"]] == ngram["text"]


def test_at_least_once_scores_everything_too(kafka, topics, start_worker):
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    for number in range(100):
        producer.send(topics.input, b'{"text": "tweet %d"}' % number, partition=number % 2)
    producer.close()
    worker = start_worker("--guarantee", "at-least-once")
    assert len(read_topic(kafka.bootstrap_servers, topics.output, at_least=100)) == 100
    assert worker.terminate()[0] == 0


def test_a_timestamp_that_no_topic_takes_becomes_a_dead_letter(kafka, topics, start_worker):
    """The brokers' own limit is an hour ahead; an input topic may have been given another."""
    year_9999_ms = 253_370_764_800_000
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    with closing(admin):
        lenient = {"message.timestamp.after.max.ms": str(2**62)}
        admin.alter_configs([ConfigResource("topic", topics.input, lenient)])
    with closing(KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)) as producer:
        for value, timestamp_ms in [
            (b'{"text": "from the future"}', year_9999_ms),
            (b'{"text": "of our time"}', 1_700_000_000_000),
            (b"not JSON", year_9999_ms),
        ]:
            producer.send(topics.input, value, b"k", [], 0, timestamp_ms)
    start_worker()
    (scored,) = read_topic(kafka.bootstrap_servers, topics.output, at_least=1)
    assert json.loads(scored.value)["text"] == "of our time"
    dead = read_topic(kafka.bootstrap_servers, topics.dead, at_least=2)
    assert [record.value for record in dead] == [b'{"text": "from the future"}', b"not JSON"]
    for record in dead:
        headers = dict(record.headers)
        assert headers["sentiment.error.reason"] == b"refused"
        assert headers["sentiment.error.timestamp"] == str(year_9999_ms).encode()
