"""One try: a request of one transaction is cut off from its client and arrives in a later one."""

import time
from collections import Counter
from contextlib import closing

import kafka.errors
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import OffsetSpec
from kafka.protocol import producer as protocol

from trials.kafka_topics import Topics
from trials.late_requests_cases import ON_THE_WAY, RECORDS, Case, Late, Moment, Seen, Then
from trials.late_requests_clients import TRANSACTION_SECONDS, WORKER, Names
from trials.late_requests_process import ClientProcess, End
from trials.proxy import Proxy
from trials.proxy_frames import Request
from trials.proxy_hold import HeldRequest
from worker.identity import transactional_id

# How long a client may take for a transaction, and the broker for an answer, on a busy machine.
PATIENCE_SECONDS = 60.0
# The broker would have ended any transaction by its age.
STUCK_SECONDS = 2 * TRANSACTION_SECONDS + 2
# Of how many transactions a try consists; those that fail are done again, so often at most.
TRANSACTIONS, FAILURES = 5, 5

_RESPONSES = {
    Late.ADD_PARTITIONS: protocol.AddPartitionsToTxnResponse,
    Late.PRODUCE: protocol.ProduceResponse,
    Late.ADD_OFFSETS: protocol.AddOffsetsToTxnResponse,
    Late.OFFSET_COMMIT: protocol.TxnOffsetCommitResponse,
    Late.END: protocol.EndTxnResponse,
}


class Try:
    """A stream of records, each a number, and the group's offset, which is the next number.

    Args:
        case: What happens to it.
        client: Which of the clients publishes.
        proxy: The way to the broker, for everybody.
    """

    def __init__(self, case: Case, client: str, proxy: Proxy) -> None:
        self._case = case
        self._kind = client
        self._proxy = proxy
        self._servers = proxy.bootstrap_servers
        self._position = self._failures = 0
        self._fenced = False

    def run(self) -> Seen:
        """Do it, and return what was seen.

        Raises:
            TimeoutError: a request that was waited for did not come, or got no answer.
        """
        with (
            closing(Topics(self._servers, 1)) as topics,
            closing(KafkaAdminClient(bootstrap_servers=self._servers)) as self._admin,
            closing(_reader(self._servers)) as self._reader,
        ):
            self._names = Names(topics.input, topics.output, topics.dead_letters, topics.group)
            self._client = ClientProcess(self._kind, self._servers, self._names)
            try:
                return self._run()
            finally:
                self._client.kill()

    def _run(self) -> Seen:
        case = self._case
        while self._position < RECORDS:
            self._publish()  # The broker makes its own topics first, which may take longer.
        self._failures = 0
        late = self._hold(case.late.value)
        self._begin()
        request = late.wait(PATIENCE_SECONDS)
        if not case.silently:
            late.cut()
        sent_again = self._finish() is End.COMMITTED
        if case.moment in ON_THE_WAY:
            waiting = self._hold(ON_THE_WAY[case.moment])
            self._begin()
            waiting.wait(PATIENCE_SECONDS)
            answer = self._let_arrive(late, request)
            torn = self._is_torn()
            if case.then is Then.DIES:
                self._die()
            waiting.release()
            if case.then is not Then.DIES:
                self._finish()
        else:
            self._committed()  # Its transaction has ended everywhere.
            answer = self._let_arrive(late, request)
            torn = self._is_torn()
            if case.moment is Moment.LONG_BEFORE:
                time.sleep(2 * TRANSACTION_SECONDS)
            self._publish()
        went_back = self._committed() < self._position
        if case.then is Then.DIES_AFTER:
            self._die()
        while self._position < TRANSACTIONS * RECORDS and self._failures < FAILURES:
            self._publish()
        stuck = self._readers_are_stuck()
        seen = self._visible()
        return Seen(
            sent_again=sent_again,
            answer=answer,
            torn=torn,
            went_back=went_back,
            lost=sum(number not in seen for number in range(self._position)),
            doubled=sum(count > 1 for count in seen.values()),
            failures=self._failures,
            fenced=self._fenced,
            stuck=stuck,
        )

    def _hold(self, api_key: int) -> HeldRequest:
        name = transactional_id(self._names.group, WORKER)
        return self._proxy.hold(api_key, containing=name.encode())

    def _let_arrive(self, late: HeldRequest, request: Request) -> str:
        late.release()
        response = _RESPONSES[self._case.late].decode(
            late.answer(PATIENCE_SECONDS), version=request.api_version, header=True
        )
        return ", ".join(sorted(_errors(response.to_dict()))) or "NoError"

    def _publish(self) -> None:
        self._begin()
        self._finish()

    def _begin(self) -> None:
        self._client.begin(self._position, self._position + RECORDS)

    def _finish(self) -> End:
        """Wait for the end of a transaction, and go on as the worker would."""
        end = self._client.finish(PATIENCE_SECONDS)
        if end is End.COMMITTED:
            self._position += RECORDS
            return end
        self._failures += 1
        if end is End.FAILED:
            self._position = self._committed()
        else:
            self._fenced = self._fenced or end is End.GONE
            self._die()
        return end

    def _die(self) -> None:
        """Let the worker die, and another take its place and its id."""
        self._client.kill()
        self._client = ClientProcess(self._kind, self._servers, self._names)
        self._position = self._committed()

    def _committed(self) -> int:
        """Return the group's offset, once the last transaction has ended everywhere."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        name = transactional_id(self._names.group, WORKER)
        while self._admin.describe_transactions([name])[name].state.value.startswith("Prepare"):
            if time.monotonic() > deadline:
                raise TimeoutError("the broker does not end a transaction")
            time.sleep(0.01)
        group = self._names.group
        offsets = self._admin.list_group_offsets([group])[group]
        committed = offsets.get(TopicPartition(self._names.input, 0))
        return 0 if committed is None else int(committed.offset)

    def _visible(self) -> Counter[int]:
        """Return how often a `read_committed` reader sees each record."""
        place = TopicPartition(self._names.output, 0)
        self._reader.assign([place])
        self._reader.seek_to_beginning(place)
        end = self._reader.end_offsets([place])[place]
        seen: Counter[int] = Counter()
        while self._reader.position(place) < end:
            for records in self._reader.poll(timeout_ms=100).values():
                seen.update(int(record.value) for record in records)
        return seen

    def _is_torn(self) -> bool:
        committed = self._committed()
        return self._visible() != Counter(range(committed))

    def _readers_are_stuck(self) -> bool:
        """Tell whether there are records that readers of committed ones never reach."""
        place = TopicPartition(self._names.output, 0)
        latest = self._admin.list_partition_offsets({place: OffsetSpec.LATEST})[place].offset
        deadline = time.monotonic() + STUCK_SECONDS
        while self._reader.end_offsets([place])[place] < latest:
            if time.monotonic() > deadline:
                return True
            time.sleep(0.1)
        return False


def _reader(servers: str) -> KafkaConsumer:
    return KafkaConsumer(
        bootstrap_servers=servers,
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed",
    )


def _errors(answer: object) -> set[str]:
    """Return the names of the errors anywhere in an answer."""
    if isinstance(answer, list):
        return set().union(*map(_errors, answer))
    if not isinstance(answer, dict):
        return set()
    names = {
        kafka.errors.for_code(code).__name__
        for field, code in answer.items()
        if field.endswith("error_code") and code
    }
    return names.union(*map(_errors, answer.values()))
