"""A contestant while it runs: started, watched, and ended with us however we end."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from kafka import KafkaAdminClient
from prometheus_client.parser import text_string_to_metric_families

from benchmarks import processes
from benchmarks.contestants import Contestant
from benchmarks.errors import ContestantFailed
from benchmarks.topics import Topics, joined
from localkafka.ports import free_port
from localkafka.watched import WatchedProgram

READY_WITHIN_SECONDS = 120.0
LOOK_EVERY_SECONDS = 0.01
STAGE_SECONDS = "tweet_sentiment_stage_seconds_sum"


class Running:
    """The processes of one contestant.

    Attributes:
        contestant: What it is.
        started_seconds: The monotonic second in which the last of them was started.
    """

    def __init__(self, contestant: Contestant, topics: Topics, folder: Path) -> None:
        self.contestant = contestant
        self._topics = topics
        self._folder = folder
        self.started_seconds = 0.0
        self._programs: list[WatchedProgram] = []
        self._pids: list[int] = []
        self._ports = [free_port() for _ in range(contestant.processes)]
        self._addresses = [f"127.0.0.1:{free_port()}" for _ in range(contestant.processes)]

    def start(self, cleanup: ExitStack, model: Path, more: dict[str, str]) -> None:
        """Start every process; `cleanup` ends them, `more` is added to their environment."""
        if self.contestant.prepare:
            module, *options = self.contestant.prepare
            given = [option.format(folder=self._folder) for option in options]
            subprocess.run([sys.executable, "-m", module, *given], check=True)
        for number, port in enumerate(self._ports):
            program = cleanup.enter_context(closing(WatchedProgram(Path.cwd())))
            self._programs.append(program)
            settings = self._environment(number, port, model) | more
            command = ["/usr/bin/env", *(f"{name}={value}" for name, value in settings.items())]
            command += [sys.executable, "-m", self.contestant.module]
            self.started_seconds = time.monotonic()
            self._pids.append(program.start(command, self._log(number)))

    def wait_until_ready(self) -> None:
        """Return when every process has its model and its partitions, as far as it shows that.

        Raises:
            ContestantFailed: one has ended, or it takes too long.
        """
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        with ExitStack() as cleanup:
            admin = None
            if self.contestant.ready == "group":
                options = self._topics.connection.client_options()
                admin = cleanup.enter_context(closing(KafkaAdminClient(**options)))
            while not self._is_ready(admin):
                self.check()
                if time.monotonic() > deadline:
                    raise ContestantFailed(
                        f"{self.contestant.name} is not ready after {READY_WITHIN_SECONDS:.0f} s: "
                        f"{self._last_words(0)}"
                    )
                time.sleep(LOOK_EVERY_SECONDS)

    def check(self) -> None:
        """Look whether every process still runs.

        Raises:
            ContestantFailed: one has ended.
        """
        for number, program in enumerate(self._programs):
            if program.exit_code() is not None:
                raise ContestantFailed(
                    f"{self.contestant.name} has ended: {self._last_words(number)}"
                )

    def cpu_seconds(self) -> float:
        """Return the processor time that its processes have used so far."""
        return sum(map(processes.cpu_seconds, self._pids))

    def memory(self) -> processes.Memory:
        """Return the memory of its processes together."""
        return sum(map(processes.memory, self._pids), processes.Memory(0, 0))

    def stage_seconds(self) -> dict[str, float]:
        """Return the seconds that each of its stages has taken, of those that tell."""
        seconds: defaultdict[str, float] = defaultdict(float)
        for page in self.get("/metrics"):
            for family in text_string_to_metric_families(page):
                for sample in family.samples:
                    if sample.name == STAGE_SECONDS:
                        seconds[sample.labels["stage"]] += sample.value
        return dict(seconds)

    def get(self, path: str) -> list[str]:
        """Return what each process answers over HTTP with status 200."""
        answers = []
        for port in self._ports:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                    answers.append(answer.read().decode())
            except OSError:
                continue
        return answers

    def _is_ready(self, admin: KafkaAdminClient | None) -> bool:
        if self.contestant.ready == "http":
            return len(self.get("/readyz")) == self.contestant.processes
        return admin is None or joined(self._topics, admin) == self.contestant.processes

    def _environment(self, number: int, port: int, model: Path) -> dict[str, str]:
        topics = self._topics
        return {
            "KAFKA_BOOTSTRAP_SERVERS": topics.connection.bootstrap_servers,
            "SENTIMENT_INPUT_TOPIC": topics.input,
            "SENTIMENT_OUTPUT_TOPIC": topics.output,
            "SENTIMENT_DEAD_LETTER_TOPIC": topics.dead_letters,
            "SENTIMENT_GROUP_ID": topics.group,
            "SENTIMENT_WORKER_ID": f"{topics.group}-{number}",
            "SENTIMENT_HTTP_PORT": str(port),
            "SENTIMENT_MODEL": str(model),
            "BENCHMARK_FOLDER": str(self._folder),
            "BENCHMARK_PROCESS": str(number),
            "BENCHMARK_ADDRESSES": ";".join(self._addresses),
            **self.contestant.environment,
        }

    def _log(self, number: int) -> Path:
        return self._folder / f"process-{number}.log"

    def _last_words(self, number: int) -> str:
        lines = self._log(number).read_text(errors="replace").splitlines()
        return next((line for line in reversed(lines) if line.strip()), "it said nothing")


@contextmanager
def running(
    contestant: Contestant, topics: Topics, model: Path, more: dict[str, str] | None = None
) -> Iterator[Running]:
    """Run a contestant with `more` in its environment, until the end of the block.

    Raises:
        LocalKafkaError: its processes cannot be started.
    """
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(TemporaryDirectory(prefix="benchmark-")))
        programs = Running(contestant, topics, folder)
        programs.start(cleanup, model, more or {})
        yield programs
