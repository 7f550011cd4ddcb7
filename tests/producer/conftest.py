"""The producer as a command: in this process for its answers, as a child for its signals."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition

from producer.__main__ import main

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 60


@pytest.fixture
def run(capsys):
    """Run the command here; give its exit code and the lines on its error stream."""

    def run_here(*arguments):
        code = main([str(argument) for argument in arguments])
        output = capsys.readouterr()
        assert output.out == ""
        return code, output.err.splitlines()

    return run_here


@pytest.fixture
def publish(run, kafka, topics):
    """Run the command here on a topic of the test's own."""

    def publish_here(source, *arguments):
        servers = ("--bootstrap-servers", kafka.bootstrap_servers)
        return run(source, *arguments, *servers, "--input-topic", topics.input)

    return publish_here


@pytest.fixture
def start():
    """Start the command as a child process, which does not outlive the test."""
    children = []

    def start_child(servers, topic, *arguments, stderr=subprocess.PIPE):
        child = subprocess.Popen(
            [
                *(sys.executable, "-m", "producer", *map(str, arguments)),
                *("--bootstrap-servers", servers, "--input-topic", topic),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
        children.append(child)
        return child

    yield start_child
    for child in children:
        child.kill()
        child.communicate()


@pytest.fixture
def arrived():
    """Wait until a topic holds so many records."""

    def wait(servers, topic, at_least):
        consumer = KafkaConsumer(bootstrap_servers=servers, group_id=None)
        places = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic)]
        deadline = time.monotonic() + PATIENCE_SECONDS
        try:
            while sum(consumer.end_offsets(places).values()) < at_least:
                assert time.monotonic() < deadline, f"{at_least} records never came to {topic}"
        finally:
            consumer.close()

    return wait


@pytest.fixture
def tweets_file(tmp_path):
    """Write a file of so many numbered tweets."""

    def write(count):
        path = tmp_path / "numbered.jsonl"
        path.write_text("".join(f'{{"id": "{n}", "text": "tweet {n}"}}\n' for n in range(count)))
        return path

    return write
