"""The rights of docs/security.md: enough as they are, and each of them needed."""

import json
from contextlib import closing

import pytest
from kafka import KafkaProducer

from tests.reading import read_topic
from tests.security.documented_rights import documented_rights
from tests.security.guarded_kafka import PRODUCER, READER, REPLAYER, USERS, WORKER, Right
from tests.security.programs import the_complaint
from worker.kafka_heir import end_orphaned_transactions
from worker.settings import WorkerSettings

TWEETS = ("what a lovely day", "what an awful day")
NO_TWEET = '{"no": "text"}'
# What the page grants to the worker, in its order.
OF_THE_WORKER = (
    "Read on topic {0.input}",
    "Write on topic {0.output}",
    "Write on topic {0.dead}",
    "Read on group {0.name}",
    "Write on transactional id {0.name}:",
)
OF_THE_REPLAYER = (
    "Read on topic {0.dead}",
    "Write on topic {0.dead}",
    "Write on topic {0.input}",
    "Write on transactional id {0.dead}-replay",
)


@pytest.fixture
def grant(cluster):
    """Give a function that gives a user exactly these rights, until the test ends."""

    def exactly(user, rights):
        cluster.withdraw(user)
        cluster.grant(user, rights)

    yield exactly
    for user in (*USERS, f"CN={WORKER}"):
        cluster.withdraw(user)


@pytest.mark.parametrize(
    ("listener", "mechanism"),
    [
        pytest.param("TLS", None, marks=pytest.mark.long),
        ("MUTUAL", None),
        pytest.param("PASSWORD", "PLAIN", marks=pytest.mark.long),
        pytest.param("BOTH", "SCRAM-SHA-256", marks=pytest.mark.long),
        ("BOTH", "SCRAM-SHA-512"),
    ],
)
def test_the_rights_of_the_page_are_enough(
    cluster, names, access, grant, programs, listener, mechanism
):
    mutual = listener == "MUTUAL"
    for user in USERS:
        # All of them show the same certificate where they show one.
        rights = documented_rights(user, names)
        cluster.grant(f"CN={WORKER}", rights) if mutual else grant(user, rights)
    how = {} if mechanism is None else {"SASL_MECHANISM": mechanism}
    worker = programs.worker(access(listener, WORKER, **how)).says("partitions assigned")
    producer = programs.producer(
        access(listener, PRODUCER, **how), [*map(json_of, TWEETS), NO_TWEET]
    )
    assert producer.ends() == 0, producer.output()
    assert "3 acknowledged, 0 failed" in producer.output()
    scored = read_topic(cluster.address("ADMIN"), names.output, at_least=len(TWEETS))
    assert sorted(json.loads(record.value)["text"] for record in scored) == sorted(TWEETS)
    [dead] = read_topic(cluster.address("ADMIN"), names.dead, at_least=1)
    assert dead.value == NO_TWEET.encode()
    reader = programs.reader(access(listener, READER, **how))
    assert reader.ends() == 0, reader.output()
    assert all(text in reader.output() for text in TWEETS)
    reader = programs.reader(access(listener, READER, **how), "--dead")
    assert reader.ends() == 0, reader.output()
    assert "missing-text" in reader.output()
    replayer = programs.replayer(access(listener, REPLAYER, **how), "--all", "--yes")
    assert replayer.ends() == 0, replayer.output()
    assert f"replayed 1 of 1 into {names.input}" in replayer.output()
    assert worker.terminate() == 0, worker.output()


@pytest.mark.parametrize("number", range(len(OF_THE_WORKER)))
def test_without_any_one_of_its_rights_the_worker_leaves_and_names_it(
    names, access, grant, programs, number
):
    rights = documented_rights(WORKER, names)
    assert len(rights) == len(OF_THE_WORKER)
    grant(WORKER, [right for right in rights if right != rights[number]])
    worker = programs.worker(access("PASSWORD"))
    assert worker.ends() == 4, worker.output()
    complaint = the_complaint(worker.output(), "worker")
    assert f"user worker lacks the right {OF_THE_WORKER[number].format(names)}" in complaint
    assert "--allow-principal User:worker" in complaint


@pytest.mark.parametrize(
    "number",
    [
        number if number == 0 else pytest.param(number, marks=pytest.mark.long)
        for number in range(len(OF_THE_WORKER))
    ],
)
def test_a_right_that_is_withdrawn_while_the_worker_runs_is_named_too(
    cluster, names, access, grant, programs, number
):
    rights = documented_rights(WORKER, names)
    grant(WORKER, rights)
    worker = programs.worker(access("PASSWORD")).says("partitions assigned")
    cluster.publish(names.input, json_of(TWEETS[0]))
    read_topic(cluster.address("ADMIN"), names.output, at_least=1)
    cluster.withdraw(WORKER, rights[number])
    cluster.publish(names.input, json_of(TWEETS[1]), NO_TWEET)
    assert worker.ends() == 4, worker.output()
    complaint = the_complaint(worker.output(), "worker")
    assert f"user worker lacks the right {OF_THE_WORKER[number].format(names)}" in complaint


