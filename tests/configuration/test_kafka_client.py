"""Our network client for kafka-python, where no broker is."""

import gc
import threading

import psutil
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import KafkaTimeoutError

from configuration.kafka_connection import KafkaConnection
from localkafka.ports import free_port


def threads_and_descriptors():
    """Count what this process has; a socket may hang in a cycle until that is collected."""
    gc.collect()
    return threading.active_count(), psutil.Process().num_fds()


@pytest.mark.parametrize("kind", [KafkaAdminClient, KafkaConsumer, KafkaProducer])
def test_who_finds_no_broker_is_told_why_and_leaves_nothing_behind(kind, caplog):
    # A line that pytest keeps would keep the socket that it tells of.
    caplog.set_level("CRITICAL", logger="kafka")
    connection = KafkaConnection(bootstrap_servers=f"127.0.0.1:{free_port()}")
    options = connection.client_options() | {"bootstrap_timeout_ms": 200}
    before = threads_and_descriptors()
    for _ in range(3):
        with pytest.raises(KafkaTimeoutError, match="ECONNREFUSED"):
            kind(**options)
    assert threads_and_descriptors() == before
