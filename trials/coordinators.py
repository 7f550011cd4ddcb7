"""Which broker of a cluster looks after a group or a transactional id at the moment."""

from typing import Any

import kafka.errors
from kafka import KafkaAdminClient
from kafka.protocol.metadata import CoordinatorType, FindCoordinatorRequest

# The first that kafka-python asks in lists; every Kafka 4 knows it.
_VERSION = 4


def coordinator_of_group(bootstrap_servers: str, group_id: str) -> int:
    """Return the node id of the broker that keeps the group's members and offsets.

    Raises:
        KafkaError: There is none now: the partition of `__consumer_offsets` has no leader, or
            that topic is not there yet.
    """
    return _coordinator(bootstrap_servers, group_id, CoordinatorType.GROUP)


def coordinator_of_transactions(bootstrap_servers: str, transactional_id: str) -> int:
    """Return the node id of the broker that begins and ends the id's transactions.

    Raises:
        KafkaError: There is none now, as with groups.
    """
    return _coordinator(bootstrap_servers, transactional_id, CoordinatorType.TRANSACTION)


def _coordinator(bootstrap_servers: str, key: str, kind: CoordinatorType) -> int:
    # A client of its own for each question: kafka-python remembers answers.
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers)
    manager = admin._manager  # noqa: SLF001 - the public methods do not tell

    async def ask() -> Any:
        request = FindCoordinatorRequest(
            key_type=kind.value, coordinator_keys=[key], min_version=_VERSION
        )
        return await manager.send(request)

    try:
        found = manager.run(ask).coordinators[0]
    finally:
        admin.close()
    if found.error_code:
        raise kafka.errors.for_code(found.error_code)(f"no coordinator for {key}")
    node: int = found.node_id
    return node
