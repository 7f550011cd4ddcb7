"""Do the topics that a program needs exist? Say how to make them, or make them."""

import contextlib
from collections.abc import Sequence

from kafka import KafkaAdminClient
from kafka.errors import KafkaError, RetriableError, TopicAlreadyExistsError

from configuration.errors import BrokerUnavailable, MissingTopics
from configuration.kafka_connection import KafkaConnection


def ensure_topics(
    connection: KafkaConnection, topics: Sequence[str], create_partitions: int | None = None
) -> list[str]:
    """Return when all `topics` exist, with the names of those that were made.

    Args:
        connection: how to reach the cluster.
        topics: names to look for.
        create_partitions: number of partitions of each topic to make; None makes none.

    Raises:
        BrokerUnavailable: no broker answers.
        MissingTopics: a topic is missing and `create_partitions` is None, or the cluster refuses
            to make it.
    """
    try:
        admin = KafkaAdminClient(**connection.client_options())
    except (KafkaError, OSError) as error:
        raise BrokerUnavailable(
            f"no Kafka broker answers at {connection.bootstrap_servers}: start one, or set "
            f"KAFKA_BOOTSTRAP_SERVERS ({_in_a_line(error)})"
        ) from error
    try:
        existing = set(admin.list_topics())
        missing = [topic for topic in topics if topic not in existing]
        if missing and create_partitions is None:
            raise MissingTopics(_how_to_create(missing, connection.bootstrap_servers))
        for topic in missing:
            # Another program that starts with us may be quicker.
            with contextlib.suppress(TopicAlreadyExistsError):
                admin.create_topics({topic: {"num_partitions": create_partitions}})
        if missing:
            admin.wait_for_topics(missing)
    except RetriableError as error:
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
