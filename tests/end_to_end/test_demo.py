"""`python -m demo` as a newcomer runs it, without a terminal."""

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 180


def demo(*options, **more):
    environment = {k: v for k, v in os.environ.items() if k != "KAFKA_BOOTSTRAP_SERVERS"} | more
    return subprocess.Popen(
        [sys.executable, "-m", "demo", *options],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_the_sample_is_scored_exactly_once_on_a_kafka_of_the_demos_own():
    process = demo("--rate", "400")
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, out + err
    assert "metrics: " in out
    assert "-m producer stdin" in out
    assert "every record exactly once" in out
    assert "published 312 records: 304 scored, 8 dead letters, 0 deletions" in out
    assert "304 distinct ids among 304 scored tweets that have one" in out
    assert "dead letters, missing-text: 3" in out
    assert err == ""


def test_a_demo_that_is_interrupted_says_what_is_open_and_leaves_nothing_running():
    process = demo("--rate", "1")
    seen = []
    for line in process.stdout:
        seen.append(line)
        if "scored 1" in line:
            break
    process.terminate()
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130, out
    assert "interrupted" in out
    metrics = next(line for line in seen if line.startswith("metrics:"))
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(metrics.split()[-1], timeout=5)


def test_a_missing_file_is_one_line_and_exit_code_2():
    process = demo("--input", "nowhere.jsonl")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err == "python -m demo: there is no file nowhere.jsonl: name one with --input\n"


def test_an_address_without_a_port_is_one_line_and_exit_code_2():
    process = demo("--limit", "1", KAFKA_BOOTSTRAP_SERVERS="localhost")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.startswith("python -m demo: KAFKA_BOOTSTRAP_SERVERS")
    assert len(err.splitlines()) == 1


def test_a_mistyped_option_is_one_line_and_exit_code_2():
    process = demo("--limit", "many")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert len(err.splitlines()) == 1
    assert "many" in err
