"""`score`, as its users meet it."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sentiment.commands.running import exit_code, run


def test_the_default_model_is_found_where_the_command_is_run(tmp_path, small_bundle):
    shutil.copytree(small_bundle, tmp_path / "models" / "default")
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    scored = run("score", input="I love it\n", cwd=tmp_path, env=environment)
    assert scored.stderr == ""
    assert json.loads(scored.stdout)["label"] == "positive"


def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path, small_bundle, start):
    (tmp_path / "many").write_text("so happy\n" * 50_000)
    scoring = start("score", "--model", small_bundle, tmp_path / "many")
    assert json.loads(scoring.stdout.readline())["label"] == "positive"
    scoring.stdout.close()
    assert scoring.stderr.read() == b""
    assert scoring.wait() == 0


def test_a_typed_line_is_answered_at_once_and_an_interrupt_is_quiet(small_bundle, start):
    scoring = start("score", "--model", small_bundle)
    for text in (b"I love it\n", b"awful\n"):
        scoring.stdin.write(text)
        scoring.stdin.flush()
        assert json.loads(scoring.stdout.readline())["text"].encode() == text.strip()
    scoring.send_signal(signal.SIGINT)
    assert scoring.wait() == 130
    assert scoring.stderr.read() == b""


def test_a_closed_standard_input_is_told(small_bundle):
    command = f"'{sys.executable}' -m sentiment score --model '{small_bundle}' <&-"
    scored = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert scored.returncode == 1
    assert scored.stderr == (
        "python -m sentiment score: standard input is closed: name a file, or pipe the texts in\n"
    )


def test_files_and_folders_are_scored_one_after_the_other(tmp_path, small_bundle, fails, capsys):
    (tmp_path / "texts" / "any").mkdir(parents=True)
    (tmp_path / "texts" / "any" / "1.txt").write_text("awful\nand sad")
    (tmp_path / "a.txt").write_text("love it\nhate it\n")
    (tmp_path / "b.csv").write_text("text\nthanks\n")
    score = ["score", "--model", small_bundle]
    files = [tmp_path / name for name in ("a.txt", "texts", "b.csv")]
    assert exit_code(*score, *files) == 0
    scored = [json.loads(line)["text"] for line in capsys.readouterr().out.splitlines()]
    assert scored == ["love it", "hate it", "awful\nand sad", "thanks"]
    assert "standard input is scored alone" in fails(*score, files[0], "-", code=2)
    assert "No such file" in fails(*score, files[0], tmp_path / "none")


def test_a_label_is_explained_when_asked(tmp_path, small_bundle, capsys):
    (tmp_path / "texts.txt").write_text("so happy today\n")
    assert exit_code("score", "--model", small_bundle, tmp_path / "texts.txt", "--explain") == 0
    record = json.loads(capsys.readouterr().out)
    assert "happy" in record["evidence"][0]["text"]
    assert 1 <= len(record["evidence"]) <= 5


@pytest.mark.parametrize("number", ["x", "0", "-1", "1.5", "texts.jsonl"])
def test_a_number_of_n_grams_that_is_none_is_refused(fails, number):
    line = fails("score", "--explain", number, code=2)
    assert (
        f"'{number}' is not a whole number of at least 1, nor 'all'; name the file before" in line
    )


def test_keras_cannot_explain(fails, small_bundle):
    line = fails("score", "--model", small_bundle, "--engine", "keras", "--explain", code=2)
    assert line.endswith(
        "needs the folded engine, and Keras was asked for: take the engine 'auto'\n"
    )
