"""A dead letter is replayed once, whatever dies when and whoever else replays."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, closing

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from tests.conftest import ROOT
from tests.reading import read_topic
from worker.dead_letters import as_publication
from worker.errors import CannotGoOn
from worker.kafka_committed_reader import CommittedReader
from worker.kafka_replay import Replayer, transactional_id
from worker.messages import DeadLetter, RawRecord, Reason
from worker.replays import replay_of
from worker.settings import WorkerSettings
from worker.stored_letters import StoredLetter, read_back

PATIENCE_SECONDS = 180
LETTERS = 1_200

# The command, stopped for ever where it would commit its first transaction, or has just done so.
STOPPED_BEFORE_COMMIT = """
import signal, sys
from worker.__main__ import main
from worker.kafka_replay import Replayer
def stop(self):
    print("here", flush=True)
    signal.pause()
Replayer._commit = stop
sys.exit(main(sys.argv[1:]))
"""
STOPPED_AFTER_COMMIT = STOPPED_BEFORE_COMMIT.replace(
    "def stop(self):", "commit = Replayer._commit\ndef stop(self):\n    commit(self)"
)


@pytest.fixture
def settings(kafka, topics):
    return WorkerSettings(
        bootstrap_servers=kafka.bootstrap_servers,
        input_topic=topics.input,
        output_topic=topics.output,
        dead_letter_topic=topics.dead,
    )


@pytest.fixture
def start_replay(settings):
    """Give a function that starts a replay of everything, ended with the test at the latest."""
    with ExitStack() as cleanup:

        def start(program=("-m", "worker"), options=("--all", "--yes")):
            process = subprocess.Popen(
                [
                    *(sys.executable, *program, "dead-letters", "replay", *options),
                    *("--bootstrap-servers", settings.bootstrap_servers),
                    *("--input-topic", settings.input_topic),
                    *("--dead-letter-topic", settings.dead_letter_topic),
                ],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            cleanup.enter_context(process)
            cleanup.callback(process.kill)
            return process

        yield start


def bury(settings, count, partitions=2, reason=Reason.INVALID_JSON, **changes):
    """Write dead letters of the records `0` to `count - 1` as a worker would."""
    with closing(KafkaProducer(bootstrap_servers=settings.bootstrap_servers)) as producer:
        for number in range(count):
            record = {
                "topic": settings.input_topic,
                "partition": number % partitions,
                "offset": number,
                "timestamp_ms": 1_700_000_000_000 + number,
                "key": b"%d" % number,
                "value": b"{%d" % number,
                "headers": (("trace", b"%d" % number),),
            }
            letter = DeadLetter(RawRecord(**record | changes), reason, "not JSON")
            dead = as_publication(letter, 900_000)
            producer.send(
                settings.dead_letter_topic,
                dead.value,
                dead.key,
                list(dead.headers),
                dead.partition % 2,
                dead.timestamp_ms if dead.timestamp_ms >= 0 else None,
            )


def replays(settings):
    """Return what would replay every dead letter that there is."""
    with closing(CommittedReader(settings, settings.dead_letter_topic)) as reader:
        stored = [read_back(record) for record in reader.read()]
    return [replay_of(letter, 1) for letter in stored if isinstance(letter, StoredLetter)]


def written(settings):
    """Count what stands in the input topic, committed or not."""
    with closing(KafkaConsumer(bootstrap_servers=settings.bootstrap_servers)) as consumer:
        places = [TopicPartition(settings.input_topic, partition) for partition in (0, 1)]
        return sum(consumer.end_offsets(places).values())


def assert_each_was_replayed_once(settings, count):
    records = read_topic(settings.bootstrap_servers, settings.input_topic, at_least=count)
    seen = Counter(int(record.key) for record in records)
    assert seen == dict.fromkeys(range(count), 1)
    for record in records:
        number = int(record.key)
        assert record.partition == number % 2
        assert record.timestamp_ms == 1_700_000_000_000 + number
        assert record.value == b"{%d" % number
        assert record.headers == [("trace", record.key), ("sentiment.replay.attempts", b"1")]
    for partition in (0, 1):
        numbers = [int(record.key) for record in records if record.partition == partition]
        assert numbers == sorted(numbers)


def assert_ends(process, code, *words):
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == code, err
    assert "Traceback" not in err
    for word in words:
        assert word in err
    return out


@pytest.mark.parametrize("program", [STOPPED_BEFORE_COMMIT, STOPPED_AFTER_COMMIT])
def test_a_replay_killed_around_its_commit_and_run_again_replays_each_once(
    settings, start_replay, program
):
    bury(settings, LETTERS)
    killed = start_replay(("-c", program))
    assert killed.stdout.readline() == "here\n"
    killed.kill()
    committed = 500 if program is STOPPED_AFTER_COMMIT else 0
    left = LETTERS - committed
    assert_ends(start_replay(), 0, f"replayed {left} of {left}")
    assert_each_was_replayed_once(settings, LETTERS)
    assert_ends(start_replay(), 0, f"{LETTERS} replayed before", "nothing to replay")
    assert_each_was_replayed_once(settings, LETTERS)


@pytest.mark.long
def test_replays_killed_at_any_moment_replay_each_once_in_the_end(settings, start_replay):
    bury(settings, LETTERS)
    chance = random.Random(5)
    for _ in range(4):
        moment = written(settings) + chance.randrange(400)
        process = start_replay()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while written(settings) <= moment and process.poll() is None:
            assert time.monotonic() < deadline
        process.kill()
    assert_ends(start_replay(), 0)
    assert_each_was_replayed_once(settings, LETTERS)


def test_three_replays_at_once_replay_each_once(settings, start_replay):
    bury(settings, LETTERS)
    processes = [start_replay() for _ in range(3)]
    for process in processes:
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0 or "another replay" in err
    assert_ends(start_replay(), 0)
    assert_each_was_replayed_once(settings, LETTERS)


def test_who_replays_last_shuts_the_others_out(settings):
    bury(settings, 2)
    one, other = replays(settings)
    with closing(Replayer(settings)) as first:
        first.send([one])
        with closing(Replayer(settings)) as second:
            with pytest.raises(CannotGoOn, match="another replay"):
                first.send([other])
            second.send([other])
    assert_each_was_replayed_once(settings, 2)


def epoch_of(admin, dead_letter_topic):
    """Return how often the id of a topic's replays was taken."""
    name = transactional_id(dead_letter_topic)
    return admin.describe_transactions([name])[name].producer_epoch


