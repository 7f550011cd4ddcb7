"""`teach`: what it writes, and what it refuses."""

import random
import signal
import sys

import psutil
import pytest

from sentiment.cpus import available_cpus
from sentiment.storage.soft_label_file import read_teaching
from sentiment.teaching.asking import at_once
from sentiment.teaching.fold import Fold
from tests.sentiment.commands.running import exit_code
from tests.sentiment.teaching.tiny_teacher import make_teacher
from tests.sentiment.texts import SYLLABLES, TELLING, make_texts, write_jsonl


@pytest.fixture
def tiny_teacher(tmp_path):
    """Give the directory of a teacher that knows nothing yet."""
    return make_teacher(tmp_path / "teacher")


@pytest.fixture
def short_file(tmp_path):
    """Give a file of texts of three words, so that TensorFlow meets few shapes."""
    draw = random.Random(1)
    pairs = [
        (" ".join([*draw.sample(words, 2), *draw.choices(SYLLABLES, k=1)]), label)
        for label, words in TELLING.items()
        for _ in range(40)
    ]
    return write_jsonl(tmp_path / "short.jsonl", pairs)


def test_two_teachers_learn_side_by_side_and_their_soft_labels_are_written(
    tmp_path, short_file, tiny_teacher, monkeypatch, capsys
):
    monkeypatch.setattr("sentiment.teaching.asking.available_cpus", lambda: 2)
    command = ["teach", "--data", short_file, "--teacher", tiny_teacher, "--out", tmp_path / "t"]
    command += ["--teachers", 2, "--epochs", 20, "--learning-rate", 0.01]
    assert exit_code(*command, "--near-duplicates", "keep") == 0
    captured = capsys.readouterr()
    assert "2 of 2 are done" in captured.err
    assert "| teacher 2 " in captured.out
    assert captured.out.endswith(f"labelled texts are in {tmp_path / 't'}.\n")
    teaching, rows, _ = read_teaching(tmp_path / "t")
    assert teaching.together["test"].macro_recall > 0.6
    assert len(rows) == teaching.texts["labelled"]
    assert {path.name for path in tmp_path.iterdir()} == {"t", "short.jsonl", "teacher"}


def test_an_interrupted_teaching_leaves_neither_files_nor_processes(
    tmp_path, training_file, tiny_teacher, start, eventually
):
    teachers = at_once(3, available_cpus())
    teaching = start(
        "teach", "--data", training_file, "--teacher", tiny_teacher, "--out", tmp_path / "t"
    )
    assert b"train" in teaching.stderr.readline()
    eventually(lambda: teachers == 1 or len(teachers_of(teaching)) == teachers)
    began = teachers_of(teaching)
    teaching.send_signal(signal.SIGINT)
    assert teaching.wait() == 130
    told = teaching.stderr.read().splitlines()
    assert told[-1] == b"interrupted: nothing was written, and --resume has nothing to go on from"
    assert not any(b"Traceback" in line for line in told)
    assert {path.name for path in tmp_path.iterdir()} == {"labelled.jsonl", "teacher"}
    assert not began & set(psutil.pids())


def teachers_of(process):
    """Give the ids of the processes in which teachers learn."""
    children = psutil.Process(process.pid).children()
    return {each.pid for each in children if "spawn_main" in " ".join(each.cmdline())}


def test_one_that_is_interrupted_at_once_says_that_nothing_is_left(
    tmp_path, training_file, tiny_teacher, monkeypatch, capsys
):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Fold, "run", interrupted)
    monkeypatch.setattr("sentiment.teaching.asking.available_cpus", lambda: 1)
    command = ["teach", "--data", training_file, "--teacher", tiny_teacher]
    assert exit_code(*command, "--out", tmp_path / "t") == 130
    assert capsys.readouterr().err.splitlines()[-1] == (
        "interrupted: nothing was written, and --resume has nothing to go on from"
    )
    assert {path.name for path in tmp_path.iterdir()} == {"labelled.jsonl", "teacher"}


def test_mistakes_are_one_line(fails, tmp_path, training_file, tiny_teacher):
    data, out = ["teach", "--data", training_file], ["--out", tmp_path / "t"]
    command = [*data, *out, "--teacher", tiny_teacher]
    assert "--teacher" in fails(*data, *out, code=2)
    assert "unrecognized arguments: --folds 3" in fails(*command, "--folds", 3, code=2)
    assert "'1' is not a whole number from 2 to 100" in fails(*command, "--teachers", 1, code=2)
    assert "'abc' is no SHA-256" in fails(*command, "--teacher-sha256", "abc", code=2)
    assert "invalid choice: 'float16'" in fails(*command, "--precision", "float16", code=2)
    assert "finds no GPU here" in fails(*command, "--device", "gpu", code=2)
    assert "leave --resume out" in fails(*command, "--resume", code=2)
    assert "there is no teacher in" in fails(*data, *out, "--teacher", tmp_path / "none")
    assert "is no folder" in fails(*data, *out, "--teacher", training_file)
    assert "is not a teaching" in fails(*command[:3], "--out", tiny_teacher, *command[5:])
    (tiny_teacher / "model.safetensors").write_bytes(b"")
    assert "model.safetensors is damaged" in fails(*command)
    assert not (tmp_path / "t").exists()


def test_too_few_texts_are_told(tmp_path, tiny_teacher, capsys):
    few = write_jsonl(tmp_path / "few.jsonl", make_texts(9))
    command = ["teach", "--data", few, "--teacher", tiny_teacher, "--out", tmp_path / "t"]
    assert exit_code(*command) == 1
    assert "take fewer teachers, or add texts" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("library", ["keras_hub", "safetensors", "tokenizers"])
def test_a_library_that_is_missing_is_named_with_the_extra_that_brings_it(
    library, monkeypatch, fails, tmp_path, training_file
):
    for name in ("teach", "asking", "teacher_tokenizer", "transformer"):
        monkeypatch.delitem(sys.modules, f"sentiment.teaching.{name}", raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    told = fails("teach", "--data", training_file, "--teacher", tmp_path, "--out", tmp_path / "t")
    assert told == (
        f"python -m sentiment: {library} is missing: pip install 'tweet-sentiment[teacher]'\n"
    )
