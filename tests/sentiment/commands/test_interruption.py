"""`train`, interrupted or kept from writing."""

import signal

import numpy as np

from tests.sentiment.commands.running import FEW, exit_code


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

    monkeypatch.setattr("sentiment.storage.placing.move", disk_is_full)
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
    assert "other texts, options, teachers or libraries" in capsys.readouterr().err
    assert exit_code(*command, "--resume") == 0
    told = capsys.readouterr().err.splitlines()
    after, first, *_ = [line for line in told if "epoch" in line]
    assert after == f"goes on after epoch {int(first.split()[1].rstrip(':')) - 1}"
    assert exit_code(*command[:4], tmp_path / "whole", *command[5:]) == 0
    one, other = (np.load(tmp_path / name / "weights.npz") for name in ("m", "whole"))
    for name in one.files:
        np.testing.assert_allclose(one[name], other[name], atol=1e-3)
