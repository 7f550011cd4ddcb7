"""What every part of the suite shares: a real Kafka, fresh topics, the shipped model."""

import logging
import os
import signal
import time
import uuid
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings
from kafka import KafkaAdminClient

from configuration.kept_folders import user_cache
from localkafka import LocalKafka
from sentiment import Scorer

ROOT = Path(__file__).parent.parent

# A busy machine is no bug: what is too slow is found by counting, not by the clock.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# A shell without job control starts what it puts in the background with SIGINT ignored, and the
# programs that tests start and interrupt would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Keep the models that tests make out of the user's cache.

    What takes seconds to get, Kafka's jars and the network's machine code, is taken from there.
    """
    users, own = user_cache(), tmp_path_factory.mktemp("cache")
    (own / "tweet-sentiment").mkdir()
    for name in ("kafka", "kernels"):
        (users / name).mkdir(parents=True, exist_ok=True)
        (own / "tweet-sentiment" / name).symlink_to(users / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(own))
        yield


@pytest.fixture(scope="session")
def kafka():
    """Give a running Kafka: the one at KAFKA_BOOTSTRAP_SERVERS, or one of our own."""
    servers = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if servers:
        yield SimpleNamespace(bootstrap_servers=servers)
        return
    with LocalKafka() as broker:
        yield broker


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    """Tests say what they set; a developer's own variables must not change their outcome."""
    for name in os.environ:
        if name.startswith(("SENTIMENT_", "KAFKA_")) and name != "KAFKA_BOOTSTRAP_SERVERS":
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _library_as_talkative_as_before():
    """Our commands quieten kafka-python for their whole process, which here is everybody's."""
    library = logging.getLogger("kafka")
    level = library.level
    yield
    library.setLevel(level)


@pytest.fixture
def eventually():
    """Wait until a condition holds, for as long as a starved machine may take."""

    def wait(condition, seconds=30):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it never happened"
            time.sleep(0.02)

    return wait


@pytest.fixture
def topics(kafka):
    """Give the names of three new topics with two partitions each: input, output, dead."""
    return make_topics(kafka.bootstrap_servers)


@pytest.fixture(scope="session")
def scorer():
    """Give the shipped model."""
    return Scorer.load(ROOT / "models" / "default")


def make_topics(bootstrap_servers, partitions=2):
    """Make three topics with a name of their own."""
    name = f"t{uuid.uuid4().hex[:8]}"
    names = SimpleNamespace(input=name, output=f"{name}.scored", dead=f"{name}.dead", name=name)
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers)
    try:
        admin.create_topics(
            {
                topic: {"num_partitions": partitions}
                for topic in (names.input, names.output, names.dead)
            },
            wait_for_metadata=True,
        )
    finally:
        admin.close()
    return names
