"""One guarded broker for all of these tests, and our programs as its users."""

from contextlib import ExitStack

import pytest

from configuration.kafka_connection import KafkaConnection
from tests.conftest import make_topics
from tests.security.guarded_kafka import CANARY, LISTENERS, WORKER, GuardedKafka
from tests.security.programs import Programs


@pytest.fixture(scope="session")
def cluster():
    """Give the broker, with its users and without any rights."""
    guarded = GuardedKafka()
    try:
        guarded.start()
        yield guarded
    finally:
        guarded.close()


@pytest.fixture
def names(cluster):
    """Give three new topics; their `name` is that of a group too."""
    return make_topics(cluster.address("ADMIN"))


@pytest.fixture(scope="session")
def files(cluster, tmp_path_factory):
    """Give a folder with authorities, certificates and passwords in files."""
    folder = tmp_path_factory.mktemp("secrets")
    authority, stranger = cluster.authority, cluster.stranger
    (folder / "authority.pem").write_text(authority.pem)
    (folder / "stranger.pem").write_text(stranger.pem)
    (folder / "password").write_text(f"{CANARY}\n")
    (folder / "wrong").write_text(f"{CANARY}-but-wrong\n")
    authority.sign(WORKER, password=CANARY).write(folder, "worker")
    authority.sign(WORKER, days=(-30, -1)).write(folder, "expired")
    stranger.sign(WORKER).write(folder, "strange")
    (folder / "revoked.pem").write_text(authority.revocation_list(cluster.certificates["TLS"]))
    (folder / "unrevoked.pem").write_text(authority.revocation_list())
    return folder


@pytest.fixture
def access(cluster, files):
    """Give a function: the variables with which a user comes to a listener.

    All is as it should be, but for what is given; None leaves a variable out.
    """

    def variables(listener, user=WORKER, **changes):
        protocol = LISTENERS[listener]
        found = {
            "BOOTSTRAP_SERVERS": cluster.address(listener),
            "SECURITY_PROTOCOL": protocol,
        }
        if protocol.endswith("SSL"):
            found["SSL_CAFILE"] = files / "authority.pem"
        if listener == "MUTUAL":
            found["SSL_CERTFILE"] = files / "worker.pem"
            found["SSL_KEYFILE"] = files / "worker.key"
            found["SSL_KEY_PASSWORD_FILE"] = files / "password"
        if protocol.startswith("SASL"):
            found["SASL_MECHANISM"] = "SCRAM-SHA-256"
            found["SASL_USERNAME"] = user
            found["SASL_PASSWORD_FILE"] = files / "password"
        found |= changes
        return {f"KAFKA_{name}": str(value) for name, value in found.items() if value is not None}

    return variables


@pytest.fixture
def connect(access, monkeypatch):
    """Give a function: the settings with which a user comes to a listener."""

    def settings(listener, user=WORKER, **changes):
        with monkeypatch.context() as patch:
            for name, value in access(listener, user, **changes).items():
                patch.setenv(name, value)
            return KafkaConnection()

    return settings


@pytest.fixture
def programs(names, tmp_path):
    """Give what starts our programs on this test's topics; they end with the test at the latest."""
    with ExitStack() as cleanup:
        yield Programs(names, tmp_path, cleanup)
