"""The search as its users meet it."""

import json

import pytest

from sentiment.__main__ import main
from tests.sentiment.texts import make_texts, write_jsonl

FIXED = ["--trials", "2", "--minutes", "5", "--max-tokens", "16", "--epochs", "1"]


@pytest.fixture
def data(tmp_path):
    """Give a file of labelled texts."""
    return write_jsonl(tmp_path / "labelled.jsonl", make_texts(120))


def test_a_search_finds_settings_to_train_with(tmp_path, data, capsys):
    command = ["tune", "--data", str(data), "--out", str(tmp_path / "t"), *FIXED]
    assert main(command) == 0
    told = capsys.readouterr()
    assert "with the settings as they are" in told.err
    assert told.err.count("macro recall 0.") + told.err.count("macro recall 1.") == 3
    assert "| learning_rate " in told.out
    found = json.loads((tmp_path / "t" / "tuning.json").read_text())
    assert len(found["trials"]) == 2
    page = (tmp_path / "t" / "tuning.html").read_text()
    assert page.count("<svg") == 2
    assert "Which settings are best?" in page
    if found["options"]:
        train = ["train", "--data", str(data), "--out", str(tmp_path / "m"), "--max-tokens", "16"]
        assert main([*train, *found["options"].split()]) == 0

    capsys.readouterr()
    assert main([*command[:-6], "--trials", "3", *command[-4:]]) == 0
    told = capsys.readouterr()
    assert "goes on after 2 trials" in told.err
    assert "settings as they are" not in told.err
    assert len(json.loads((tmp_path / "t" / "tuning.json").read_text())["trials"]) == 3

    assert main([*command, "--seed", "2"]) == 2
    assert "about other texts or options" in capsys.readouterr().err


def test_what_cannot_be_searched_is_one_line(tmp_path, data, capsys):
    def fails(code, *more):
        assert main(["tune", "--data", str(data), "--out", str(tmp_path / "t"), *more]) == code
        return capsys.readouterr().err.splitlines()[-1]

    (tmp_path / "file").touch()
    assert "no folder that can be written" in fails(1, "--out", str(tmp_path / "file"))
    assert "No such file" in fails(1, "--data", str(tmp_path / "none"))
    assert "means nothing to the network mlp" in fails(2, "--network", "mlp", "--filters", "3")
    assert not (tmp_path / "t").exists()
