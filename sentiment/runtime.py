"""TensorFlow and Keras, imported here once, without their noise, for the modules that use them."""

import importlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

from sentiment.cpus import available_cpus

# What TensorFlow's C++ parts write while they are loaded, before any log level applies.
_NOISE = re.compile(
    rb"^(?:WARNING: All log messages before absl|[IW]\d{4} [\d:.]+ +\d+ [\w/]+\.cc:\d+\]"
    rb"|To enable the following instructions:)"
)


def use_threads(threads: int | None = None) -> None:
    """Set how many threads one operation runs on; as many as `available_cpus` when None.

    TensorFlow takes this before its first operation only, so the first call decides.
    """
    with suppress(RuntimeError):  # It has computed something already.
        tensorflow.config.threading.set_intra_op_parallelism_threads(threads or available_cpus())
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)


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
    tensorflow: Any = importlib.import_module("tensorflow")