def test_a_replay_behind_an_open_transaction_of_the_topic_is_seen(
    settings, start_replay, eventually
):
    """Readers stop where the first open transaction begins; the note may stand behind it."""
    bury(settings, 1)
    servers, dead = settings.bootstrap_servers, settings.dead_letter_topic
    worker = KafkaProducer(bootstrap_servers=servers, transactional_id=f"{dead}-worker")
    with closing(worker):
        worker.init_transactions()
        worker.begin_transaction()
        worker.send(dead, b"another dead letter, not committed yet", partition=0).get(10)
        with closing(Replayer(settings)) as replayer:
            replayer.send(replays(settings))
        with closing(KafkaAdminClient(bootstrap_servers=servers)) as admin:
            first = epoch_of(admin, dead)
            again = start_replay()
            eventually(lambda: epoch_of(admin, dead) > first)
        # It has begun, and now reads, to the end if it did not wait.
        with pytest.raises(subprocess.TimeoutExpired):
            again.wait(2)
        worker.abort_transaction()
        assert_ends(again, 0, "1 replayed before")
    assert_each_was_replayed_once(settings, 1)


@pytest.mark.long
def test_an_interrupted_replay_undoes_what_is_unfinished(settings, start_replay):
    bury(settings, 3)
    process = start_replay(("-c", STOPPED_BEFORE_COMMIT))
    assert process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGINT)
    assert_ends(process, 130, "replayed 0 of 3")
    # Nobody has to wait until the broker ends the transaction.
    assert read_topic(settings.bootstrap_servers, settings.input_topic, patience_seconds=5) == []


def test_a_record_goes_where_there_is_a_partition(settings):
    bury(settings, 6, partitions=6)
    with closing(Replayer(settings)) as replayer:
        replayer.send(replays(settings))
    assert_each_was_replayed_once(settings, 6)


def test_a_record_that_was_refused_for_its_timestamp_keeps_it(settings):
    bury(settings, 2, reason=Reason.REFUSED)
    with closing(Replayer(settings)) as replayer:
        replayer.send(replays(settings))
    assert_each_was_replayed_once(settings, 2)


def test_what_has_neither_value_nor_key_comes_back_with_neither(settings):
    bury(settings, 1, key=None, value=None, timestamp_ms=-1)
    with closing(Replayer(settings)) as replayer:
        replayer.send(replays(settings))
    (record,) = read_topic(settings.bootstrap_servers, settings.input_topic, at_least=1)
    assert (record.key, record.value) == (None, None)


def test_the_dead_letter_whose_original_the_input_topic_refuses_is_named(settings):
    compacted = settings.model_copy(update={"input_topic": f"{settings.input_topic}.compacted"})
    admin = KafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    with closing(admin):
        configs = {"num_partitions": 2, "configs": {"cleanup.policy": "compact"}}
        admin.create_topics({compacted.input_topic: configs}, wait_for_metadata=True)
    bury(settings, 3)
    bury(settings, 1, key=None)
    refused = pytest.raises(CannotGoOn, match=r"the original of 0:2 .*compacted.*cleanup\.policy")
    with closing(Replayer(compacted)) as replayer, refused:
        replayer.send(replays(settings))
    assert read_topic(settings.bootstrap_servers, compacted.input_topic) == []
