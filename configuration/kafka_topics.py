"""Do the topics that a program needs exist, and may it use them? Say what to do, or make them."""

import contextlib
from collections.abc import Mapping, Sequence

from kafka import KafkaAdminClient
from kafka.errors import (
    AuthorizationError,
    KafkaError,
    RetriableError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from configuration.errors import AccessRefused, BrokerUnavailable, MissingTopics
from configuration.kafka_client import refusal_of
from configuration.kafka_connection import KafkaConnection
from configuration.kafka_refusals import Operation, Right, TurnedAway, missing_rights

UNKNOWN, UNAUTHORIZED = UnknownTopicOrPartitionError.errno, TopicAuthorizationFailedError.errno


def ensure_topics(
    connection: KafkaConnection,
    topics: Mapping[str, Operation],
    create_partitions: int | None = None,
) -> list[str]:
    """Return when all `topics` exist and may be used, with the names of those that were made.

    A right that is missing is told now, all of them at once, and not when the first record needs
    it, which for dead letters may be in months.

    Args:
        connection: how to reach the cluster.
        topics: names to look for, each with what will be done with it.
        create_partitions: number of partitions of each topic to make; None makes none.

    Raises:
        BrokerUnavailable: no broker answers.
        AccessRefused: the cluster does not let us in, or lacks rights for us.
        MissingTopics: a topic is missing and `create_partitions` is None, or the cluster refuses
            to make it.
    """
    try:
        admin = KafkaAdminClient(**connection.client_options())
    except TurnedAway as error:
        raise AccessRefused(str(error)) from error
    except (KafkaError, OSError) as error:
        raise BrokerUnavailable(
            f"no Kafka broker answers at {connection.bootstrap_servers}: start one, or set "
            f"KAFKA_BOOTSTRAP_SERVERS ({_in_a_line(error)})"
        ) from error
    try:
        missing = _missing(admin, connection, topics)
        if missing and create_partitions is None:
            raise MissingTopics(_how_to_create(missing, connection.bootstrap_servers))
        for topic in missing:
            _create(admin, connection, topic, create_partitions)
        if missing:
            admin.wait_for_topics(missing)
    except RetriableError as error:
        if refusal := refusal_of(admin):
            raise AccessRefused(str(refusal)) from error
        raise BrokerUnavailable(
            f"the broker at {connection.bootstrap_servers} does not answer: {_in_a_line(error)}"
        ) from error
    except KafkaError as error:
        raise MissingTopics(
            f"the cluster at {connection.bootstrap_servers} did not give us "
            f"{', '.join(topics)}: {_in_a_line(error)}"
        ) from error
    else:
        return missing
    finally:
        admin.close()


def _missing(
    admin: KafkaAdminClient, connection: KafkaConnection, topics: Mapping[str, Operation]
) -> list[str]:
    """Return the topics that do not exist.

    Raises:
        AccessRefused: we may not do with them what we must.
    """
    described = {topic["name"]: topic for topic in admin.describe_topics(list(topics))}
    lacking = []
    for name, operation in topics.items():
        # Brokers before 2.3 do not tell what is allowed: then the first attempt will.
        allowed = described[name]["authorized_operations"]
        if described[name]["error_code"] == UNAUTHORIZED or (
            allowed is not None and operation.upper() not in allowed
        ):
            lacking.append(Right(operation, "topic", name))
    if lacking:
        raise AccessRefused(missing_rights(lacking, connection))
    return [name for name in topics if described[name]["error_code"] == UNKNOWN]


def _create(
    admin: KafkaAdminClient, connection: KafkaConnection, topic: str, partitions: int | None
) -> None:
    try:
        # Another program that starts with us may be quicker.
        with contextlib.suppress(TopicAlreadyExistsError):
            admin.create_topics({topic: {"num_partitions": partitions}})
    except AuthorizationError as error:
        right = Right("Create", "topic", topic)
        raise AccessRefused(missing_rights([right], connection)) from error


def _how_to_create(missing: Sequence[str], bootstrap_servers: str) -> str:
    names = ", ".join(missing)
    verb = "topic is" if len(missing) == 1 else "topics are"
    return (
        f"{verb} missing: {names}; say --create-topics, or make each with "
        f"kafka-topics.sh --bootstrap-server {bootstrap_servers} --create --partitions 4 --topic "
        f"{missing[0]}"
    )


def _in_a_line(error: BaseException) -> str:
    """A client's error as one line of a message."""
    return " ".join(str(error).split()) or type(error).__name__
