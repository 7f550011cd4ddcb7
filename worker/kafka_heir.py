"""What a dead worker leaves behind: its open transaction, ended by whoever inherits from it."""

import contextlib

import structlog
from kafka import KafkaAdminClient
from kafka.admin import TransactionState
from kafka.errors import GroupIdNotFoundError, KafkaError

from worker.identity import transactional_id
from worker.kafka_bulk_producer import BulkProducer
from worker.kafka_outbox import discard, producer_options
from worker.settings import WorkerSettings

ANSWER_SECONDS = 5.0

log = structlog.get_logger()


def end_orphaned_transactions(settings: WorkerSettings) -> list[str]:
    """End the open transactions of workers that the group no longer has; return their ids.

    A worker that is killed leaves its transaction open. Until that ends, whoever inherits the
    partitions cannot read on, since their offsets are not decided, and `read_committed` readers
    stand still. The broker ends it when it is too old, which it looks for every ten seconds
    (measured: 19.4 s after a kill, with a time-out of 10 s). Starting a producer under the dead
    one's transactional id ends it at once, and fences whatever of it is still on its way.

    No transaction is lost by this that could have been committed: the broker commits offsets for
    members of the group only. Transactional ids of workers hold a colon, and the names of their
    groups do not, so those of other groups are not mistaken for ours; other programs should not use
    ids that begin with our group's name and a colon.

    Raises:
        KafkaError: the brokers do not answer, or do not let us; what could be ended is.
    """
    options = settings.client_options() | {"request_timeout_ms": int(ANSWER_SECONDS * 1000)}
    with contextlib.closing(KafkaAdminClient(**options)) as admin:
        listed = admin.list_transactions(state_filters=[TransactionState.ONGOING.value])
        ours = transactional_id(settings.group_id, "")
        open_ids = {
            transaction.transactional_id
            for transactions in listed.values()
            for transaction in transactions
            if transaction.transactional_id.startswith(ours)
        }
        if not open_ids:
            return []
        group = admin.describe_groups([settings.group_id])[settings.group_id]
    if group["error"] and GroupIdNotFoundError.__name__ not in group["error"]:
        # As while the coordinator moves: that nobody is told of does not mean that nobody is there.
        raise KafkaError(group["error"])
    members = {member["group_instance_id"] for member in group["members"]}
    orphans = sorted(open_ids - {transactional_id(settings.group_id, name) for name in members})
    failures: list[KafkaError] = []
    for orphan in orphans:
        try:
            _end(orphan, settings)
        except KafkaError as error:
            failures.append(error)
        else:
            log.info("ended the open transaction of a worker that is gone", transactional_id=orphan)
    if failures:
        raise failures[0]
    return orphans


def _end(orphan: str, settings: WorkerSettings) -> None:
    producer = BulkProducer(
        **producer_options(settings, orphan),
        max_block_ms=int(ANSWER_SECONDS * 1000),
        retry_backoff_ms=5,  # The broker answers "not yet" until the old transaction has ended.
    )
    try:
        producer.init_transactions()
    finally:
        discard(producer)
