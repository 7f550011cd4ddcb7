"""The search as its users meet it."""

import json

import pytest

from sentiment.__main__ import main
from sentiment.training.search import Trial
from sentiment.training.tuning_page import as_text, tuning
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
    assert "| epochs " not in told.out  # It was given.
    found = json.loads((tmp_path / "t" / "tuning.json").read_text())
    assert len(found["trials"]) == 2
    page = (tmp_path / "t" / "tuning.html").read_text()
    assert page.count("<svg") == 2
    assert "Which settings are best?" in page

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
    assert "are too few to train once" in fails(2, "--minutes", "0.0001")
    with pytest.raises(SystemExit, match="2"):
        fails(2, "--folds", "3")
    assert "unrecognized arguments: --folds 3" in capsys.readouterr().err
    assert not (tmp_path / "t").exists()


def test_the_options_of_the_best_trial_are_told_with_those_that_were_given():
    default = Trial({"filters": 150, "widths": "1 2 3"}, 0.6)
    trials = [
        Trial({"filters": 50, "widths": "2 3"}, 0.7),
        Trial({"filters": 50, "widths": "1"}, None),
    ]
    found = tuning("random", "--network cnn --seed 2", default, trials)
    assert found.options == "--network cnn --seed 2 --filters 50 --widths 2 3"
    assert f"train {found.options}" in as_text(found)
    worse = tuning("random", "", Trial({"filters": 150}, 0.8), trials)
    assert worse.options is None
    assert "Nothing was better" in as_text(worse)
