"""Kafka's errors after which no retry helps, and what the worker says to each."""

from kafka.errors import (
    AuthorizationError,
    GroupAuthorizationFailedError,
    InvalidRecordError,
    InvalidTimestampError,
    KafkaError,
    MessageSizeTooLargeError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailedError,
)

from configuration.kafka_refusals import Right, TurnedAway, missing_rights, turned_away
from worker.errors import Refused
from worker.identity import transactional_id
from worker.settings import WorkerSettings

# The broker knows us no longer, or lets us no longer.
REFUSED = (AuthorizationError, SaslAuthenticationFailedError, TurnedAway)
# It does not take a record of ours, whatever it is sent with.
REFUSED_RECORD = (InvalidRecordError, InvalidTimestampError, MessageSizeTooLargeError)


def refused(error: KafkaError, settings: WorkerSettings, worker_id: str = "") -> Refused:
    """Return what to leave with, in one line that names what is missing."""
    rights: list[Right] = []
    if isinstance(error, TopicAuthorizationFailedError):
        rights = _rights_on_topics(error, settings)
    elif isinstance(error, GroupAuthorizationFailedError):
        rights = [Right("Read", "group", settings.group_id)]
    elif isinstance(error, TransactionalIdAuthorizationFailedError):
        # A worker needs those of its whole group: it ends what the dead among them leave open.
        every = transactional_id(settings.group_id, "")
        one = transactional_id(settings.group_id, worker_id)
        rights = [Right("Write", "transactional id", one, prefix=every)]
    elif isinstance(error, AuthorizationError):
        rights = [Right("IdempotentWrite", "cluster")]
    if rights:
        return Refused(missing_rights(rights, settings))
    return Refused(str(turned_away(error, settings.bootstrap_servers, settings) or error))


def _rights_on_topics(
    error: TopicAuthorizationFailedError, settings: WorkerSettings
) -> list[Right]:
    """Which topics it is about is the error's argument: one name, or several.

    Errors about offsets have none, and offsets are those of the input topic.
    """
    needed = [
        Right("Read", "topic", settings.input_topic),
        Right("Write", "topic", settings.output_topic),
        Right("Write", "topic", settings.dead_letter_topic),
    ]
    named = error.args[0] if error.args else settings.input_topic
    names = {named} if isinstance(named, str) else set(named)
    return [right for right in needed if right.name in names]
