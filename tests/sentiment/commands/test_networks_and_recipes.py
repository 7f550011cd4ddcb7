"""`train`: each network and recipe, as it is served afterwards."""

import json
import os

import pytest

from sentiment import Scorer
from tests.sentiment.commands.running import FEW, exit_code, run
from tests.sentiment.texts import make_texts


@pytest.mark.parametrize(
    ("kind", "engine"),
    [
        ("cnn-subword", "folded"),
        ("cnn-lstm", "keras"),
        pytest.param("mlp", "keras", marks=pytest.mark.long),
    ],
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


def test_a_network_of_another_build_is_trained_and_folded(tmp_path, training_file, capsys):
    out = tmp_path / "m"
    command = f"train --data {training_file} --out {out} --padding valid --pooling vectors mean max"
    assert exit_code(*command.split(), *FEW, "--hidden", 6, 5, "--widths", 2, 4) == 0
    network = json.loads((out / "bundle.json").read_text())["network"]
    assert (network["padding"], network["hidden"]) == ("valid", [6, 5])
    assert network["pooling"] == ["max", "mean", "vectors"]
    card = (out / "README.md").read_text()
    assert "widths 2 and 4 inside the text, maximum and mean over the text, beside these" in card
    scored = {}
    for engine in ("folded", "keras"):
        command = ["evaluate", "--model", out, "--data", training_file, "--json"]
        capsys.readouterr()
        assert exit_code(*command, "--engine", engine) == 0
        scored[engine] = json.loads(capsys.readouterr().out)
    folded, by_keras = scored["folded"], scored["keras"]
    assert folded["confusion"] == by_keras["confusion"]
    assert folded["calibration"]["log_loss"] == pytest.approx(by_keras["calibration"]["log_loss"])
