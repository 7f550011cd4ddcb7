"""What a user who makes a mistake is told: one line, and the right exit code."""

import io
import shutil
import socket
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from kafka import KafkaProducer

from tests.end_to_end.conftest import PATIENCE_SECONDS
from tests.reading import read_topic
from tests.sentiment.spoiling import replace

ROOT = Path(__file__).parent.parent.parent


def assert_one_line(completed, code, *words):
    """The complaint is one line on standard error; log lines before it are allowed."""
    complaints = [x for x in completed.stderr.splitlines() if x.startswith("python -m worker")]
    assert completed.returncode == code, completed.stderr
    assert len(complaints) == 1, completed.stderr
    assert "Traceback" not in completed.stderr
    for word in words:
        assert word in complaints[0]


def test_an_unknown_option_is_bad_usage(run_worker):
    assert_one_line(run_worker("--max-bitch", "3"), 2, "--max-bitch", "--help")


def test_a_bad_value_in_the_environment_is_bad_usage(run_worker):
    completed = run_worker(SENTIMENT_MAX_BATCH="many")
    assert_one_line(completed, 2, "SENTIMENT_MAX_BATCH", "'many'")


def test_a_model_that_is_not_there_is_told(run_worker):
    completed = run_worker("--model", "models/nowhere", "--http-port", "0")
    assert_one_line(completed, 5, "models/nowhere")


def test_a_changed_byte_in_a_bundle_is_found(run_worker, tmp_path):
    bundle = tmp_path / "bundle"
    shutil.copytree(ROOT / "models" / "default", bundle)
    vocabulary = bundle / "vocabulary.txt"
    content = bytearray(vocabulary.read_bytes())
    content[-2] ^= 1
    vocabulary.write_bytes(content)
    completed = run_worker("--model", str(bundle), "--http-port", "0")
    assert_one_line(completed, 5, "vocabulary.txt")


def test_a_model_that_is_not_signed_is_refused_where_there_is_a_key(run_worker, tmp_path):
    key = tmp_path / "public.pem"
    key.write_bytes(
        Ed25519PrivateKey.generate()
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    for completed in (
        run_worker("--model-public-key", str(key), "--http-port", "0"),
        run_worker(SENTIMENT_MODEL_PUBLIC_KEY=str(key), SENTIMENT_HTTP_PORT="0"),
    ):
        assert_one_line(completed, 5, "models/default is not signed")


def test_a_key_that_is_none_is_bad_usage(run_worker, tmp_path):
    for key, words in ((tmp_path / "nowhere.pem", "nowhere.pem"), (ROOT / "LICENSE", "openssl")):
        completed = run_worker("--model-public-key", str(key), "--http-port", "0")
        assert_one_line(completed, 2, words)


def test_evidence_of_a_model_that_keras_computes_is_bad_usage(run_worker):
    completed = run_worker("--engine", "keras", "--http-port", "0", SENTIMENT_EXPLAIN="true")
    assert_one_line(completed, 2, "evidence needs the folded engine, and Keras was asked for")


def test_a_model_that_holds_a_pickle_is_refused(run_worker, tmp_path):
    bundle = shutil.copytree(ROOT / "models" / "default", tmp_path / "bundle")
    archive = io.BytesIO()
    np.savez(archive, texts=np.array([{}], object))
    replace(bundle, "reference.npz", archive.getvalue())
    completed = run_worker("--model", str(bundle), "--http-port", "0")
    assert_one_line(completed, 5, "reference.npz", "neither numbers nor texts", "retrain")


def test_a_topic_of_nothing_but_broken_records_ends_the_worker(kafka, topics, start_worker):
    with closing(KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)) as producer:
        producer.send(topics.input, b'{"text": "a lovely day"}', partition=0).get(10)
        for _ in range(30):
            producer.send(topics.input, b"not JSON", partition=0).get(10)
    worker = start_worker("--storm-window", "10", "--max-batch", "4")
    assert worker.process.wait(PATIENCE_SECONDS) == 6, worker.log()
    [complaint] = [x for x in worker.log().splitlines() if x.startswith("python -m worker")]
    assert "of 10 records in a row could not be scored (invalid-json:" in complaint
    assert "SENTIMENT_STORM_SHARE" in complaint
    assert len(read_topic(kafka.bootstrap_servers, topics.output)) == 1
    assert len(read_topic(kafka.bootstrap_servers, topics.dead)) <= 5
    start_worker("--storm-window", "10", "--storm-share", "1")
    assert len(read_topic(kafka.bootstrap_servers, topics.dead, at_least=30)) == 30


def test_a_taken_port_is_told_with_the_setting_to_change(run_worker):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        completed = run_worker("--http-port", str(taken.getsockname()[1]))
    assert_one_line(completed, 1, "SENTIMENT_HTTP_PORT")


def test_missing_topics_are_named_with_how_to_make_them(kafka, run_worker):
    completed = run_worker(
        *("--bootstrap-servers", kafka.bootstrap_servers, "--http-port", "0"),
        *("--input-topic", "nowhere", "--output-topic", "no.scores"),
        *("--dead-letter-topic", "no.dead"),
    )
    assert_one_line(completed, 1, "nowhere, no.scores, no.dead", "--create-topics")


def test_topics_are_made_when_asked_for(kafka, start_worker, topics):
    topics.input, topics.output = f"{topics.name}.made", f"{topics.name}.made.scored"
    worker = start_worker("--create-topics", "--partitions", "3").wait_until_ready()
    assert "topics made" in worker.log()
    assert worker.terminate()[0] == 0


def test_reading_without_a_broker_is_one_line(run_worker):
    completed = run_worker("read", "--bootstrap-servers", "127.0.0.1:1")
    assert_one_line(completed, 1, "127.0.0.1:1", "KAFKA_BOOTSTRAP_SERVERS")


@pytest.mark.parametrize("limit", ["0", "-3", "many"])
def test_a_limit_that_is_no_number_is_bad_usage(run_worker, limit):
    assert_one_line(run_worker("read", "--limit", limit), 2, "--limit", limit)
