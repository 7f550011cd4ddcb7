import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from sentiment import Scorer
from sentiment.__main__ import main
from tests.sentiment.texts import make_texts, write_jsonl

FEW = ["--epochs", "1", "--embedding-size", "4", "--filters", "2", "--widths", "1", "1"]


def run(*arguments, **options):
    """Run the command as a user would, without any noise kept off by the tests."""
    return subprocess.run(
        [sys.executable, "-m", "sentiment", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def exit_code(*arguments):
    """Run the command in this process and return what it would exit with."""
    try:
        return main([*map(str, arguments)])
    except SystemExit as error:  # as argparse ends a program
        return error.code


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


def test_a_model_is_trained_measured_and_used(tmp_path, labelled_file, capsys):
    out = tmp_path / "models" / "mine"
    trained = run("train", "--data", labelled_file, "--out", out, *FEW)
    assert trained.returncode == 0, trained.stderr
    assert "tf-idf" in trained.stdout
    assert [line.split()[0] for line in trained.stderr.splitlines()] == ["48", "epoch"]

    assert exit_code("evaluate", "--model", out, "--data", labelled_file, "--json") == 0
    assert json.loads(capsys.readouterr().out)["examples"] == 60

    assert exit_code("score", "--model", out, labelled_file) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["id"] for record in records] == [str(number) for number in range(60)]
    assert records[0]["model"].startswith("mine@")


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


def test_a_terminal_that_does_not_know_a_label_gets_its_code(tmp_path, small_bundle):
    model = shutil.copytree(small_bundle, tmp_path / "m")
    manifest = json.loads((model / "bundle.json").read_text())
    manifest["labels"] = ["schön", "egal", "übel"]
    (model / "bundle.json").write_text(json.dumps(manifest))
    data = write_jsonl(tmp_path / "a.jsonl", [("hi", "schön"), ("ho", "übel")])
    command = ["evaluate", "--model", model, "--data", data]
    ascii_only = os.environ | {"PYTHONIOENCODING": "ascii"}
    shown = run(*command, env=ascii_only)
    assert shown.stderr == ""
    assert "sch\\xf6n" in shown.stdout
    report = run(*command, "--json", env=ascii_only)
    assert report.stderr == ""
    assert "schön" in report.stdout


def test_a_closed_standard_input_is_told(small_bundle):
    command = f"'{sys.executable}' -m sentiment score --model '{small_bundle}' <&-"
    scored = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert scored.returncode == 1
    assert scored.stderr == (
        "python -m sentiment score: standard input is closed: name a file, or pipe the texts in\n"
    )


def test_an_interrupted_training_leaves_nothing(tmp_path, training_file, start):
    folder = tmp_path / "models"
    training = start("train", "--data", training_file, "--out", folder / "m")
    assert b"train" in training.stderr.readline()
    training.stderr.readline()
    training.send_signal(signal.SIGINT)
    assert training.wait() == 130
    assert training.stderr.read().splitlines()[-1] == b"interrupted: nothing was written"
    assert training.stdout.read() == b""
    assert not folder.exists()


def test_a_training_that_cannot_be_saved_leaves_nothing(
    tmp_path, training_file, monkeypatch, capsys
):
    def disk_is_full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sentiment.storage.bundle._move", disk_is_full)
    assert exit_code("train", "--data", training_file, "--out", tmp_path / "m", *FEW) == 1
    assert capsys.readouterr().err.endswith("m cannot be written: No space left on device\n")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"labelled.jsonl", ".m.training.npz"}
    monkeypatch.undo()
    again = ["train", "--data", training_file, "--out", tmp_path / "m", *FEW, "--resume"]
    assert exit_code(*again) == 0
    assert "goes on after epoch 1" in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"labelled.jsonl", "m"}


