"""What was measured on, without anything that names the machine or its owner."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from localkafka.jars import KAFKA_VERSION
from sentiment.cpus import available_cpus

LIBRARIES = (
    "kafka-python",
    "numba",
    "numpy",
    "tensorflow",
    "quixstreams",
    "bytewax",
    "confluent-kafka",
)


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """The machine and what runs on it.

    Attributes:
        processor: As it calls itself.
        processors: That this process may use.
        memory_gigabytes: Of the whole machine.
        system: The operating system's kernel.
        python: Version.
        kafka: Version of the broker.
        libraries: Version of each that is installed.
    """

    processor: str
    processors: int
    memory_gigabytes: int
    system: str
    python: str
    kafka: str
    libraries: dict[str, str]

    @property
    def hardware(self) -> str:
        """Return the machine in words."""
        return (
            f"{self.processor}, {self.processors} processors, {self.memory_gigabytes} GB; "
            f"{self.system}"
        )

    @property
    def software(self) -> str:
        """Return what every measurement runs on, in words."""
        return f"Python {self.python}, Apache Kafka {self.kafka}"


def this_machine() -> Machine:
    """Return what we run on."""
    return Machine(
        processor=_processor(),
        processors=available_cpus(),
        memory_gigabytes=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        system=f"{platform.system()} {platform.release().partition('-')[0]}",
        python=platform.python_version(),
        kafka=KAFKA_VERSION,
        libraries={name: found for name in LIBRARIES if (found := _version(name))},
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None
