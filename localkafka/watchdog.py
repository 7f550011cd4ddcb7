"""A small process that owns the broker, and ends it when the process that asked for it is gone.

The broker must not outlive the test run or the demo that started it, not even one that is killed
and cannot clean up. So the broker is not its child but this program's: LocalKafka holds a pipe
to this program's standard input, and the operating system closes that pipe with the process,
however it ends. On end of input the broker is stopped and the temporary folder deleted.

It runs in a session of its own, which a Ctrl-C in the terminal does not reach: the broker is
stopped by whoever started it, in order. It is run by its path, imports nothing but the standard
library, and answers each line of JSON on standard input with one on standard output:

    {"number": 1, "do": "start", "command": ["java", ...], "log": "broker.log"}
    {"number": 1, "pid": 4711}
    {"number": 2, "do": "look"}
    {"number": 2, "exit_code": null}
    {"number": 3, "do": "stop", "patience_seconds": 15}
    {"number": 3, "exit_code": 143}
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

# An orderly shutdown takes 0.5 s; a broker that is busy after this long is killed.
STOP_PATIENCE_SECONDS = 15


class Owner:
    """Starts and ends one program at a time."""

    def __init__(self) -> None:
        self._program: subprocess.Popen[bytes] | None = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what one line asks for."""
        match request["do"]:
            case "start":
                return self._start(request["command"], Path(request["log"]))
            case "stop":
                self.stop(request["patience_seconds"])
            case "kill":
                self.kill()
            case "freeze":
                self.freeze()
            case "thaw":
                if self._program is not None:
                    self._program.send_signal(signal.SIGCONT)
        return {"exit_code": self._program.poll() if self._program else None}

    def _start(self, command: list[str], log: Path) -> dict[str, Any]:
        try:
            with log.open("ab") as output:
                self._program = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    # The one descriptor that may be inherited is the folder's lock.
                    close_fds=False,
                    process_group=0,
                )
        except OSError as error:
            return {"error": str(error)}
        return {"pid": self._program.pid}

    def stop(self, patience_seconds: float = STOP_PATIENCE_SECONDS) -> None:
        """Ask the program to end, and end it when it does not."""
        if self._program is None:
            return
        self._program.terminate()
        self._program.send_signal(signal.SIGCONT)  # A frozen one would not be ended by the other.
        try:
            self._program.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the program at once, as a crash would."""
        if self._program is not None and self._program.poll() is None:
            # With the Java that it has write its ahead-of-time cache, if it does so.
            os.killpg(self._program.pid, signal.SIGKILL)
            self._program.wait()

    def freeze(self) -> None:
        """Return when every thread of the program stands still."""
        if self._program is not None:
            self._program.send_signal(signal.SIGSTOP)
            # On a busy machine its threads go on for a while (seen once: a broker that answered).
            if hasattr(os, "waitid"):  # Not before Python 3.13 on macOS.
                os.waitid(os.P_PID, self._program.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)


def main(temporary_folders: list[str]) -> None:
    """Serve requests until the input ends, then leave nothing behind.

    Args:
        temporary_folders: What to delete at the end.
    """
    # Asked to end by the system, clean up as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    owner = Owner()
    try:
        for line in sys.stdin:
            request = json.loads(line)
            answer = {"number": request["number"], **owner.answer(request)}
            os.write(sys.stdout.fileno(), json.dumps(answer).encode() + b"\n")
    except BrokenPipeError:
        pass  # The other end is gone before it read the answer: the input ends as well.
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        owner.stop()
        for folder in temporary_folders:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