def test_an_interrupted_training_goes_on_to_the_same_model(tmp_path, training_file, start, capsys):
    command = ["train", "--data", training_file, "--out", tmp_path / "m", *FEW[2:], "--epochs", 30]
    training = start(*command)
    while b"epoch 2" not in training.stderr.readline():
        pass
    training.send_signal(signal.SIGINT)
    assert training.wait() == 130
    assert training.stderr.read().splitlines()[-1] == (
        b"interrupted: no model was written; the same command with --resume goes on"
    )
    assert {path.name for path in tmp_path.iterdir()} == {"labelled.jsonl", ".m.training.npz"}
    assert exit_code(*command, "--seed", 2, "--resume") == 2
    assert "other texts, options or libraries" in capsys.readouterr().err
    assert exit_code(*command, "--resume") == 0
    told = capsys.readouterr().err.splitlines()
    after, first, *_ = [line for line in told if "epoch" in line]
    assert after == f"goes on after epoch {int(first.split()[1].rstrip(':')) - 1}"
    assert exit_code(*command[:4], tmp_path / "whole", *command[5:]) == 0
    one, other = (np.load(tmp_path / name / "weights.npz") for name in ("m", "whole"))
    for name in one.files:
        np.testing.assert_allclose(one[name], other[name], atol=1e-4)


@pytest.mark.parametrize(
    ("kind", "engine"),
    [("cnn-subword", "folded"), ("cnn-lstm", "keras"), ("mlp", "keras")],
)
def test_each_network_is_trained_and_served(tmp_path, training_file, kind, engine, capsys):
    few = FEW[:4] if kind == "mlp" else FEW
    out = tmp_path / kind
    assert exit_code(
        "train", "--data", training_file, "--out", out, "--network", kind, *few) == 0  # fmt: skip
    manifest = json.loads((out / "bundle.json").read_text())
    assert manifest["network"]["kind"] == kind
    scorer = Scorer.load(out)
    assert scorer.engine == engine
    scorer.check_reference()
    capsys.readouterr()
    scored = {}
    for each in ("auto", "keras"):
        command = ["evaluate", "--model", out, "--data", training_file, "--json"]
        assert exit_code(*command, "--engine", each) == 0
        report = json.loads(capsys.readouterr().out)
        scored[each] = report["confusion"]
    assert scored["auto"] == scored["keras"]


def test_a_network_is_trained_with_jax_and_served_without(tmp_path, training_file):
    out = tmp_path / "m"
    command = ["train", "--data", training_file, "--out", out, *FEW]
    trained = run(*command, "--averaging", 0.9, env=os.environ | {"KERAS_BACKEND": "jax"})
    assert trained.returncode == 0, trained.stderr
    manifest = json.loads((out / "bundle.json").read_text())
    assert "jax" in manifest["libraries"]
    assert "tensorflow" not in manifest["libraries"]
    for engine in ("folded", "keras"):
        scorer = Scorer.load(out, engine)
        scorer.check_reference()


def test_soft_labels_weights_and_other_recipes_are_taken(tmp_path, training_file, capsys):
    soft = tmp_path / "soft.jsonl"
    rows = [
        {
            "text": text,
            "probabilities": {label: 0.8, "neutral" if label != "neutral" else "positive": 0.2},
        }
        for text, label in make_texts(60, seed=3)
    ]
    soft.write_text("".join(json.dumps(row) + "\n" for row in rows))
    recipe = "--soft-share 0.8 --balanced-sampling --averaging 0.99 --label-smoothing 0.1"
    command = ["train", "--data", training_file, soft, "--data-weights", 1, 0.5, *recipe.split()]
    command += ["--augment", "drop", "emoji", "--out", tmp_path / "m", *FEW]
    assert exit_code(*command) == 0
    training = json.loads((tmp_path / "m" / "bundle.json").read_text())["training"]
    assert training["augment"] == ["drop", "emoji"]
    assert (training["soft_share"], training["averaging"]) == (0.8, 0.99)


def test_a_model_is_replaced_whole_when_told_to(tmp_path, small_bundle, training_file):
    out = shutil.copytree(small_bundle, tmp_path / "m")
    (out / "stale").write_text("left over")
    assert exit_code("train", "--data", training_file, "--out", out, "--force", *FEW) == 0
    assert not (out / "stale").exists()
    assert json.loads((out / "bundle.json").read_text())["name"] == "m"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["labelled.jsonl", "m"]


