"""Kafka's jars, in a cache of the user's, each of them checked against a committed SHA-256.

`checksums.txt` is a lock: it lists every jar that runs, and no other is fetched. A jar is
fetched beside the cache, checked, and renamed into it, so the cache never holds half a jar.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from configuration.kept_folders import user_cache
from localkafka.errors import ChecksumMismatch, JarsUnavailable
from localkafka.folder_lock import locked_folder

KAFKA_VERSION = "4.1.1"

# A connection that breaks off once in 46 jars is no reason to give up.
_ATTEMPTS = 2


@dataclass(frozen=True)
class Jar:
    """One jar that Kafka runs with.

    Attributes:
        coordinate: Maven's `group:artifact:version`.
        sha256: Of the whole file, in lower-case hexadecimal digits.
    """

    coordinate: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The file's name in the cache, as Maven names it: `artifact-version.jar`."""
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"

    def is_whole_in(self, folder: Path) -> bool:
        """Tell whether `folder` holds this jar, byte for byte."""
        try:
            with (folder / self.file_name).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except FileNotFoundError:
            return False


def listed_jars() -> list[Jar]:
    """Return the jars of `checksums.txt`, which `python -m localkafka.maven` writes."""
    lines = Path(__file__).with_name("checksums.txt").read_text(encoding="ascii").splitlines()
    return [Jar(coordinate, sha256) for sha256, coordinate in map(str.split, lines)]


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder that keeps the jars between runs."""
    return user_cache(environment) / "kafka"


def kafka_jars(report: Callable[[str], None] = lambda _: None) -> list[Path]:
    """Return the paths of Kafka's jars, fetched from Maven Central where they are missing.

    Checking the 43 MB takes 0.1 s at every start; fetching them takes 5 to 15 s, once.

    Args:
        report: Receives a line when something has to be fetched.

    Raises:
        JarsUnavailable: A jar cannot be fetched or the cache cannot be written.
        ChecksumMismatch: Maven Central gives another file than the listed one.
    """
    return complete_cache(cache_folder(), listed_jars(), None, report)


def complete_cache(
    folder: Path, jars: list[Jar], repository: str | None, report: Callable[[str], None]
) -> list[Path]:
    """Return the paths of `jars` in `folder`; what is missing or damaged is fetched first.

    Args:
        folder: The cache; any number of processes may complete it at once.
        jars: What has to be there.
        repository: The address of the Maven repository to fetch from; None is Maven Central.
        report: Receives a line when something has to be fetched.

    Raises:
        JarsUnavailable: A jar cannot be fetched or the cache cannot be written.
        ChecksumMismatch: The repository gives another file than the listed one.
    """
    try:
        if not all(jar.is_whole_in(folder) for jar in jars):
            folder.mkdir(parents=True, exist_ok=True)
            with locked_folder(folder, wait=True):
                missing = [jar for jar in jars if not jar.is_whole_in(folder)]
                if missing:
                    report(f"fetching {len(missing)} jars of Apache Kafka into {folder}, once")
                for jar in missing:
                    _fetch(jar, folder, repository)
    except OSError as error:
        raise JarsUnavailable(
            f"cannot keep Kafka's jars in {folder} ({error.strerror or error}): make room and"
            " allow writing there, or set XDG_CACHE_HOME to another folder"
        ) from error
    return [folder / jar.file_name for jar in jars]


def _fetch(jar: Jar, folder: Path, repository: str | None) -> None:
    """Put `jar` into `folder`, whole or not at all."""
    try:
        # Only here: jgo takes 0.3 s to import, and a start from a full cache needs none of it.
        from localkafka import maven  # noqa: PLC0415
    except ImportError as error:
        raise JarsUnavailable(
            "Kafka's jars are not here yet, and jgo, which fetches them, is not installed:"
            " pip install 'tweet-sentiment[local]'"
        ) from error
    beside = folder / "fetching"
    where = repository or "Maven Central"
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            # What a killed process left here would pass for fetched.
            shutil.rmtree(beside, ignore_errors=True)
            path = maven.download(jar.coordinate, beside, repository)
            if hashlib.sha256(path.read_bytes()).hexdigest() == jar.sha256:
                path.replace(folder / jar.file_name)
                return
        except ConnectionError as error:
            if attempt == _ATTEMPTS:
                raise JarsUnavailable(
                    f"cannot fetch {jar.file_name} from {where} ({error}): it is needed once,"
                    " so connect to the network (HTTPS_PROXY is heeded) and try again"
                ) from error
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    raise ChecksumMismatch(
        f"{jar.file_name} from {where} is not the file that this release was tested with"
        " (its SHA-256 differs): something on the way changes downloads, so try another network"
    )
