"""What an interrupted training or teaching left behind, so that it can be taken up again."""

import hashlib
import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sentiment.errors import SettingsError, TrainingError

_KEY = "key"


class Checkpoint:
    """A file beside the place of what is made, written after each epoch or teacher.

    It is removed at the end.

    Args:
        out: Where what is made will be.
        facts: Everything that decides what is learnt; only what was written for the same facts can
            be taken up.
        resumed: Whether a training goes on from it.
    """

    def __init__(self, out: Path, facts: bytes, *, resumed: bool = False) -> None:
        self.resumed = resumed
        self._path = place(out)
        self._key = np.frombuffer(hashlib.sha256(facts).digest(), np.uint8)

    def load(self) -> dict[str, npt.NDArray[Any]]:
        """Return what was saved last.

        Raises:
            SettingsError: It cannot be read, or is of another training.
        """
        try:
            with np.load(io.BytesIO(self._path.read_bytes()), allow_pickle=False) as archive:
                state = dict(archive)
        except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise SettingsError(
                f"--resume: {self._path} cannot be read: leave --resume out to start over"
            ) from error
        if not np.array_equal(state.pop(_KEY, None), self._key):
            raise SettingsError(
                "--resume: what was interrupted had other texts, options, teachers or libraries: "
                "give the same, or leave --resume out to start over"
            )
        return state

    def save(self, state: Mapping[str, npt.NDArray[Any]]) -> None:
        """Replace what was saved before, as a whole.

        Raises:
            TrainingError: It cannot be written.
        """
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}.partial")
        try:
            beside.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                arrays: dict[str, Any] = {_KEY: self._key, **state}
                np.savez(file, **arrays)
            beside.replace(self._path)
        except OSError as error:
            raise TrainingError(
                f"{self._path} cannot be written: {error.strerror or error}"
            ) from error
        finally:
            beside.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove what was saved: the training is done."""
        self._path.unlink(missing_ok=True)


def check_there(out: Path) -> None:
    """Refuse to go on where there is nothing, before any work is done.

    Raises:
        SettingsError: No training whose outcome would be in `out` was interrupted.
    """
    if not place(out).exists():
        raise SettingsError(f"--resume: no interrupted run for {out} was found: leave --resume out")


def place(out: Path) -> Path:
    """Return the file of the checkpoints of a model that will be in `out`."""
    target = out.resolve()
    return target.with_name(f".{target.name}.training.npz")