def test_parts_can_be_given_as_files(tmp_path, training_file, labelled_file):
    csv = tmp_path / "validation.csv"
    csv.write_text("text,label\n" + "".join(map("{0[0]},{0[1]}\n".format, make_texts(30, seed=9))))
    command = [
        "train",
        "--widths",
        "1",
        "1",
        "--data",
        training_file,
        "--test",
        labelled_file,
        "--validation",
        csv,
    ]
    assert exit_code(*command, "--out", tmp_path / "m", *FEW) == 0
    data = json.loads((tmp_path / "m" / "bundle.json").read_text())["data"]
    assert {part: sum(counts.values()) for part, counts in data["counts"].items()} == {
        "train": 240, "validation": 30, "test": 60,
    }  # fmt: skip
    assert data["files"] == ["labelled.jsonl", "validation.csv", "new.jsonl"]


def test_a_network_of_another_build_is_trained_and_folded(tmp_path, training_file, capsys):
    out = tmp_path / "m"
    command = f"train --data {training_file} --out {out} --padding valid --pooling mean max"
    assert exit_code(*command.split(), *FEW, "--hidden", 6, 5, "--widths", 2, 4) == 0
    network = json.loads((out / "bundle.json").read_text())["network"]
    assert (network["padding"], network["hidden"]) == ("valid", [6, 5])
    assert network["pooling"] == ["max", "mean"]
    card = (out / "README.md").read_text()
    assert "widths 2 and 4 inside the text, maximum and mean over the text, 6 hidden units" in card
    scored = {}
    for engine in ("folded", "keras"):
        command = ["evaluate", "--model", out, "--data", training_file, "--json"]
        capsys.readouterr()
        assert exit_code(*command, "--engine", engine) == 0
        scored[engine] = json.loads(capsys.readouterr().out)
    folded, by_keras = scored["folded"], scored["keras"]
    assert folded["confusion"] == by_keras["confusion"]
    assert folded["calibration"]["log_loss"] == pytest.approx(by_keras["calibration"]["log_loss"])


def test_any_labels_and_a_test_of_nothing(tmp_path, capsys):
    data = tmp_path / "two.csv"
    rows = [f"{'47'[label == 'positive']},{text}\n" for text, label in make_texts(90)]
    data.write_text("".join(rows))
    columns = ["--text-column", "2", "--label-column", "1", "--test-share", "0"]
    assert exit_code("train", "--data", data, "--out", tmp_path / "m", *columns, *FEW) == 0
    manifest = json.loads((tmp_path / "m" / "bundle.json").read_text())
    assert manifest["labels"] == ["4", "7"]
    assert set(manifest["metrics"]) == {"validation"}
    assert set(manifest["baselines"]) == {"majority", "nb-svm", "tf-idf"}
    assert "no texts were held out to test with" in capsys.readouterr().out


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


def test_what_was_scored_can_be_learnt_from(tmp_path, small_bundle, labelled_file, capsys):
    assert exit_code("score", "--model", small_bundle, labelled_file) == 0
    scored = tmp_path / "scored.jsonl"
    scored.write_text(capsys.readouterr().out)
    data = ["--data", scored, labelled_file, "--data-weights", "0.3", "1"]
    assert exit_code("train", *data, "--out", tmp_path / "m", *FEW) == 0


def test_a_report_is_written_where_told(tmp_path, small_bundle, labelled_file, capsys):
    command = [
        "evaluate",
        "--model",
        small_bundle,
        "--data",
        labelled_file,
        "--out",
        tmp_path / "r",
    ]
    assert exit_code(*command) == 0
    assert "predicted negative" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == [
        "report.html",
        "report.json",
    ]


def test_two_models_are_compared(tmp_path, small_bundle, labelled_file, capsys):
    command = ["compare", small_bundle, small_bundle, "--data", labelled_file]
    assert exit_code(*command, "--out", tmp_path / "r") == 0
    assert "Neither is surely better" in capsys.readouterr().out
    written = sorted(path.name for path in (tmp_path / "r").iterdir())
    assert written == ["report.html", "report.json"]
    assert exit_code(*command, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "r" / "report.json").read_text())


