"""A password that is changed while our programs run."""

import pytest

from tests.reading import read_topic
from tests.security.documented_rights import documented_rights
from tests.security.guarded_kafka import CANARY, LOGIN_LASTS_SECONDS, PRODUCER, READER, WORKER
from tests.security.programs import the_complaint

# On this listener a login by this mechanism lasts for some seconds; then the broker asks again.
LISTENER, MECHANISM = "BOTH", {"SASL_MECHANISM": "SCRAM-SHA-512"}


@pytest.fixture
def user(cluster, names):
    """Give a function that makes a user with all its rights, whose password may be changed."""
    users = []

    def with_rights_of(kind):
        user = f"{kind}-{names.name}"
        users.append(user)
        cluster.set_password(user, CANARY)
        cluster.grant(user, documented_rights(kind, names))
        return user

    yield with_rights_of
    for user in users:
        cluster.withdraw(user)


@pytest.mark.long
def test_logins_are_renewed_while_tweets_flow(cluster, names, access, user, programs):
    count = 3 * LOGIN_LASTS_SECONDS
    worker = programs.worker(access(LISTENER, user(WORKER), **MECHANISM))
    worker.says("partitions assigned")
    tweets = ["a lovely day"] * count
    producer = programs.producer(
        access(LISTENER, user(PRODUCER), **MECHANISM), tweets, "--rate", "1"
    )
    assert producer.ends() == 0, producer.output()
    assert f"{count} acknowledged, 0 failed" in producer.output()
    assert len(read_topic(cluster.address("ADMIN"), names.output, at_least=count)) == count
    assert worker.terminate() == 0, worker.output()


def test_a_worker_whose_password_is_changed_leaves_and_says_so(cluster, access, user, programs):
    name = user(WORKER)
    worker = programs.worker(access(LISTENER, name, **MECHANISM)).says("partitions assigned")
    cluster.set_password(name, "another")
    assert worker.ends() == 4, worker.output()
    complaint = the_complaint(worker.output(), "worker")
    assert f"does not accept the user {name} with the password given (SCRAM-SHA-512)" in complaint


@pytest.mark.long
def test_a_reader_whose_password_is_changed_leaves_and_says_so(
    cluster, names, access, user, programs
):
    name = user(READER)
    reader = programs.reader(access(LISTENER, name, **MECHANISM), "--follow")
    cluster.publish(names.output, "a lovely day")
    reader.says("a lovely day")
    cluster.set_password(name, "another")
    assert reader.ends() == 4, reader.output()
    complaint = the_complaint(reader.output(), "worker read")
    assert f"does not accept the user {name} with the password given" in complaint


@pytest.mark.long
def test_a_producer_whose_password_is_changed_leaves_and_says_so(
    cluster, names, access, user, programs
):
    name = user(PRODUCER)
    tweets = ["a lovely day"] * 1_000
    producer = programs.producer(access(LISTENER, name, **MECHANISM), tweets, "--rate", "5")
    read_topic(cluster.address("ADMIN"), names.input, at_least=1)
    cluster.set_password(name, "another")
    assert producer.ends() == 1, producer.output()
    assert f"does not accept the user {name} with the password given" in producer.output()
    assert "Traceback" not in producer.output()
