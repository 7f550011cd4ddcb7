"""Our membership of the consumer group: what it gave us, and whether it still has us."""

import contextlib

import structlog
from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import MemberToRemove
from kafka.errors import FencedInstanceIdError, KafkaError

from worker.errors import Fenced
from worker.settings import WorkerSettings

ANSWER_SECONDS = 5.0
GOODBYE_SECONDS = 2.0

log = structlog.get_logger()


class GroupMember(ConsumerRebalanceListener):  # type: ignore[misc] # kafka-python has no types
    """One consumer's place in its group; told of changes within its polls.

    Attributes:
        partitions: What the group gave us; None while it decides.
        changed: Whether it gave us anything since this was last set to False.
    """

    def __init__(self, consumer: KafkaConsumer, topic: str, worker_id: str) -> None:
        self.partitions: frozenset[int] | None = None
        self.changed = False
        self._worker_id = worker_id
        self._consumer = consumer
        self._cluster = consumer._cluster  # noqa: SLF001
        self._topic = topic
        self._dealt_out: set[int] | None = None
        # What heartbeats find out; kafka-python has no public way to ask.
        self._coordinator = consumer._coordinator  # noqa: SLF001

    @property
    def rebalancing(self) -> bool:
        """Whether the next poll will give our partitions up."""
        return self.partitions is not None and bool(self._coordinator.need_rejoin())

    def look_after(self) -> None:
        """Do before each poll what kafka-python (3.0.12) leaves undone.

        Only the group's leader watches for partitions that are added, and a leader that was killed
        and is back under its id does not know that it leads; so each member watches.

        While it joins it asks at each poll whether there still is a reason to. Where that was a
        topic missing from the metadata for a moment, as while a broker starts, and the topic is
        back, it leaves things as they are: without partitions and heartbeats, and the group throws
        it out unheard.

        It also stops its heartbeats without a word when the group tells it that another has our id,
        and then waits for records for ever.

        Raises:
            Fenced: another worker has joined the group under our id.
        """
        exist = self._cluster.partitions_for_topic(self._topic)
        grown = self.partitions is not None and exist is not None and exist != self._dealt_out
        if (grown or self._coordinator.rejoining) and not self._coordinator.need_rejoin():
            self._coordinator.request_rejoin()
        if self.partitions is not None and not self._coordinator._heartbeat_enabled:  # noqa: SLF001
            self.ask()

    def ask(self) -> None:
        """Send a heartbeat now, whatever the clock says.

        Raises:
            Fenced: another worker has joined the group under our id.
        """
        manager = self._consumer._manager  # noqa: SLF001
        try:
            beat = manager.call_soon(self._coordinator._send_heartbeat_request)  # noqa: SLF001
            self._consumer._net.run(  # noqa: SLF001
                manager.wait_for, beat, int(ANSWER_SECONDS * 1000)
            )
        except FencedInstanceIdError as error:
            raise Fenced(self._worker_id) from error
        except KafkaError as error:
            # No answer, or one after which the next poll joins the group anew.
            log.debug("not known whether the group still has us", reason=str(error))

    def say_goodbye(self, settings: WorkerSettings, member_id: str) -> None:
        """Leave the group, after the consumer has been closed.

        A static member that only closes stays in the group until its session ends, so its removal
        is asked for: of the member that we were, not of whoever has our id by now.
        """
        with contextlib.suppress(KafkaError):
            options = settings.client_options() | {"bootstrap_timeout_ms": 1_000}
            admin = KafkaAdminClient(**options, request_timeout_ms=int(GOODBYE_SECONDS * 1000))
            with contextlib.closing(admin):
                us = MemberToRemove(member_id=member_id, group_instance_id=self._worker_id)
                admin.remove_group_members(settings.group_id, [us])

    def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        """Take note of what we are given."""
        self.changed = True
        self._dealt_out = self._cluster.partitions_for_topic(self._topic)
        self.partitions = frozenset(where.partition for where in assigned)
        log.info("partitions assigned", partitions=sorted(self.partitions))

    def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        """Take note of what we give up."""
        if revoked:
            log.info("partitions given up", partitions=sorted(w.partition for w in revoked))
        self.partitions = None

    def on_partitions_lost(self, lost: list[TopicPartition]) -> None:
        """Take note of what the group took away unasked."""
        log.warning("partitions lost", partitions=sorted(where.partition for where in lost))
        self.partitions = None
