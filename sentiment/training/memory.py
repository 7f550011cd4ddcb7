"""Whether there is enough memory to learn: told before it is tried, and known when it is not."""

from pathlib import Path

from sentiment.errors import SettingsError
from sentiment.settings import NetworkSettings

# Of each vector: itself, where it started, its gradient, AdamW's two means, and the best so far.
_COPIES = 6
_CGROUP = Path("/sys/fs/cgroup/memory.max")
_MACHINE = Path("/proc/meminfo")


def check_memory(sizes: NetworkSettings, free_bytes: int | None = None) -> None:
    """Refuse a network whose vectors alone take more memory than there is.

    Args:
        sizes: What the network is made of.
        free_bytes: The memory there is; what the machine or the container grants when None.

    Raises:
        SettingsError: It does not fit.
    """
    free = available_bytes() if free_bytes is None else free_bytes
    vectors = sizes.vocabulary_size + sizes.subwords
    needed = 4 * _COPIES * vectors * sizes.embedding_size
    if free is not None and needed > free:
        raise SettingsError(
            f"{vectors:,} vectors of {sizes.embedding_size:,} dimensions take some "
            f"{needed / 1e9:.1f} GB to learn, and {free / 1e9:.1f} GB are free: lower "
            "--vocabulary-size, --embedding-size or --subwords"
        )


def is_lack_of_memory(error: Exception) -> bool:
    """Whether it is Python's error, TensorFlow's by its name, or JAX's, whose message tells."""
    told = f"{type(error).__name__} {error}"
    return (
        isinstance(error, MemoryError)
        or "ResourceExhausted" in told
        or "RESOURCE_EXHAUSTED" in told
    )


def available_bytes() -> int | None:
    """Return the memory that is free, or that the container grants; None where nobody tells."""
    told = [_number(_CGROUP, ""), _number(_MACHINE, "MemAvailable:")]
    return min((each for each in told if each is not None), default=None)


def _number(path: Path, name: str) -> int | None:
    """Return a number of bytes from a file, behind a name: "MemAvailable:  23 kB"."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        words = line.removeprefix(name).split()
        if line.startswith(name) and words and words[0].isdigit():
            return int(words[0]) * (1024 if words[-1] == "kB" else 1)
    return None
