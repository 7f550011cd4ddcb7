"""`evaluate`, `compare` and `inspect`."""

import json
import os
import shutil

from tests.sentiment.commands.running import exit_code, run
from tests.sentiment.texts import write_jsonl


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


def test_a_label_that_the_model_does_not_know_is_told(fails, tmp_path, small_bundle):
    data = write_jsonl(tmp_path / "joy.jsonl", [("hi", "joy")])
    assert "'joy'" in fails("evaluate", "--model", small_bundle, "--data", data)


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
