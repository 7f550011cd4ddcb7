"""The commands of the README are run, in order, as a reader would run them."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from localkafka.ports import free_port

ROOT = Path(__file__).parent.parent.parent
SHELL_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
KEEPS_RUNNING = "# runs until Ctrl-C\n"
PATIENCE_SECONDS = 120


class Reader:
    """Somebody who types what the README says, in a copy of the project, on free ports."""

    def __init__(self, directory):
        self.directory = directory
        self._kafka, self._http = free_port(), free_port()
        self._environment = os.environ | {
            "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{self._kafka}",
            "SENTIMENT_HTTP_PORT": str(self._http),
        }
        self._running = ExitStack()
        self._processes = []

    def run(self, block):
        """Run a block to its end; return what it printed."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self._on_free_ports(block)],
            cwd=self.directory,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stderr}"
        return done.stdout

    def start(self, block):
        """Start a block that keeps running, and let it run until the end."""
        command = "exec " + self._on_free_ports(block.removeprefix(KEEPS_RUNNING)).strip()
        process = subprocess.Popen(
            ["bash", "-c", command],
            cwd=self.directory,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(process)
        self._running.callback(self._end, process)

    def wait_until_ready(self):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            assert all(process.poll() is None for process in self._processes), "a command has ended"
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self._http}/readyz", timeout=5).close()
                return
            time.sleep(0.1)
        raise AssertionError("the worker did not become ready")

    def close(self):
        self._running.close()

    def _on_free_ports(self, block):
        block = block.replace(".venv/bin/python", sys.executable)
        return block.replace("9092", str(self._kafka)).replace(":8000", f":{self._http}")

    @staticmethod
    def _end(process):
        process.terminate()
        process.wait(30)


@pytest.fixture
def reader(tmp_path):
    """Give a reader in a copy of what the commands need."""
    for name in ("demo", "examples", "models"):
        shutil.copytree(ROOT / name, tmp_path / name)
    reader = Reader(tmp_path)
    yield reader
    reader.close()


def test_the_commands_of_the_readme_do_what_it_says(reader):
    blocks = SHELL_BLOCK.findall((ROOT / "README.md").read_text())
    commands = [block for block in blocks if not block.startswith("make ")]
    assert len(commands) == 9
    kafka, worker, publish_and_read, publish_file, metrics, dead, look, train, explain = commands

    reader.start(kafka)
    reader.start(worker)
    reader.wait_until_ready()
    assert '"text":"what a lovely day 😀 thank you @example_anna"' in reader.run(publish_and_read)
    reader.run(publish_file)
    assert 'tweet_sentiment_scored_total{label="positive"}' in reader.run(metrics)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while '"sentiment.error.reason":"' not in reader.run(dead):
        assert time.monotonic() < deadline
    seen = reader.run(look)
    assert "  missing-text  tweets/2:" in seen
    assert "would replay 2:0, attempt 1" in seen
    page = (ROOT / "docs" / "dead-letters.md").read_text()
    listing, showing, replaying = SHELL_BLOCK.findall(page)
    assert '"reason":"missing-text"' in reader.run(listing)
    assert "dead letter 2:0 of tweets.dead" in reader.run(showing)
    assert (reader.directory / "original.json").read_bytes().startswith(b'{"id"')
    assert "would replay 2:0" in reader.run(replaying)
    assert "[replayed]" in reader.run(listing)
    assert '"model":"mine@' in reader.run(train).replace(" ", "")
    assert (reader.directory / "models/mine/README.md").is_file()
    assert '"evidence": [{"text": "wonderful 😀"' in reader.run(explain)


def test_the_commands_of_the_page_on_training_do_what_it_says(reader):
    page = (ROOT / "docs" / "training.md").read_text()
    look, train, vectors, search = SHELL_BLOCK.findall(page)
    assert '"good": 50' in reader.run(look)
    assert (reader.directory / "look" / "inspect.html").is_file()
    assert "this model" in reader.run(train)
    assert "vectors of 50 dimensions." in reader.run(vectors)
    assert "All trials are in search/tuning.html." in reader.run(search)
