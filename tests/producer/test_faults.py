"""The broker goes away while tweets are on their way."""

import re
import signal

import pytest

from localkafka import LocalKafka
from tests.conftest import make_topics
from tests.reading import read_topic


@pytest.fixture(scope="module")
def broker():
    """Give a Kafka that these tests may end."""
    with LocalKafka() as broker:
        yield broker


@pytest.fixture
def topic(broker):
    return make_topics(broker.bootstrap_servers).input


@pytest.fixture
def frozen(broker):
    """Give a context in which the broker holds its breath."""

    class Frozen:
        servers = broker.bootstrap_servers

        def __enter__(self):
            broker.freeze()

        def __exit__(self, *_):
            broker.thaw()

    return Frozen()


def counts(errors):
    """The published, acknowledged and failed of the last line."""
    last = errors.decode().splitlines()[-1]
    found = re.match(r"published (\d+) tweets to \S+: (\d+) acknowledged, (\d+) failed", last)
    return tuple(int(number) for number in found.groups())


def test_a_broker_that_crashes_and_returns_gets_every_tweet_once(
    broker, topic, start, arrived, tweets_file
):
    path = tweets_file(8_000)
    child = start(broker.bootstrap_servers, topic, "file", path, "--rate", "4000")
    arrived(broker.bootstrap_servers, topic, 1_000)
    broker.kill()
    broker.start()
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 0
    assert counts(errors) == (8_000, 8_000, 0)
    keys = [record.key for record in read_topic(broker.bootstrap_servers, topic, 8_000)]
    assert len(keys) == len(set(keys)) == 8_000


def test_ctrl_c_is_obeyed_while_the_broker_hangs(frozen, topic, start, arrived, tweets_file):
    child = start(frozen.servers, topic, "file", tweets_file(1_000), "--loop")
    arrived(frozen.servers, topic, 5_000)
    with frozen:
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=10)
    assert child.returncode == 130
    published, acknowledged, failed = counts(errors)
    assert published == acknowledged + failed
    assert b"Traceback" not in errors


def test_a_broker_that_answers_no_more_is_given_up(frozen, topic, start, arrived, tweets_file):
    options = ("--loop", "--rate", "500", "--delivery-timeout-seconds", "2")
    child = start(frozen.servers, topic, "file", tweets_file(1_000), *options)
    arrived(frozen.servers, topic, 500)
    with frozen:
        _, errors = child.communicate(timeout=30)
    assert child.returncode == 1
    complaint, _ = errors.decode().splitlines()
    assert complaint == (
        "python -m producer: records fail, so no more are sent: no acknowledgement in time, "
        "is the broker up?"
    )
    published, acknowledged, failed = counts(errors)
    assert published == acknowledged + failed
    assert failed > 0
    assert acknowledged >= 500


def test_a_broker_that_stalls_is_told_of_and_waited_for(frozen, topic, start, arrived):
    child = start(frozen.servers, topic, "stdin", "--limit", "2")
    child.stdin.write(b"one\n")
    child.stdin.flush()
    arrived(frozen.servers, topic, 1)
    with frozen:
        child.stdin.write(b"two\n")
        child.stdin.flush()
        told = child.stderr.readline().decode()
    assert told == f"{frozen.servers} has acknowledged nothing for 5 s: waiting up to 120 s\n"
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 0
    assert counts(errors) == (2, 2, 0)
