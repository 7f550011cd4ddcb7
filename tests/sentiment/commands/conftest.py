"""Commands that are started, or that fail."""

import contextlib
import subprocess
import sys
import threading

import pytest

from tests.sentiment.commands.running import exit_code
from tests.sentiment.texts import make_texts, write_jsonl


@pytest.fixture
def start():
    """Give a function that starts the command as a process; one that hangs is ended."""
    with contextlib.ExitStack() as at_the_end:

        def popen(*arguments):
            process = subprocess.Popen(
                [sys.executable, "-m", "sentiment", *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            at_the_end.enter_context(process)
            alarm = threading.Timer(90, process.kill)
            alarm.start()
            at_the_end.callback(alarm.cancel)
            return process

        yield popen


@pytest.fixture
def labelled_file(tmp_path):
    """Give a file of texts with labels that the small model has not seen."""
    return write_jsonl(tmp_path / "new.jsonl", make_texts(60, seed=8))


@pytest.fixture
def fails(capsys):
    """Give a function that expects a command to fail with one line, and returns it."""

    def run(*arguments, code=1):
        assert exit_code(*arguments) == code
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1, captured.err
        return captured.err

    return run
