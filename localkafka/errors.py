"""What can go wrong, each told in one line that says what to do next.

LocalKafkaError
├── JavaUnusable       no Java, or JAVA_HOME names one that is too old or not there
├── JarsUnavailable    Kafka's jars could not be fetched, stored or trusted
│   └── ChecksumMismatch   what was fetched is not what this release was tested with
├── FolderInUse        another broker runs on the data directory
├── PortTaken          another program listens on the port that the broker should have
└── BrokerFailed       Kafka did not start, or ended by itself; names its log
"""

from pathlib import Path


class LocalKafkaError(Exception):
    """Everything that `localkafka` raises by intention."""


class JavaUnusable(LocalKafkaError):
    """There is no Java to run Kafka with."""


class JarsUnavailable(LocalKafkaError):
    """Kafka's jars are neither in the cache nor to be had from the repository."""


class ChecksumMismatch(JarsUnavailable):
    """A jar was fetched twice and is both times not the one whose SHA-256 is known."""


class FolderInUse(LocalKafkaError):
    """Another broker runs on the data directory; two of them would destroy the data."""


class PortTaken(LocalKafkaError):
    """Another program listens on the port that the broker should have."""


class BrokerFailed(LocalKafkaError):
    """Kafka did not start, or ended by itself.

    Attributes:
        log_file: The broker's log; it outlives a temporary data folder.
    """

    def __init__(self, message: str, log_file: Path) -> None:
        super().__init__(message)
        self.log_file = log_file
