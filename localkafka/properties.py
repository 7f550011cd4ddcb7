"""The broker's properties, a plain mapping, and the file that Kafka reads them from."""

from collections.abc import Mapping
from pathlib import Path

from localkafka.ports import HOST

Properties = Mapping[str, str | int]
"""Kafka's own names and values, as in https://kafka.apache.org/documentation/#brokerconfigs."""


def broker_properties(
    *, port: int, controller_port: int, data_directory: Path, changes: Properties
) -> dict[str, str | int]:
    """Return the properties of a broker that is its own controller and serves this machine.

    Args:
        port: Where clients connect.
        controller_port: Where the broker connects to itself as the controller.
        data_directory: Where the topics are kept.
        changes: Properties that replace these or are added to them.
    """
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        # Voters by address and not by `format --standalone`, which would write the address into
        # the data: so the controller may have another port after a restart.
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "log.dirs": str(data_directory),
        # There are no others to replicate to.
        "offsets.topic.replication.factor": 1,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        # 50 partitions each by default, made when the first group and transaction ask.
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.num.partitions": 4,
        # A group of tests has no second member to wait 3 s for.
        "group.initial.rebalance.delay.ms": 0,
        # A misspelt topic is an error, not a new topic.
        "auto.create.topics.enable": "false",
        # A replayed record may keep an old timestamp of its own; after the default of 7 days it
        # would be deleted within minutes.
        "log.retention.ms": -1,
        # After a crash the controller waits for the old broker's session to end; 9 s by default.
        "broker.session.timeout.ms": 4000,
        "broker.heartbeat.interval.ms": 500,
        # Once a second instead of once in ten: a dead producer's transaction is soon aborted.
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000,
        # 128 MB by default, taken at the start.
        "log.cleaner.dedupe.buffer.size": 4 * 1024 * 1024,
        **changes,
    }


def separate_listeners(
    *, port: int, advertised_port: int, brokers_port: int, controller_port: int
) -> dict[str, str | int]:
    """Return the properties that keep what brokers say to each other apart from their clients.

    Args:
        port: Where clients connect.
        advertised_port: Where clients are told to come to: `port`, or a proxy's in front of it.
        brokers_port: Where other brokers connect, and the broker to itself.
        controller_port: Where the controllers connect.
    """
    brokers = f"BROKERS://{HOST}:{brokers_port}"
    return {
        "listeners": f"PLAINTEXT://{HOST}:{port},{brokers},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{advertised_port},{brokers}",
        "inter.broker.listener.name": "BROKERS",
        "listener.security.protocol.map": ",".join(
            f"{name}:PLAINTEXT" for name in ("PLAINTEXT", "BROKERS", "CONTROLLER")
        ),
    }


def write_properties(properties: Properties, path: Path) -> None:
    """Write `properties` in the format of java.util.Properties."""
    lines = [f"{_escape(name)}={_escape(str(value))}\n" for name, value in properties.items()]
    path.write_text("".join(lines), encoding="ascii")


def _escape(text: str) -> str:
    """Escape what java.util.Properties takes for syntax, and what is not ASCII."""
    escaped = []
    for character in text:
        if character in "\\=:#! ":
            escaped.append("\\" + character)
        elif " " < character <= "~":
            escaped.append(character)
        else:
            units = character.encode("utf-16-be")
            escaped += [f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2)]
    return "".join(escaped)
