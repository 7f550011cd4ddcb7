"""A single Apache Kafka broker on this machine, as a child that is always cleaned up."""

import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from localkafka.aot_cache import find_aot_cache
from localkafka.broker_log import BrokerLog
from localkafka.commands import KafkaCommands
from localkafka.errors import BrokerFailed, LocalKafkaError, PortTaken
from localkafka.jars import kafka_jars
from localkafka.java import find_java
from localkafka.ports import HOST, answers, free_port, free_ports, obstacle
from localkafka.properties import (
    Properties,
    broker_properties,
    separate_listeners,
    write_properties,
)
from localkafka.watchdog import STOP_PATIENCE_SECONDS
from localkafka.watched import WatchedProgram

# Up in 1.2 to 4 s on two idle cores; a starved machine gets its time.
_START_PATIENCE_SECONDS = 120
_LOOK_EVERY_SECONDS = 0.05

# A free port may be gone before the broker takes it.
_PORT_ATTEMPTS = 5


@dataclass(frozen=True)
class _Running:
    pid: int
    log: BrokerLog


class LocalKafka:
    """A real Kafka broker (KRaft, its own controller) that serves this machine.

    ::

        with LocalKafka() as kafka:
            producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)

    It never outlives this process, not even a process that is killed. `stop` or `kill`, then
    `start`, is a restart: same port, same data. After `close` nothing is left but a data
    directory that was asked for.

    Args:
        data_directory: Keeps topics, properties and log; a temporary folder unless told.
        port: Where to listen; a free port unless told.
        advertised_port: Where clients are told to come to, for a proxy in front of the broker;
            `port` unless told. The broker itself talks to brokers without it.
        properties: Kafka's own broker properties, which replace or complete the defaults.
        log_file: Where the broker logs; `broker.log` in the data directory unless told.
        heap_megabytes: The most that Java's heap may take.
        report: Receives a line when something takes its time, such as the first download.
    """

    _stop_patience_seconds = STOP_PATIENCE_SECONDS

    def __init__(
        self,
        data_directory: str | os.PathLike[str] | None = None,
        *,
        port: int | None = None,
        advertised_port: int | None = None,
        properties: Properties | None = None,
        log_file: str | os.PathLike[str] | None = None,
        heap_megabytes: int = 768,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._directory = Path(data_directory).absolute() if data_directory else None
        self._temporary = data_directory is None
        self._port = port
        self._advertised_port = advertised_port
        self._changes = dict(properties or {})
        self._log_file = Path(log_file).absolute() if log_file else None
        self._heap_megabytes = heap_megabytes
        self._report = report
        self._program: WatchedProgram | None = None
        self._running: _Running | None = None

    @property
    def port(self) -> int:
        """Where the broker listens for clients, known once it has started."""
        if self._port is None:
            raise LocalKafkaError("the broker has no address before it is started: call start()")
        return self._port

    @property
    def bootstrap_servers(self) -> str:
        """Where clients connect: `127.0.0.1:PORT`, known once the broker has started."""
        return f"{HOST}:{self._advertised_port or self.port}"

    @property
    def data_directory(self) -> Path:
        """The folder with topics, properties and log, known once the broker has started."""
        if self._directory is None:
            raise LocalKafkaError("the broker has no folder before it is started: call start()")
        return self._directory

    @property
    def log_file(self) -> Path:
        """Where the broker logs."""
        return self._log_file or self.data_directory / "broker.log"

    @property
    def pid(self) -> int | None:
        """The broker's process id; None while it is stopped."""
        return self._running.pid if self._running else None

    def start(self) -> None:
        """Start the broker and wait until it serves.

        Raises:
            JavaUnusable: There is no Java to run it with.
            JarsUnavailable: Kafka's jars are not there and cannot be fetched.
            FolderInUse: Another broker runs on the data directory.
            PortTaken: Another program listens on the port that was asked for, or that the broker
                had before it was stopped.
            BrokerFailed: Kafka ended, or did not come up in time.
            LocalKafkaError: It runs already, or its folder cannot be written.
        """
        if self._running:
            raise LocalKafkaError("the broker runs already: stop() it first")
        java, jars = find_java(), kafka_jars(report=self._report)
        try:
            program = self._program = self._program or self._watch_over_folder()
            for _ in range(_PORT_ATTEMPTS):
                if self._port is not None and (reason := obstacle(self._port)):
                    raise PortTaken(
                        f"the broker cannot listen on port {self._port} ({reason}): end the"
                        " program that does, or choose another port"
                    )
                commands = self._commands(java, jars)
                port = self._port or free_port()
                self._write_properties(commands.properties_file, port)
                self._running = self._run(program, commands, port)
                if self._running:
                    self._port = port
                    return
        except OSError as error:
            raise LocalKafkaError(
                f"cannot keep the broker's data ({error}): make room, allow writing there, or"
                " choose another folder"
            ) from error
        raise PortTaken("every free port was taken before the broker could listen: try again")

    def check(self) -> None:
        """Look whether the broker that was started still runs.

        Raises:
            BrokerFailed: It has ended by itself.
        """
        if self._program and self._running:
            code = self._program.exit_code()
            if code is not None:
                log, self._running = self._running.log, None
                raise self._failure(f"ended by itself with status {code}", log)

    def stop(self) -> None:
        """Stop the broker in order; its port and its data stay for the next `start`."""
        if self._program:
            self._program.stop(self._stop_patience_seconds)
        self._running = None

    def kill(self) -> None:
        """End the broker with SIGKILL, as a crash would; `start` starts it again."""
        if self._program:
            self._program.kill()
        self._running = None

    def freeze(self) -> None:
        """Let the broker do nothing until `thaw`, as on a host that hangs; its port stays open."""
        if self._program:
            self._program.freeze()

    def thaw(self) -> None:
        """Let a frozen broker go on."""
        if self._program:
            self._program.thaw()

    def close(self) -> None:
        """Stop the broker and delete its temporary folder. Harmless when done already."""
        program, self._program, self._running = self._program, None, None
        if program:
            program.close()
        if self._temporary:
            self._directory = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _topics(self) -> Path:
        return self.data_directory / "topics"

    @property
    def _cluster(self) -> uuid.UUID:
        """The same for all who have the same controllers."""
        voters = self._changes.get("controller.quorum.voters")
        return uuid.uuid5(uuid.NAMESPACE_URL, str(voters)) if voters else uuid.uuid4()

    def _watch_over_folder(self) -> WatchedProgram:
        self._directory = self._directory or Path(tempfile.mkdtemp(prefix="localkafka-"))
        self._directory.mkdir(parents=True, exist_ok=True)
        return WatchedProgram(self._directory, temporary=self._temporary, alone=True)

    def _commands(self, java: Path, jars: list[Path]) -> KafkaCommands:
        aot_cache = find_aot_cache(java, jars, _make_aot_cache, self._report)
        properties_file = self.data_directory / "server.properties"
        return KafkaCommands(java, jars, self._heap_megabytes, properties_file, aot_cache)

    def _write_properties(self, path: Path, port: int) -> None:
        controller_port, brokers_port = free_ports(2, other_than=[port])
        separated: Properties = {}
        if self._advertised_port is not None:
            separated = separate_listeners(
                port=port,
                advertised_port=self._advertised_port,
                brokers_port=brokers_port,
                controller_port=controller_port,
            )
        properties = broker_properties(
            port=port,
            controller_port=controller_port,
            data_directory=self._topics,
            changes={**separated, **self._changes},
        )
        write_properties(properties, path)

    def _run(self, program: WatchedProgram, commands: KafkaCommands, port: int) -> _Running | None:
        """Run the broker on the written properties; None when a port was taken meanwhile."""
        deadline = time.monotonic() + _START_PATIENCE_SECONDS
        log = BrokerLog(self.log_file)
        if not (self._topics / "meta.properties").exists():
            program.start(commands.format(self._cluster), log.path)
            while (code := program.exit_code()) is None:
                self._wait(program, log, deadline)
            if code != 0:
                raise self._failure("cannot prepare its data folder", log)
        pid = program.start(commands.serve(), log.path)
        # The line alone could be another broker's that logs to the same file.
        while not (log.says_started() and answers(port)):
            if program.exit_code() is not None:
                if log.says_port_taken():
                    return None
                raise self._failure("did not start", log)
            self._wait(program, log, deadline)
        return _Running(pid, log)

    def _wait(self, program: WatchedProgram, log: BrokerLog, deadline: float) -> None:
        if time.monotonic() > deadline:
            program.kill()
            raise self._failure(f"was not up within {_START_PATIENCE_SECONDS} s", log)
        time.sleep(_LOOK_EVERY_SECONDS)

    def _failure(self, what: str, log: BrokerLog) -> BrokerFailed:
        kept = log.path
        if self._temporary and not self._log_file:
            # The folder is about to be deleted, and the log is what the reader needs.
            with suppress(OSError):
                kept = Path(shutil.copy(log.path, f"{self.data_directory}.log"))
        return BrokerFailed(f"Kafka {what}: {log.telling_line()} (log: {kept})", kept)


class _Recorded(LocalKafka):
    """A broker whose Java writes what later ones start with when it is stopped, in some seconds."""

    _stop_patience_seconds = 120  # It takes 5.

    def __init__(self, aot_output: Path) -> None:
        super().__init__()
        self._aot_output = aot_output

    def _commands(self, java: Path, jars: list[Path]) -> KafkaCommands:
        properties_file = self.data_directory / "server.properties"
        return KafkaCommands(
            java, jars, self._heap_megabytes, properties_file, aot_output=self._aot_output
        )


def _make_aot_cache(path: Path) -> None:
    with _Recorded(path) as kafka:
        kafka.stop()
