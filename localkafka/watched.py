"""A program that ends with the process that started it: LocalKafka's end of the watchdog's pipe."""

import itertools
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, cast

from localkafka import watchdog
from localkafka.errors import FolderInUse, LocalKafkaError
from localkafka.folder_lock import locked_folder
from localkafka.watchdog import STOP_PATIENCE_SECONDS


class WatchedProgram:
    """Runs one program at a time, which does not outlive this process however that ends.

    Args:
        working_directory: Where the program runs.
        temporary: Delete the working directory at the end, and also when this process dies.
        alone: Let no other watched program that wants to be alone run there.

    Raises:
        FolderInUse: Another one is alone in the working directory.
    """

    def __init__(
        self, working_directory: Path, *, temporary: bool = False, alone: bool = False
    ) -> None:
        self._turn = threading.Lock()
        self._numbers = itertools.count()
        try:
            with ExitStack() as held:
                locks = []
                if alone:
                    locks = [held.enter_context(locked_folder(working_directory, wait=False))]
                self._watchdog = _start_watchdog(working_directory, temporary, locks)
        except BlockingIOError as error:
            raise FolderInUse(
                f"another broker runs on {working_directory}: stop that one, or choose another"
                " folder"
            ) from error
        # Both are there: PIPE was asked for.
        self._requests = cast("IO[str]", self._watchdog.stdin)
        self._answers = cast("IO[str]", self._watchdog.stdout)

    def start(self, command: Sequence[str | Path], log_file: Path) -> int:
        """Start `command`, whose output is appended to `log_file`, and return its process id.

        Raises:
            LocalKafkaError: The command or the log cannot be opened.
        """
        answer = self._ask(do="start", command=[str(part) for part in command], log=str(log_file))
        if "error" in answer:
            raise LocalKafkaError(f"cannot start Kafka: {answer['error']}")
        pid: int = answer["pid"]
        return pid

    def exit_code(self) -> int | None:
        """Return the program's exit status, negative for a signal; None while it runs."""
        return self._exit_code("look")

    def stop(self, patience_seconds: float = STOP_PATIENCE_SECONDS) -> int | None:
        """Ask the program to end, wait until it has, and return its exit status.

        Args:
            patience_seconds: After so long it is killed.
        """
        return self._exit_code("stop", patience_seconds=patience_seconds)

    def kill(self) -> int | None:
        """End the program with SIGKILL and return its exit status."""
        return self._exit_code("kill")

    def freeze(self) -> None:
        """Let the program do nothing until `thaw`, as on a host that hangs (SIGSTOP)."""
        self._exit_code("freeze")

    def thaw(self) -> None:
        """Let a frozen program go on (SIGCONT)."""
        self._exit_code("thaw")

    def close(self) -> None:
        """End the program, delete its folder if that is temporary, and end the watchdog."""
        self._watchdog.communicate()

    def _exit_code(self, do: str, **request: float) -> int | None:
        code: int | None = self._ask(do=do, **request)["exit_code"]
        return code

    def _ask(self, **request: Any) -> dict[str, Any]:
        try:
            with self._turn:
                return self._exchange(request)
        except (OSError, EOFError, ValueError) as error:
            raise LocalKafkaError(
                "the process that watches over the broker was ended from outside: start another one"
            ) from error

    def _exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        self._requests.write(json.dumps({"number": number, **request}) + "\n")
        self._requests.flush()
        # A Ctrl-C may have left the answer to an earlier request unread.
        for line in self._answers:
            answer: dict[str, Any] = json.loads(line)
            if answer["number"] == number:
                return answer
        raise EOFError


def _start_watchdog(folder: Path, temporary: bool, locks: Sequence[int]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        # By its path and isolated (-I): no module of the working directory is in its way.
        [sys.executable, "-I", watchdog.__file__, *([folder] if temporary else [])],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
        # Inherited, and by the program too: the folder is locked until the last of them ends.
        pass_fds=locks,
    )