def test_without_transactions_no_right_to_them_is_needed(cluster, names, access, grant, programs):
    *others, transactions = documented_rights(WORKER, names)
    assert transactions.kind == "TRANSACTIONAL_ID"
    grant(WORKER, others)
    worker = programs.worker(access("PASSWORD"), "--guarantee", "at-least-once")
    cluster.publish(names.input, json_of(TWEETS[0]), NO_TWEET)
    read_topic(cluster.address("ADMIN"), names.output, at_least=1)
    read_topic(cluster.address("ADMIN"), names.dead, at_least=1)
    assert worker.terminate() == 0, worker.output()


def test_all_rights_that_are_missing_on_topics_are_told_at_once(names, access, programs):
    worker = programs.worker(access("PASSWORD"))
    assert worker.ends() == 4, worker.output()
    complaint = the_complaint(worker.output(), "worker")
    told = ", ".join(right.format(names) for right in OF_THE_WORKER[:3])
    assert f"user worker lacks the rights {told}: have each granted" in complaint


def test_a_topic_that_may_not_be_made_is_told(names, access, grant, programs):
    names.dead = f"{names.name}.missing"
    grant(WORKER, documented_rights(WORKER, names))
    worker = programs.worker(access("PASSWORD"), "--create-topics")
    assert worker.ends() == 4, worker.output()
    complaint = the_complaint(worker.output(), "worker")
    assert f"user worker lacks the right Create on topic {names.dead}" in complaint


def test_with_the_right_to_it_a_topic_is_made(names, access, grant, programs):
    names.dead = f"{names.name}.missing"
    create = Right("Create", "TOPIC", names.dead)
    grant(WORKER, [*documented_rights(WORKER, names), create])
    worker = programs.worker(access("PASSWORD"), "--create-topics").says("partitions assigned")
    assert worker.terminate() == 0, worker.output()


def test_without_its_right_the_producer_leaves_and_names_it(names, access, programs):
    producer = programs.producer(access("PASSWORD", PRODUCER), TWEETS)
    assert producer.ends() == 1, producer.output()
    complaint = the_complaint(producer.output(), "producer")
    assert f"user producer lacks the right Write on topic {names.input}" in complaint


@pytest.mark.long
def test_a_right_that_is_withdrawn_while_the_producer_runs_is_named_too(
    cluster, names, access, grant, programs
):
    [right] = rights = documented_rights(PRODUCER, names)
    grant(PRODUCER, rights)
    producer = programs.producer(access("PASSWORD", PRODUCER), TWEETS)
    read_topic(cluster.address("ADMIN"), names.input, at_least=len(TWEETS))
    cluster.withdraw(PRODUCER, right)
    producer.publish(TWEETS)
    assert producer.ends() == 1, producer.output()
    assert f"user producer lacks the right Write on topic {names.input}" in producer.output()


@pytest.mark.parametrize("number", range(len(OF_THE_REPLAYER)))
def test_without_any_one_of_its_rights_a_replay_leaves_and_names_it(
    names, access, grant, programs, number
):
    rights = documented_rights(REPLAYER, names)
    assert len(rights) == len(OF_THE_REPLAYER)
    grant(REPLAYER, [right for right in rights if right != rights[number]])
    replayer = programs.replayer(access("PASSWORD", REPLAYER), "--all", "--yes")
    assert replayer.ends() == 4, replayer.output()
    complaint = the_complaint(replayer.output(), "worker dead-letters")
    assert f"user replayer lacks the right {OF_THE_REPLAYER[number].format(names)}" in complaint


def test_without_its_right_the_reader_leaves_and_names_it(names, access, programs):
    reader = programs.reader(access("PASSWORD", READER))
    assert reader.ends() == 4, reader.output()
    complaint = the_complaint(reader.output(), "worker read")
    assert f"user reader lacks the right Read on topic {names.output}" in complaint


@pytest.mark.long
def test_a_right_that_is_withdrawn_while_the_reader_waits_is_named_too(
    cluster, names, access, grant, programs
):
    right, _ = rights = documented_rights(READER, names)
    grant(READER, rights)
    cluster.publish(names.output, TWEETS[0])
    reader = programs.reader(access("PASSWORD", READER), "--follow").says(TWEETS[0])
    cluster.withdraw(READER, right)
    assert reader.ends() == 4, reader.output()
    complaint = the_complaint(reader.output(), "worker read")
    assert f"user reader lacks the right Read on topic {names.output}" in complaint


@pytest.mark.parametrize("pattern", ["prefixed", "literal"])
def test_only_a_right_on_the_prefix_lets_a_worker_end_what_a_dead_one_left_open(
    names, connect, grant, pattern
):
    *others, right = documented_rights(WORKER, names)
    assert right.pattern == "prefixed"
    dead, alive = f"{right.name}dead", f"{right.name}alive"
    if pattern == "literal":
        right = Right(right.operation, right.kind, alive)
    grant(WORKER, [*others, right])
    connection = connect("PASSWORD")
    settings = WorkerSettings(**dict(connection), group_id=names.name)
    grant(PRODUCER, [Right("Write", "TOPIC", names.output), Right("Write", right.kind, dead)])
    options = connect("PASSWORD", PRODUCER).client_options() | {"transactional_id": dead}
    with closing(KafkaProducer(**options)) as producer:
        producer.init_transactions()
        producer.begin_transaction()
        producer.send(names.output, b"never committed").get(30)
        ended = end_orphaned_transactions(settings)
        producer._sender.force_close()
    assert ended == ([dead] if pattern == "prefixed" else [])


def json_of(text):
    return json.dumps({"text": text})
