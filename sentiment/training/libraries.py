"""Which versions had a part in a training."""

import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

from sentiment.runtime import keras

_LIBRARIES = ("tweet-sentiment", "keras", "numpy", "scipy", "scikit-learn", "emoji")


def libraries() -> dict[str, str]:
    """Return the version of Python, of Keras's backend, and of each library."""
    names = (keras.backend.backend(), *_LIBRARIES)
    found = {"python": platform.python_version()}
    for name in names:
        with suppress(PackageNotFoundError):  # This package may be run without being installed.
            found[name] = version(name)
    return found
