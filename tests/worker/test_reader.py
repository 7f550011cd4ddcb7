"""`python -m worker read`: what a downstream reader sees, a line each."""

import json
import subprocess
import sys

import pytest
from kafka import KafkaProducer


@pytest.fixture
def read(kafka, topics):
    """Give a function that runs `worker read` with options; it returns the lines printed."""

    def run(*options, then=""):
        command = [
            *(sys.executable, "-m", "worker", "read", *options),
            *("--bootstrap-servers", kafka.bootstrap_servers),
            *("--output-topic", topics.output, "--dead-letter-topic", topics.dead),
        ]
        shell = " ".join(f"'{word}'" for word in command) + then
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", shell], capture_output=True, timeout=60, check=False
        )
        assert done.stderr == b""
        assert done.returncode == 0
        return done.stdout.decode().splitlines()

    return run


@pytest.fixture
def published(kafka, topics):
    """Publish three scores, a deletion, a dead letter, and a score that is never committed."""
    committed = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    for number in range(3):
        committed.send(topics.output, b'{"id":"%d","text":"\xf0\x9f\x98\x80"}' % number)
    committed.send(topics.output, None, b"7")
    headers = [("sentiment.error.reason", b"invalid-utf8")]
    committed.send(topics.dead, b"caf\xe9 \x1b[31m", b"k", headers)
    committed.close()
    aborted = KafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, transactional_id=f"{topics.name}-aborted"
    )
    aborted.init_transactions()
    aborted.begin_transaction()
    aborted.send(topics.output, b'{"id":"never"}')
    aborted.flush()
    aborted.abort_transaction()
    aborted.close()


@pytest.mark.usefixtures("published")
def test_scores_are_printed_as_they_stand_and_aborted_ones_are_not(read):
    seen = [json.loads(line) for line in read()]
    assert sorted(value["id"] for value in seen if "id" in value) == ["0", "1", "2"]
    assert {"key": "7", "deleted": True} in seen
    assert len(seen) == 4


@pytest.mark.usefixtures("published")
def test_a_limit_ends_the_reading(read):
    assert len(read("--limit", "2", "--follow")) == 2


@pytest.mark.usefixtures("published")
def test_nothing_is_new_at_the_end_of_a_topic(read):
    assert read("--new") == []


@pytest.mark.usefixtures("published")
def test_a_dead_letter_is_shown_with_its_bytes_escaped(read):
    (line,) = read("--dead")
    letter = json.loads(line)
    assert letter["key"] == "k"
    assert letter["value"] == r"caf\\xe9 \x1b[31m"
    assert letter["headers"] == {"sentiment.error.reason": "invalid-utf8"}


@pytest.mark.usefixtures("published")
def test_a_reader_of_ours_that_has_enough_is_no_error(read):
    assert len(read(then=" | head -n 1")) == 1
