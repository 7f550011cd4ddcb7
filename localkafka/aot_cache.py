"""What Java worked out of Kafka's classes at an earlier start, in a file beside the jars.

Since Java 25 it keeps them loaded and linked (its ahead-of-time cache, JEPs 483 and 514). On two
idle cores a broker is then up after 1.2 s instead of 2.4, for 1.8 s of processor time instead of
3.1.
"""

import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from configuration.kept_folders import only_theirs
from localkafka.commands import JAVA_OPTIONS, java_command
from localkafka.errors import LocalKafkaError
from localkafka.folder_lock import locked_folder
from localkafka.java import major_release

FIRST_JAVA = 25
"""The first that writes the file by itself."""

# One a Java and a set of jars; those of other checkouts, and of releases that are gone, are some.
_KEPT = 4
# So long no other try is made where the file could not be: each would take 10 s.
_GIVEN_UP_SECONDS = 24 * 60 * 60
# It takes 0.3 s.
_CHECK_PATIENCE_SECONDS = 60


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
        jars: Kafka's, in one folder, in which the file is kept too.
        make: Runs a broker whose Java writes the file to this path.
        report: Receives a line when the file has to be made, and when that fails.
    """
    release = major_release(java)
    if release is None or release < FIRST_JAVA:
        return None
    folder = jars[0].parent / "aot"
    try:
        key = _key(java, jars)
        if found := _whole(folder, key):
            return found
        folder.mkdir(exist_ok=True)
        with locked_folder(folder, wait=True):
            if found := _whole(folder, key):
                return found

            def checked(path: Path) -> None:
                make(path)
                _check(java, jars, path)

            return _made(folder, key, checked, report)
    except OSError:
        return None  # A folder that cannot be written: Kafka starts as quickly as it always did.


def _key(java: Path, jars: Sequence[Path]) -> str:
    """Return hexadecimal digits for what Java compares, and for its options."""
    compared = [java.parents[1] / "lib" / "modules", *jars]
    seen = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in compared]
    return hashlib.sha256(repr((JAVA_OPTIONS, seen)).encode()).hexdigest()[:16]


def _whole(folder: Path, key: str) -> Path | None:
    """Return the file when it is as it was made: of a damaged one Java may crash.

    Its name has its SHA-256, which takes 0.1 s. What other users could have written is not taken,
    for it becomes code.
    """
    for path in folder.glob(f"java-{key}-*.aot"):
        found = path.lstat()
        ours = stat.S_ISREG(found.st_mode) and only_theirs(found, {os.geteuid()})
        if ours and path.name == _name(key, path):
            return path
    return None


def _made(
    folder: Path, key: str, make: Callable[[Path], None], report: Callable[[str], None]
) -> Path | None:
    """Make the file, with the lock held; return None where that fails, now or a while ago."""
    given_up = folder / f"java-{key}.none"
    if given_up.exists() and time.time() - given_up.stat().st_mtime < _GIVEN_UP_SECONDS:
        return None
    report("preparing Java in about 10 s, once: Kafka then starts in half the time")
    _clear(folder, key)
    # In a folder of its own, where nobody else writes, and where what else Java leaves goes too.
    making = Path(tempfile.mkdtemp(prefix="making-", dir=folder))
    try:
        path = making / "java.aot"
        make(path)
        path.chmod(0o600)
        path.replace(folder / _name(key, path))
    except (LocalKafkaError, OSError, subprocess.TimeoutExpired) as error:
        report(f"Java could not be prepared, so Kafka starts as before: {error}")
    finally:
        shutil.rmtree(making, ignore_errors=True)
    found = _whole(folder, key)  # On some file systems it is now another user's.
    if not found:
        _clear(folder, key)
        given_up.touch()
    return found


def _check(java: Path, jars: Sequence[Path], path: Path) -> None:
    """Ask Java itself, which later says nothing of a file that it does not take.

    Raises:
        LocalKafkaError: It does not take it.
        OSError: There is no such file, or no such Java.
        TimeoutExpired: Java does not end.
    """
    path.stat()
    taken = ("-XX:AOTMode=on", f"-XX:AOTCache={path}", "-version")
    ended = subprocess.run(
        java_command(java, jars, *taken),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=_CHECK_PATIENCE_SECONDS,
    )
    if ended.returncode:
        raise LocalKafkaError("it does not take the file that it wrote")


def _clear(folder: Path, key: str) -> None:
    """Remove what nobody takes: files that were spoilt, the oldest, and what a crash left."""
    for path in folder.glob("making-*"):
        shutil.rmtree(path, ignore_errors=True)
    spoilt = [*folder.glob(f"java-{key}-*.aot")]
    others = [path for path in folder.glob("java-*.aot") if path not in spoilt]
    oldest = sorted(others, key=lambda path: path.lstat().st_mtime, reverse=True)[_KEPT - 1 :]
    for path in (*spoilt, *oldest):
        path.unlink(missing_ok=True)


def _name(key: str, path: Path) -> str:
    with path.open("rb") as file:
        return f"java-{key}-{hashlib.file_digest(file, 'sha256').hexdigest()[:32]}.aot"
