"""The running stream: broker, worker and producer, as processes that end when the demo does."""

import argparse
import os
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from configuration.command_line import read_settings
from configuration.kafka_connection import KafkaConnection
from demo.errors import DemoError
from localkafka import LocalKafka
from localkafka.ports import free_port
from localkafka.watched import WatchedProgram

READY_WITHIN_SECONDS = 180.0
LAG_METRIC = "tweet_sentiment_consumer_lag"

Say = Callable[[str], None]


class Stream:
    """One worker on a Kafka: on ours, or on the one that KAFKA_BOOTSTRAP_SERVERS names.

    Args:
        model: What the worker scores with.
        explain: Whether it tells what moved the probabilities.
        say: Receives what whoever waits should know.

    Raises:
        LocalKafkaError: the broker does not start.
        SettingsError: the environment does not tell how to reach that Kafka.
    """

    def __init__(self, model: Path, explain: bool, say: Say) -> None:
        self._model = model
        self._explain = explain
        self._cleanup = ExitStack()
        self.logs = Path(tempfile.mkdtemp(prefix="sentiment-demo-"))
        self._broker: LocalKafka | None = None
        try:
            self.connection = self._connect(say)
            self._port = free_port()
            self._worker = self._watched()
            self._producer = self._watched()
        except BaseException:
            self.close()
            raise

    @property
    def http_address(self) -> str:
        """Where the worker serves /metrics."""
        return f"http://127.0.0.1:{self._port}"

    def start_worker(self) -> None:
        """Start the worker; `wait_until_ready` waits for it."""
        options = ["--create-topics", "--model", str(self._model), "--http-port", str(self._port)]
        options += ["--explain" if self._explain else "--no-explain"]
        self._start(self._worker, "worker", options)

    def start_producer(self, options: Sequence[str]) -> None:
        """Start publishing, as `python -m producer` with `options`."""
        self._start(self._producer, "producer", options)

    def wait_until_ready(self) -> None:
        """Return when the worker has its model and its partitions.

        Raises:
            DemoError: it has ended, or takes too long.
        """
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while self._get("/readyz") is None:
            self.check()
            if time.monotonic() > deadline:
                raise DemoError(f"the worker is not ready: {self._last_line('worker')}")
            time.sleep(0.1)

    def check(self) -> None:
        """Look whether worker and broker still run.

        Raises:
            DemoError: the worker does not; with its last words.
            LocalKafkaError: our broker does not.
        """
        if self._broker is not None:
            self._broker.check()
        if self._worker.exit_code() is not None:
            raise DemoError(f"the worker has ended: {self._last_line('worker')}")

    def producer_done(self) -> bool:
        """Look whether everything has been published.

        Raises:
            DemoError: the producer has failed; with its last words.
        """
        code = self._producer.exit_code()
        if code:
            raise DemoError(f"the producer has failed: {self._last_line('producer')}")
        return code == 0

    def lag(self) -> int | None:
        """Return the worker's lag in records, or None while it does not answer."""
        page = self._get("/metrics")
        if page is None:
            return None
        samples = [
            sample.value
            for family in text_string_to_metric_families(page)
            if family.name == LAG_METRIC
            for sample in family.samples
        ]
        return int(sum(samples))

    def close(self) -> None:
        """End producer, worker and broker, in this order, each in its orderly way."""
        self._cleanup.close()
        shutil.rmtree(self.logs, ignore_errors=True)

    def _connect(self, say: Say) -> KafkaConnection:
        if os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
            connection = read_settings(KafkaConnection, argparse.Namespace())
            say(f"using the Kafka at {connection.bootstrap_servers}")
            return connection
        say("starting a local Kafka")
        broker = LocalKafka(log_file=self.logs / "broker.log", report=say)
        self._broker = self._cleanup.enter_context(broker)
        return KafkaConnection(
            bootstrap_servers=broker.bootstrap_servers, security_protocol="PLAINTEXT"
        )

    def _watched(self) -> WatchedProgram:
        program = WatchedProgram(Path.cwd())
        return self._cleanup.enter_context(closing(program))

    def _start(self, program: WatchedProgram, package: str, options: Sequence[str]) -> None:
        connection = ["--bootstrap-servers", self.connection.bootstrap_servers]
        connection += ["--security-protocol", self.connection.security_protocol]
        command = [sys.executable, "-m", package, *options, *connection]
        program.start(command, self.logs / f"{package}.log")

    def _get(self, path: str) -> str | None:
        try:
            with urllib.request.urlopen(self.http_address + path, timeout=2) as answer:  # noqa: S310 - http://127.0.0.1
                return str(answer.read().decode())
        except OSError:
            return None

    def _last_line(self, package: str) -> str:
        """The last thing that a child said."""
        try:
            lines = (self.logs / f"{package}.log").read_text(errors="replace").split("\n")
        except OSError:
            lines = []
        return next((line for line in reversed(lines) if line.strip()), "it said nothing")
