import numpy as np
import pytest

from sentiment.errors import SettingsError, TrainingError
from sentiment.training.checkpoint import Checkpoint, check_there, place

STATE = {"model_0": np.arange(6.0).reshape(2, 3), "progress": np.frombuffer(b"two", np.uint8)}


@pytest.fixture
def out(tmp_path):
    """Give the place of a model that is being trained."""
    return tmp_path / "models" / "mine"


def test_what_was_saved_last_is_loaded(out):
    checkpoint = Checkpoint(out, b"facts")
    checkpoint.save({"model_0": np.zeros(2)})
    checkpoint.save(STATE)
    loaded = Checkpoint(out, b"facts").load()
    assert loaded.keys() == STATE.keys()
    np.testing.assert_array_equal(loaded["model_0"], STATE["model_0"])
    assert [path.name for path in out.parent.iterdir()] == [".mine.training.npz"]


def test_without_any_there_is_nothing_to_resume(out):
    with pytest.raises(SettingsError, match="leave --resume out"):
        check_there(out)
    Checkpoint(out, b"facts").save(STATE)
    check_there(out)


def test_that_of_another_training_is_refused(out):
    Checkpoint(out, b"facts").save(STATE)
    with pytest.raises(SettingsError, match="other texts, options, teachers or libraries"):
        Checkpoint(out, b"others").load()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"no archive"])
def test_a_damaged_one_is_refused(out, damage):
    Checkpoint(out, b"facts").save(STATE)
    place(out).write_bytes(damage)
    with pytest.raises(SettingsError, match="cannot be read: leave --resume out to start over"):
        Checkpoint(out, b"facts").load()


def test_when_it_is_done_nothing_is_left(out):
    checkpoint = Checkpoint(out, b"facts")
    checkpoint.save(STATE)
    checkpoint.remove()
    checkpoint.remove()
    assert list(out.parent.iterdir()) == []


def test_one_that_cannot_be_written_is_an_error_and_leaves_the_last(out, monkeypatch):
    checkpoint = Checkpoint(out, b"facts")
    checkpoint.save(STATE)

    def disk_is_full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", disk_is_full)
    with pytest.raises(TrainingError, match=r"npz cannot be written: No space left"):
        checkpoint.save({})
    monkeypatch.undo()
    assert checkpoint.load().keys() == STATE.keys()
    assert [path.name for path in out.parent.iterdir()] == [".mine.training.npz"]
