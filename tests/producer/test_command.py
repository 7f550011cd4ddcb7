"""`python -m producer` on a real Kafka: what arrives, what is said, and the exit code."""

import gzip
import io
import itertools
import json
import sys
import time

import pytest
from kafka import KafkaAdminClient

from tests.reading import read_topic


@pytest.fixture
def in_topic(kafka, topics):
    """Read what the test published."""
    return lambda at_least=0: read_topic(kafka.bootstrap_servers, topics.input, at_least)


@pytest.fixture
def standard_input(monkeypatch):
    """Put bytes on standard input."""

    def put(content):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return put


def summary(topics, published, malformed="0 malformed lines"):
    return (
        f"published {published} to {topics.input}: {int(published.split()[0])} acknowledged, "
        f"0 failed, {malformed} skipped"
    )


def test_a_file_arrives_byte_by_byte_keyed_and_in_order(publish, topics, in_topic, tmp_path):
    lines = [
        b'{"id": "1", "text": "@bob loves http://x.y \xf0\x9f\x98\x80"}',
        b'{ "text":"no id" }',
        b'{"data": {"id": "3", "text": "v2"}, "includes": {}}',
        b'{"id": 4, "full_text": "v1.1"}',
        b'{"id": "5", "text": 42}',
    ]
    path = tmp_path / "tweets.jsonl.gz"
    path.write_bytes(gzip.compress(b"\r\n".join(lines)))
    before_ms = time.time_ns() // 1_000_000
    assert publish("file", path) == (0, [summary(topics, "5 tweets")])
    records = in_topic(5)
    assert {(r.key, r.value) for r in records} == set(
        zip([b"1", None, b"3", b"4", b"5"], lines, strict=True)
    )
    assert all(before_ms <= r.timestamp_ms <= time.time_ns() // 1_000_000 for r in records)


def test_each_partition_keeps_the_order_of_the_file(publish, in_topic, tweets_file):
    code, _ = publish("file", tweets_file(5_000))
    assert code == 0
    records = in_topic(5_000)
    assert len({r.key for r in records}) == len(records) == 5_000
    for partition in (0, 1):
        numbers = [int(r.key) for r in records if r.partition == partition]
        assert len(numbers) > 1_000
        assert numbers == sorted(numbers)


def test_lines_on_standard_input_are_json_or_text(publish, topics, in_topic, standard_input):
    standard_input('{"id": "1", "text": "a"}\nso happy 😀\n'.encode())
    assert publish("stdin") == (0, [summary(topics, "2 tweets")])
    records = in_topic(2)
    assert {(r.key, json.loads(r.value)["text"]) for r in records} == {
        (b"1", "a"),
        (None, "so happy 😀"),
    }


def test_a_table_on_standard_input_needs_its_format(publish, topics, in_topic, standard_input):
    standard_input(b"7;x\n8,so happy\n")
    code, lines = publish("stdin", "--format", "csv", "--text-column", "2", "--id-column", "1")
    assert code == 1
    assert "has no column 2, its first row is: 7;x" in lines[0]
    standard_input(b"8,so happy\n")
    code, _ = publish("stdin", "--format", "csv", "--text-column", "2", "--id-column", "1")
    assert code == 0
    assert [(r.key, r.value) for r in in_topic(1)] == [(b"8", b'{"id":"8","text":"so happy"}')]


def test_empty_standard_input_is_no_failure(publish, topics, standard_input):
    standard_input(b"")
    assert publish("stdin") == (0, [summary(topics, "0 tweets")])


def test_a_closed_standard_input_is_told(publish, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert publish("stdin") == (1, ["python -m producer: standard input is closed"])


def test_a_malformed_line_is_named_and_skipped(publish, topics, in_topic, tmp_path):
    path = tmp_path / "tweets.jsonl"
    path.write_text('{"id": "1"}\noops\n{"id": "2"}\n')
    complaint = f"{path}:2: not JSON: Expecting value at column 1; skipped"
    expected = [complaint, summary(topics, "2 tweets", "1 malformed line")]
    assert publish("file", path) == (0, expected)
    assert {r.key for r in in_topic(2)} == {b"1", b"2"}


def test_strict_stops_there_and_counts_what_was_sent(publish, topics, in_topic, tmp_path):
    path = tmp_path / "tweets.jsonl"
    path.write_text('{"id": "1"}\noops\n{"id": "2"}\n')
    code, lines = publish("file", path, "--strict")
    assert code == 1
    complaint = f"{path}:2: not JSON: Expecting value at column 1; stopped there (--strict)"
    assert lines == [f"python -m producer: {complaint}", summary(topics, "1 tweet")]
    assert [r.key for r in in_topic(1)] == [b"1"]


def test_a_file_that_breaks_off_fails_after_what_came_before(publish, topics, in_topic, tmp_path):
    path = tmp_path / "tweets.txt.gz"
    path.write_bytes(gzip.compress(b"whole\n" * 100, compresslevel=0)[:-20])
    code, lines = publish("file", path)
    assert code == 1
    assert lines[0].startswith(f"python -m producer: {path} is broken gzip: ")
    sent = int(lines[1].split()[1])
    assert lines[1:] == [summary(topics, f"{sent} tweets")]
    assert len(in_topic(sent)) == sent


def test_a_missing_file_stops_before_anything_is_sent(publish, in_topic, tweets_file, tmp_path):
    missing = tmp_path / "missing.jsonl"
    code, lines = publish("file", tweets_file(10), missing)
    assert (code, lines) == (1, [f"python -m producer: there is no file {missing}"])
    assert in_topic() == []


def test_limit_ends_a_loop(publish, topics, in_topic, tweets_file):
    code, lines = publish("file", tweets_file(3), "--loop", "--limit", "8")
    assert (code, lines) == (0, [summary(topics, "8 tweets")])
    assert sorted(int(r.key) for r in in_topic(8)) == [0, 0, 0, 1, 1, 1, 2, 2]


def test_rate_spreads_the_tweets_evenly(publish, in_topic, tweets_file):
    publish("file", tweets_file(21), "--rate", "20")
    moments = sorted(r.timestamp_ms for r in in_topic(21))
    assert moments[-1] - moments[0] + 1 >= 1_000
    # A machine that starves us makes single tweets late, yet never all of them.
    assert sum(b - a >= 25 for a, b in itertools.pairwise(moments)) >= 10


def test_a_missing_topic_is_told_with_how_to_make_it(run, kafka, topics, tweets_file):
    servers = ("--bootstrap-servers", kafka.bootstrap_servers)
    new = f"{topics.name}.new"
    code, lines = run("file", tweets_file(2), *servers, "--input-topic", new)
    assert code == 1
    assert len(lines) == 1
    assert f"topic is missing: {new}" in lines[0]
    assert "--create-topics" in lines[0]


def test_create_topics_makes_the_topic(run, kafka, topics, tweets_file):
    new = f"{topics.name}.new"
    code, _ = run(
        *("file", tweets_file(2), "--bootstrap-servers", kafka.bootstrap_servers),
        *("--input-topic", new, "--create-topics", "--partitions", "3"),
    )
    assert code == 0
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    try:
        (topic,) = admin.describe_topics([new])
    finally:
        admin.close()
    assert len(topic["partitions"]) == 3
    assert len(read_topic(kafka.bootstrap_servers, new, 2)) == 2


def test_a_broker_that_is_not_there_is_told_in_a_line(run, tweets_file):
    code, lines = run("file", tweets_file(2), "--bootstrap-servers", "127.0.0.1:1")
    assert code == 1
    assert len(lines) == 1
    assert "no Kafka broker answers at 127.0.0.1:1: start one" in lines[0]


def test_a_record_larger_than_the_topic_takes_fails(run, kafka, topics, tmp_path):
    small = f"{topics.name}.small"
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    try:
        configs = {"max.message.bytes": "500"}
        admin.create_topics(
            {small: {"num_partitions": 1, "configs": configs}}, wait_for_metadata=True
        )
    finally:
        admin.close()
    # No two letters alike in a row: lz4 finds nothing to shorten.
    large = "".join(chr(0x4E00 + n * 7 % 20_000) for n in range(2_000))
    path = tmp_path / "tweets.txt"
    path.write_text(f"small\n{large}\n")
    code, lines = run(
        "file", path, "--bootstrap-servers", kafka.bootstrap_servers, "--input-topic", small
    )
    assert code == 1
    (line,) = lines
    assert line.startswith(f"published 2 tweets to {small}: 1 acknowledged, 1 failed (1: ")
    assert "one is larger than the topic's max.message.bytes" in line


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "the following arguments are required: SOURCE"),
        (["fax"], "argument SOURCE: invalid choice: 'fax'"),
        (["file"], "the following arguments are required: PATH"),
        (["file", "a.txt", "--rate", "0"], "'0' is not a number above 0"),
        (["file", "a.txt", "--rate", "inf"], "'inf' is not a number above 0"),
        (["file", "a.txt", "--rate", "fast"], "argument --rate: 'fast' is not a number above 0"),
        (["file", "a.txt", "--limit", "0"], "'0' is not a whole number of at least 1"),
        (["file", "a.txt", "--limit", "few"], "argument --limit: 'few' is not a whole number"),
        (["file", "a.txt", "--format", "xml"], "argument --format: invalid choice: 'xml'"),
        (["file", "a.txt", "--fast"], "unrecognized arguments: --fast"),
        (["stdin", "--loop"], "unrecognized arguments: --loop"),
    ],
)
def test_bad_usage_is_told_in_a_line_with_where_help_is(run, capsys, arguments, complaint):
    with pytest.raises(SystemExit) as raised:
        run(*arguments)
    assert raised.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert complaint in line
    assert "--help)" in line


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["a.txt", "--delivery-timeout-seconds", "0"], "SENTIMENT_DELIVERY_TIMEOUT_SECONDS"),
        (["a.txt", "--bootstrap-servers", "nowhere"], "KAFKA_BOOTSTRAP_SERVERS"),
        (["a.xml"], "a.xml: its extension is none of"),
        (["a.csv", "--text-column", "2", "--id-column", "id"], "do not go together"),
    ],
)
def test_bad_settings_are_told_in_a_line(run, monkeypatch, tmp_path, arguments, complaint):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.xml").write_text("<tweet/>")
    code, (line,) = run("file", *arguments)
    assert code == 2
    assert line.startswith("python -m producer: ")
    assert complaint in line
