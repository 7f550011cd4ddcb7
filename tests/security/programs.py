"""Our programs as processes, with an environment of their own and all that they said."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 120


class Program:
    """A `python -m MODULE` that ends with the test at the latest."""

    def __init__(self, output_file, environment, module, *arguments, tweets=None):
        self._output_file = output_file
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KAFKA_", "SENTIMENT_"))
        }
        with output_file.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=inherited | environment,
                stdin=subprocess.DEVNULL if tweets is None else subprocess.PIPE,
                stdout=output,
                stderr=output,
            )
        if tweets is not None:
            self.publish(tweets)

    def publish(self, tweets):
        """Write lines to the program's standard input."""
        self.process.stdin.write("".join(f"{tweet}\n" for tweet in tweets).encode())
        self.process.stdin.flush()

    def output(self):
        """Return all that the program has said until now, on both streams."""
        return self._output_file.read_text()

    def command_lines(self):
        """Return what every user of this machine can read of the program and its children."""
        process = psutil.Process(self.process.pid)
        found = []
        for one in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):  # A child may end while we look.
                found += one.cmdline()
        return " ".join(found)

    def wait_until(self, condition, what):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert self.process.poll() is None, f"it has ended:\n{self.output()}"
            assert time.monotonic() < deadline, f"not {what} in time:\n{self.output()}"
            time.sleep(0.05)

    def says(self, words):
        """Return when the program has said this."""
        self.wait_until(lambda: words in self.output(), words)
        return self

    def ends(self):
        """Wait until the program has ended by itself; return its exit code."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            return self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not end:\n{self.output()}") from None

    def terminate(self):
        """Ask the program to leave; return its exit code."""
        self.process.terminate()
        return self.ends()

    def interrupt(self):
        """Ask the program to leave, as Ctrl-C does; return its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.ends()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()


class Programs:
    """Starts our programs on three topics, as a group of the same name."""

    def __init__(self, names, folder, cleanup):
        self._names = names
        self._folder = folder
        self._cleanup = cleanup
        self._numbers = count()

    def worker(self, access, *options):
        """Start a worker that comes to Kafka with the variables `access`."""
        options = ("--http-port", "0", "--session-timeout-seconds", "6", *options)
        return self.start("worker", access, *options)

    def reader(self, access, *options):
        """Start what reads scored tweets back."""
        return self.start("worker", access, "read", *options)

    def replayer(self, access, *options):
        """Start what sends dead letters through again."""
        return self.start("worker", access, "dead-letters", "replay", *options)

    def producer(self, access, tweets, *options):
        """Start a producer; `tweets`, and what is published later, are its standard input."""
        options = ("stdin", "--no-progress", *options)
        return self.start("producer", access, *options, tweets=tweets)

    def start(self, module, access, *options, tweets=None):
        """Start any of our programs."""
        topics = {
            "SENTIMENT_INPUT_TOPIC": self._names.input,
            "SENTIMENT_OUTPUT_TOPIC": self._names.output,
            "SENTIMENT_DEAD_LETTER_TOPIC": self._names.dead,
            "SENTIMENT_GROUP_ID": self._names.name,
        }
        output_file = self._folder / f"{module}-{next(self._numbers)}.log"
        program = Program(output_file, access | topics, module, *options, tweets=tweets)
        self._cleanup.callback(program.close)
        return program


def the_complaint(output, module):
    """Return the one line in which a program has complained; log lines do not count."""
    assert "Traceback" not in output, output
    prefix = f"python -m {module}"
    complaints = [line for line in output.splitlines() if line.startswith(prefix)]
    assert len(complaints) == 1, output
    return complaints[0]
