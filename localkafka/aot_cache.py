"""What Java worked out of Kafka's classes at an earlier start, in a file beside the jars.

Since Java 25 it keeps them loaded and linked (its ahead-of-time cache, JEPs 483 and 514). On two
cores a broker is then up after 1.5 s instead of 3.3, for 1.6 s of processor time instead of 3.1.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from localkafka.commands import JAVA_OPTIONS
from localkafka.errors import LocalKafkaError
from localkafka.folder_lock import locked_folder
from localkafka.java import release

FIRST_JAVA = 25
"""The first that writes the file by itself."""


def find_aot_cache(
    java: Path,
    jars: Sequence[Path],
    make: Callable[[Path], None],
    report: Callable[[str], None] = lambda _: None,
) -> Path | None:
    """Return the file for this Java and these jars; None where there is none and none can be made.

    Any number of processes may ask for it at once; one makes it, in about 10 s, for all of them.

    Args:
        java: What runs Kafka.
        jars: Kafka's, in one folder, which keeps the file too.
        make: Runs a broker that writes the file to this path.
        report: Receives a line when the file has to be made.
    """
    told = release(java)
    if told is None or told.major < FIRST_JAVA:
        return None
    folder, key = jars[0].parent, _key(told.text, java, jars)
    try:
        if found := _whole(folder, key):
            return found
        with locked_folder(folder, wait=True):
            return _whole(folder, key) or _made(folder, key, make, report)
    except (LocalKafkaError, OSError):
        return None  # Kafka starts without, as quickly as it always did.


def _key(release_text: str, java: Path, jars: Sequence[Path]) -> str:
    """Return hexadecimal digits for all that Java compares, and for its options."""
    seen = [(jar.name, jar.stat().st_size, jar.stat().st_mtime_ns) for jar in jars]
    facts = repr((release_text, str(java), JAVA_OPTIONS, seen))
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def _whole(folder: Path, key: str) -> Path | None:
    """Return the file when it is as it was made: of a damaged one Java may crash.

    Its name has its SHA-256, which takes 0.1 s. What other users could have written is not taken,
    for it becomes code.
    """
    for path in folder.glob(f"java-{key}-*.aot"):
        facts = path.lstat()
        ours = facts.st_uid == os.geteuid() and not facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if stat.S_ISREG(facts.st_mode) and ours and path.name == _name(key, path):
            return path
    return None


def _made(
    folder: Path, key: str, make: Callable[[Path], None], report: Callable[[str], None]
) -> Path:
    report("preparing Java in about 10 s, once: Kafka then starts in half the time")
    beside = folder / f"java-{key}.making"
    try:
        beside.unlink(missing_ok=True)
        make(beside)
        beside.chmod(0o600)
        return beside.replace(folder / _name(key, beside))
    finally:
        beside.unlink(missing_ok=True)


def _name(key: str, path: Path) -> str:
    with path.open("rb") as file:
        return f"java-{key}-{hashlib.file_digest(file, 'sha256').hexdigest()[:32]}.aot"
