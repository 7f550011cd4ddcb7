"""Fetches jars from a Maven repository with jgo's Python resolver: no Maven, no Java.

Run as `python -m localkafka.maven` it resolves Kafka's dependencies anew and prints what
belongs into `checksums.txt`. Only that walks the graph of dependencies; a user's machine fetches
the listed jars and nothing else.
"""

import hashlib
import logging
import sys
import tempfile
from pathlib import Path

import requests
from jgo.constants import MAVEN_CENTRAL_URL
from jgo.maven import MavenContext, PythonResolver

from localkafka.jars import KAFKA_VERSION

# Kafka's jars log through slf4j 1.7; slf4j-simple writes to stderr without a file of settings.
ROOTS = (f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}", "org.slf4j:slf4j-simple:1.7.36")

# jgo warns of a wrong SHA-1 on stderr; here the SHA-256 decides, and it is told in one line.
logging.getLogger("jgo").addHandler(logging.NullHandler())

# Seconds to connect, and between two packets.
_TIMEOUT = 20


def download(coordinate: str, folder: Path, repository: str | None = None) -> Path:
    """Fetch the jar `group:artifact:version` into `folder`, laid out as a Maven repository.

    Args:
        coordinate: The jar.
        folder: Where to.
        repository: The address of the Maven repository; None is Maven Central.

    Raises:
        ConnectionError: The repository cannot be reached, has no such jar or broke off.
        OSError: The file cannot be written.
    """
    try:
        path: Path = _context(folder, repository).create_dependency(coordinate).artifact.resolve()
    except requests.RequestException as error:
        raise ConnectionError(_innermost(error)) from error
    except RuntimeError as error:
        raise ConnectionError("the repository has no such file, or refuses to give it") from error
    return path


def resolve(folder: Path) -> list[str]:
    """Return the sorted coordinates of Kafka and everything that it needs to run.

    Args:
        folder: Where the POM files are kept, laid out as a Maven repository.
    """
    context = _context(folder, None)
    roots, needed = context.resolver.resolve([context.create_dependency(root) for root in ROOTS])
    return sorted(f"{jar.groupId}:{jar.artifactId}:{jar.version}" for jar in [*roots, *needed])


def _context(folder: Path, repository: str | None) -> MavenContext:
    return MavenContext(
        resolver=PythonResolver(),
        repo_cache=folder,
        remote_repos={"repository": repository or MAVEN_CENTRAL_URL},
        timeout=_TIMEOUT,
    )


def _innermost(error: BaseException) -> str:
    """Return what the operating system said, below the layers of the HTTP client."""
    while error.__context__ is not None:
        error = error.__context__
    return str(error) or type(error).__name__


def _print_checksums() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for coordinate in resolve(Path(folder)):
            jar = download(coordinate, Path(folder)).read_bytes()
            sys.stdout.write(f"{hashlib.sha256(jar).hexdigest()}  {coordinate}\n")


if __name__ == "__main__":
    _print_checksums()