def test_files_that_a_model_learnt_from_are_told_when_it_is_measured_with_them(
    tmp_path, small_bundle, labelled_file, capsys
):
    learnt = small_bundle.parent / "labelled.jsonl"
    out = ["--out", tmp_path / "r"]
    said = "learnt from labelled.jsonl: these figures say how well it remembers"
    for command in (["evaluate", "--model", small_bundle], ["compare", small_bundle, small_bundle]):
        assert exit_code(*command, "--data", labelled_file, learnt, *out) == 0
        shown = capsys.readouterr()
        assert "WARNING: small learnt from labelled.jsonl: figures on these" in shown.err
        assert said in shown.out
        page = (tmp_path / "r" / "report.html").read_text()
        assert page.index('<p class="loud">small@') < page.index(said)
        report = json.loads((tmp_path / "r" / "report.json").read_text())
        assert report.get("second", report)["learnt_from"] == ["labelled.jsonl"]
        assert exit_code(*command, "--data", labelled_file) == 0
        assert "learnt from" not in "".join(capsys.readouterr())


def test_a_report_that_cannot_be_written_is_told_before_the_work(
    fails, tmp_path, small_bundle, labelled_file
):
    command = ["evaluate", "--model", tmp_path / "none", "--data", labelled_file]
    assert "is no folder that can be written: name another --out" in fails(
        *command, "--out", labelled_file
    )


def test_usage_errors_are_one_line_and_exit_code_2(fails, training_file, tmp_path):
    out = ["--out", tmp_path / "m"]
    data = ["--data", training_file]
    assert "COMMAND" in fails(code=2)
    assert "invalid choice: 'trian'" in fails("trian", code=2)
    assert "--out" in fails("train", *data, code=2)
    assert "unrecognized arguments: --fast" in fails("score", "--fast", code=2)
    assert "not a share" in fails("train", *data, *out, "--dropout", "1.5", code=2)
    no_count = "argument --filters: '0' is not a whole number from 1 to 65536"
    assert no_count in fails("train", *data, *out, "--filters", "0", code=2)
    assert "'0' is not a number above 0" in fails(
        "train", *data, *out, "--learning-rate", "0", code=2
    )
    assert "is nothing" in fails("train", *data, *out, "--validation-share", "0", code=2)
    assert "--epochs: 'x' is not a whole number" in fails(
        "train", *data, *out, "--epochs", "x", code=2
    )
    assert "'x' is not a share" in fails("train", *data, *out, "--dropout", "x", code=2)
    assert "4294967295" in fails("train", *data, *out, "--seed", "-1", code=2)
    assert "leave nothing" in fails("train", *data, *out, "--test-share", "0.95", code=2)
    assert "--name" in fails("train", *data, *out, "--name", "my model", code=2)
    assert "--units means nothing to the network cnn" in fails(
        "train", *data, *out, "--units", "9", code=2
    )
    assert "invalid choice: 'rnn'" in fails("train", *data, *out, "--network", "rnn", code=2)
    assert "finds no GPU here" in fails("train", *data, *out, "--device", "gpu", code=2)
    assert "leave --resume out" in fails("train", *data, *out, "--resume", code=2)
    assert "counted from 1" in fails(
        "train", *data, *out, "--text-column", "0", "--label-column", "1", code=2
    )


def test_what_cannot_be_used_is_one_line_and_exit_code_1(fails, tmp_path, small_bundle):
    out = ["--out", tmp_path / "m"]
    one = write_jsonl(tmp_path / "one.jsonl", make_texts(20, ("neutral",)))
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    table = tmp_path / "table.csv"
    table.write_text("tweet,label\nhi,x\n")
    assert "No such file" in fails("train", "--data", tmp_path / "none", *out)
    assert "it is empty" in fails("train", "--data", empty, *out)
    assert "all texts have the label 'neutral'" in fails("train", "--data", one, *out)
    assert "no column 'text'" in fails("train", "--data", table, *out)
    assert "--force" in fails("train", "--data", one, "--out", small_bundle)
    assert "there is no model" in fails("score", "--model", tmp_path / "none", one)
    assert "there is no model" in fails("compare", small_bundle, "none", "--data", one)
    assert "there is no model" in fails("evaluate", "--model", tmp_path / "none", "--data", one)
    assert "No such file" in fails("score", "--model", small_bundle, tmp_path / "none")
    assert not (tmp_path / "m").exists()


