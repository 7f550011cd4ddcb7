"""What a serving process holds: no TensorFlow, little memory, and tables that it shares."""

import json
import sys
from pathlib import Path

import pytest
from kafka import KafkaProducer

from tests.reading import read_topic

MIB = 1 << 20

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def mappings(worker):
    """Return resident bytes by mapped file; what belongs to no file is under ""."""
    resident = {}
    file = ""
    for line in Path(f"/proc/{worker.process.pid}/smaps").read_text().splitlines():
        name, *values = line.split(None, 5)
        if not name.endswith(":"):
            file = values[4] if len(values) > 4 else ""
        elif name == "Rss:":
            resident[file] = resident.get(file, 0) + int(values[0]) * 1024
    return resident


def score_some(kafka, topics, count=2_000):
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers, linger_ms=20)
    for number in range(count):
        producer.send(topics.input, b'{"text": "tweet %d was fine"}' % number, partition=number % 2)
    producer.close()
    return read_topic(kafka.bootstrap_servers, topics.output, at_least=count)


@needs_proc
def test_a_serving_worker_holds_no_tensorflow_and_little_memory(
    kafka, topics, start_worker, tmp_path
):
    worker = start_worker("--cache", str(tmp_path / "cache")).wait_until_ready()
    score_some(kafka, topics)
    assert worker.metric("model_info", engine="folded") == 1
    resident = mappings(worker)
    assert not [file for file in resident if "tensorflow" in file or "keras" in file]
    shared = sum(size for file, size in resident.items() if "/tables/" in file)
    assert 0 < shared < 120_000_000
    # LLVM, which compiles at the first start, is 74 of them, and what it leaves behind some 100.
    assert sum(resident.values()) - shared < 280 * MIB


@needs_proc
def test_two_workers_map_the_same_tables(topics, start_worker, tmp_path):
    cache = tmp_path / "cache"
    workers = [start_worker("--cache", str(cache)) for _ in range(2)]
    for worker in workers:
        worker.wait_until_ready()
    (tables,) = (cache / "tables").glob("[!.]*")
    for worker in workers:
        assert mappings(worker)[str(tables)] > 0


def test_a_worker_whose_cache_cannot_be_written_says_so_and_scores(
    kafka, topics, start_worker, tmp_path
):
    (tmp_path / "file").touch()
    worker = start_worker("--cache", str(tmp_path / "file" / "below")).wait_until_ready()
    assert len(score_some(kafka, topics, count=10)) == 10
    assert "nothing can be kept" in worker.log()


def test_both_engines_give_the_same_scores(kafka, topics, start_worker):
    """The records of one engine, then of the other, from the same tweets."""
    start_worker("--engine", "folded").wait_until_ready()
    folded = score_some(kafka, topics, count=10)
    worker = start_worker("--engine", "keras", "--group-id", f"{topics.name}-keras")
    worker.wait_until(lambda: worker.metric("scored_total") == 10, "through with all")
    assert worker.metric("model_info", engine="keras") == 1
    both = read_topic(kafka.bootstrap_servers, topics.output, at_least=20)
    first, second = ({}, {})
    for record in both:
        value = json.loads(record.value)
        place = value["source"]["partition"], value["source"]["offset"]
        (second if place in first else first)[place] = value
    assert len(first) == len(second) == len(folded) == 10
    for place, value in first.items():
        other = second[place]
        assert value["label"] == other["label"]
        assert value["probabilities"] == pytest.approx(other["probabilities"], abs=1e-5)
