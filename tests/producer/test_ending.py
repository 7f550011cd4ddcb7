"""The producer as a process: it leaves when asked to, and draws only on terminals."""

import os
import pty
import re
import signal

import pytest

SUMMARY = re.compile(
    r"published (\d+) tweets? to \S+: (\d+) acknowledged, 0 failed, 0 malformed lines skipped\n"
)


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_loop_with_everything_acknowledged(
    start, arrived, kafka, topics, tweets_file, number, exit_code
):
    path = tweets_file(1_000)
    child = start(kafka.bootstrap_servers, topics.input, "file", path, "--loop", "--rate", "3000")
    arrived(kafka.bootstrap_servers, topics.input, 1_500)
    child.send_signal(number)
    output, errors = child.communicate(timeout=10)
    assert child.returncode == exit_code
    assert output == b""
    sent, acknowledged = SUMMARY.fullmatch(errors.decode()).groups()
    assert sent == acknowledged
    assert int(sent) >= 1_500


def test_ctrl_c_ends_the_wait_for_standard_input(start, arrived, kafka, topics):
    child = start(kafka.bootstrap_servers, topics.input, "stdin")
    child.stdin.write(b"so happy\n")
    child.stdin.flush()
    arrived(kafka.bootstrap_servers, topics.input, 1)
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=10)
    assert child.returncode == 130
    assert SUMMARY.fullmatch(errors.decode()).groups() == ("1", "1")


def test_ctrl_c_ends_the_wait_between_two_tweets(start, arrived, kafka, topics, tweets_file):
    path = tweets_file(10)
    child = start(kafka.bootstrap_servers, topics.input, "file", path, "--rate", "0.01")
    arrived(kafka.bootstrap_servers, topics.input, 1)
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=10)
    assert child.returncode == 130
    assert SUMMARY.fullmatch(errors.decode()).groups() == ("1", "1")


@pytest.mark.parametrize("options", [(), ("--no-progress",)])
def test_a_terminal_sees_the_bar_unless_it_is_not_wanted(
    start_on_terminal, kafka, topics, tweets_file, options
):
    seen = start_on_terminal(
        kafka.bootstrap_servers, topics.input, "file", tweets_file(400), "--rate", "400", *options
    )
    assert ("acknowledged  " in seen) == (not options)
    assert "published 400 tweets" in seen


@pytest.fixture
def start_on_terminal(start):
    """Run the command with a terminal as its error stream; give what was drawn."""

    def run_to_end(*arguments):
        ours, theirs = pty.openpty()
        child = start(*arguments, stderr=theirs)
        os.close(theirs)
        seen = b""
        try:
            while piece := os.read(ours, 65_536):
                seen += piece
        except OSError:  # Linux's way to say that the other side has closed
            pass
        finally:
            os.close(ours)
        assert child.wait(timeout=10) == 0
        return seen.decode()

    return run_to_end