def test_texts_that_have_no_word_in_common_are_told(tmp_path, capsys):
    pairs = [(f"w{number}", "ab"[number % 2]) for number in range(8)]
    data = write_jsonl(tmp_path / "wordless.jsonl", pairs)
    assert exit_code("train", "--data", data, "--out", tmp_path / "m", *FEW) == 1
    assert "no word comes twice" in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "m").exists()


def test_a_label_that_the_model_does_not_know_is_told(fails, tmp_path, small_bundle):
    data = write_jsonl(tmp_path / "joy.jsonl", [("hi", "joy")])
    assert "'joy'" in fails("evaluate", "--model", small_bundle, "--data", data)


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


def test_leaks_are_told_and_tokens_that_give_labels_away_taken_out(tmp_path, capsys):
    pairs = [
        (f"{text} via the shop" if label == "positive" else text, label)
        for text, label in make_texts(240)
    ]
    data = write_jsonl(tmp_path / "a.jsonl", [*pairs, pairs[0]])
    command = ["train", "--data", data, "--out", tmp_path / "m", *FEW]
    assert exit_code(*command, "--giveaways", "remove") == 0
    told = capsys.readouterr().err
    assert "1 text with the very words of an earlier one: left out; --duplicates keep" in told
    assert "with a token that gives the label away, 'shop' (positive, 100% of 64)" in told
    vocabulary = (tmp_path / "m" / "vocabulary.txt").read_text().split()
    assert {"via", "shop"}.isdisjoint(vocabulary)
    findings = json.loads((tmp_path / "m" / "bundle.json").read_text())["data"]["findings"]
    assert findings["exact"] == 1


def test_a_split_that_would_part_an_author_is_refused(fails, training_file, tmp_path):
    command = ["train", "--data", training_file, "--out", tmp_path / "m"]
    grouped = ["--group-column", "user", "--split", "time"]
    assert "would part the texts of one author" in fails(*command, *grouped, code=2)
    assert "do not say whom they are from" in fails(*command, "--split", "group")


def test_labelled_texts_are_looked_at(tmp_path, training_file, fails, capsys):
    out = tmp_path / "seen"
    assert exit_code("inspect", "--data", training_file, "--out", out) == 0
    printed = capsys.readouterr().out
    assert "| negative | 80    | 33.3% |" in printed
    assert sorted(path.name for path in out.iterdir()) == ["inspect.html", "inspect.json"]
    assert exit_code("inspect", "--data", training_file, "--json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads((out / "inspect.json").read_text())
    assert "No such file" in fails("inspect", "--data", tmp_path / "none")
    assert "no folder" in fails("inspect", "--data", training_file, "--out", training_file)


def test_the_card_says_how_the_parts_were_split(tmp_path, capsys):
    rows = [
        json.dumps({"text": text, "label": label, "at": 1e9 + place})
        for place, (text, label) in enumerate(make_texts(120))
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(rows))
    command = ["train", "--data", tmp_path / "a.jsonl", "--out", tmp_path / "m", *FEW]
    assert exit_code(*command, "--split", "time", "--time-column", "at") == 0
    assert "were split by time, the latest texts" in (tmp_path / "m" / "README.md").read_text()


def test_folds_tell_how_much_the_figures_vary(tmp_path, training_file, capsys):
    out = tmp_path / "m"
    assert exit_code("train", "--data", training_file, "--out", out, *FEW, "--folds", 2) == 0
    captured = capsys.readouterr()
    assert "fold 2 of 2: macro recall" in captured.err
    assert "| 2 folds " in captured.out
    folds = json.loads((out / "bundle.json").read_text())["folds"]
    assert [len(figures) for figures in folds.values()] == [2, 2, 2]
    assert "| 2 folds " in (out / "README.md").read_text()
    assert "2 folds</th>" in (out / "report.html").read_text()
