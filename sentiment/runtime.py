"""Keras and its backend, imported here once, without their noise, for the modules that use them.

The backend is TensorFlow, unless `KERAS_BACKEND` names another: JAX trains too.
"""

import importlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

from sentiment.cpus import available_cpus
from sentiment.errors import SettingsError
from sentiment.settings import Device

# What TensorFlow's C++ parts write while they are loaded, before any log level applies.
_NOISE = re.compile(
    rb"^(?:WARNING: All log messages before absl|[IW]\d{4} [\d:.]+ +\d+ [\w/]+\.cc:\d+\]"
    rb"|To enable the following instructions:)"
)


def use_threads(threads: int | None = None) -> None:
    """Set how many threads one operation runs on; as many as `available_cpus` when None.

    TensorFlow takes this before its first operation only, so the first call decides.
    """
    if tensorflow is None:  # JAX takes as many as the scheduler allows.
        return
    with suppress(RuntimeError):  # It has computed something already.
        tensorflow.config.threading.set_intra_op_parallelism_threads(threads or available_cpus())
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)


def use_device(choice: Device) -> str | None:
    """Compute on a GPU or on the processor; "auto" takes a GPU if there is one.

    It has to be chosen before anything is computed.

    Returns:
        What GPU is used; None for the processor.

    Raises:
        SettingsError: There is no GPU that the backend of Keras can use.
    """
    found = _gpus()
    if choice == "gpu" and not found:
        raise SettingsError(
            f"--device gpu: {keras.backend.backend()} finds no GPU here: install its drivers and "
            f"the {keras.backend.backend()} that is made for it, or leave --device out"
        )
    if not found:
        return None
    if choice == "cpu":
        _hide_gpus()
        return None
    return str(getattr(found[0], "name", found[0])).removeprefix("/physical_device:")


def _gpus() -> list[Any]:
    if tensorflow is not None:
        found: list[Any] = tensorflow.config.list_physical_devices("GPU")
        return found
    jax = importlib.import_module("jax")
    return [device for device in jax.devices() if device.platform == "gpu"]


def _hide_gpus() -> None:
    if tensorflow is not None:
        tensorflow.config.set_visible_devices([], "GPU")
    else:
        jax = importlib.import_module("jax")
        jax.config.update("jax_default_device", jax.devices("cpu")[0])


@contextmanager
def _without_noise() -> Iterator[None]:
    """Hold back what is written to the process's stderr, then let all but the noise through."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held_back:
        stderr = os.dup(2)
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)
            held_back.seek(0)
            for line in held_back:
                if not _NOISE.match(line):
                    os.write(2, line)


os.environ.setdefault("KERAS_BACKEND", "tensorflow")
# Level 3 is silence, but for what is written before the level applies. Whoever sets another level
# wants to read it.
_silent = os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") == "3"
with _without_noise() if _silent and "tensorflow" not in sys.modules else nullcontext():
    keras: Any = importlib.import_module("keras")
    tensorflow: Any = None
    if keras.backend.backend() == "tensorflow":
        tensorflow = importlib.import_module("tensorflow")
    elif keras.backend.backend() != "jax":
        raise SettingsError(
            f"KERAS_BACKEND={keras.backend.backend()} is not known here: tensorflow and jax are"
        )
