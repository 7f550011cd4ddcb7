"""Real worker processes on a real Kafka."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from localkafka.ports import free_port

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 90


class WorkerProcess:
    """A `python -m worker` with everything that a test asks of one."""

    def __init__(self, servers, topics, log_file, *options):
        self.log_file = log_file
        self.port = free_port()
        self._log = log_file.open("ab")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "worker", "--bootstrap-servers", servers),
                *("--input-topic", topics.input, "--output-topic", topics.output),
                *("--dead-letter-topic", topics.dead, "--group-id", topics.name),
                *("--http-port", str(self.port), "--session-timeout-seconds", "6"),
                *options,
            ],
            cwd=ROOT,
            stdout=self._log,
            stderr=self._log,
        )

    def get(self, path):
        """Return an answer's body, or None where it is not 200."""
        try:
            url = f"http://127.0.0.1:{self.port}{path}"
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            return None

    def wait_until_ready(self):
        self.wait_until(lambda: self.get("/readyz"), "ready")
        return self

    def wait_until(self, condition, what):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert self.process.poll() is None, f"the worker has ended:\n{self.log()}"
            assert time.monotonic() < deadline, f"not {what} in time:\n{self.log()}"
            time.sleep(0.05)

    def metric(self, name, **labels):
        """Return the sum of a metric's samples that have these labels; 0 without an answer."""
        page = self.get("/metrics") or ""
        return sum(
            sample.value
            for family in text_string_to_metric_families(page)
            for sample in family.samples
            if sample.name == f"tweet_sentiment_{name}" and labels.items() <= sample.labels.items()
        )

    def terminate(self):
        """Ask the worker to leave; return its exit code and the seconds that it took."""
        return self._end(signal.SIGTERM)

    def kill(self):
        return self._end(signal.SIGKILL)

    def _end(self, signum):
        started = time.monotonic()
        self.process.send_signal(signum)
        code = self.process.wait(timeout=30)
        return code, time.monotonic() - started

    def log(self):
        return self.log_file.read_text()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._log.close()


@pytest.fixture
def start_worker(kafka, topics, tmp_path):
    """Give a function that starts a worker, ended with the test at the latest."""
    with ExitStack() as cleanup:

        def start(*options, servers=kafka.bootstrap_servers, topics=topics):
            log_file = tmp_path / f"worker-{len(list(tmp_path.iterdir()))}.log"
            worker = WorkerProcess(servers, topics, log_file, *options)
            cleanup.callback(worker.close)
            return worker

        yield start


@pytest.fixture
def run_worker():
    """Give a function that runs a worker command to its end; return it completed."""

    def run(*options, **environment):
        return subprocess.run(
            [sys.executable, "-m", "worker", *options],
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    return run
