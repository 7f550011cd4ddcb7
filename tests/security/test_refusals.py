"""A broker that turns us away: one line that says why, and an end."""

import pytest

from configuration.errors import AccessRefused
from configuration.kafka_topics import ensure_topics
from tests.security.guarded_kafka import PRODUCER, READER, WORKER
from tests.security.programs import the_complaint

WRONG_PASSWORD = ("does not accept the user", "KAFKA_SASL_PASSWORD_FILE")


@pytest.fixture
def refusals(files):
    """Give each way to be turned away: the listener, what is changed, the words that tell it."""
    wrong = {"SASL_PASSWORD_FILE": files / "wrong"}
    expired = {
        "SSL_CERTFILE": files / "expired.pem",
        "SSL_KEYFILE": files / "expired.key",
        "SSL_KEY_PASSWORD_FILE": None,
    }
    strange = {
        "SSL_CERTFILE": files / "strange.pem",
        "SSL_KEYFILE": files / "strange.key",
        "SSL_KEY_PASSWORD_FILE": None,
    }
    nothing = {"SSL_CERTFILE": None, "SSL_KEYFILE": None, "SSL_KEY_PASSWORD_FILE": None}
    plain = {"SASL_MECHANISM": "PLAIN"}
    stranger = {"SSL_CAFILE": files / "stranger.pem"}
    revoked = {"SSL_CRLFILE": files / "revoked.pem"}
    in_the_clear = {"SECURITY_PROTOCOL": "PLAINTEXT"}
    return {
        "a wrong password, PLAIN": ("PASSWORD", wrong | plain, WRONG_PASSWORD),
        "a wrong password, SCRAM": ("PASSWORD", wrong, WRONG_PASSWORD),
        "a wrong password, SCRAM over TLS": ("BOTH", wrong, WRONG_PASSWORD),
        "an unknown user": ("PASSWORD", {"SASL_USERNAME": "nobody"}, WRONG_PASSWORD),
        "an unknown authority": ("TLS", stranger, ("KAFKA_SSL_CAFILE", "stranger.pem")),
        "a system that does not trust it": ("TLS", {"SSL_CAFILE": None}, ("not set",)),
        "another host's certificate": (
            "ELSEWHERE",
            {},
            ("for another host", "not valid for '127.0.0.1'", "KAFKA_BOOTSTRAP_SERVERS"),
        ),
        "an expired certificate": ("EXPIRED", {}, ("has expired", "renewed")),
        "a revoked certificate": ("TLS", revoked, ("KAFKA_SSL_CRLFILE", "revoked.pem")),
        "no client certificate": (
            "MUTUAL",
            nothing,
            ("wants a client certificate", "KAFKA_SSL_CERTFILE"),
        ),
        "an expired client certificate": ("MUTUAL", expired, ("expired.pem", "has expired")),
        "a strange client certificate": ("MUTUAL", strange, ("strange.pem", "do not trust")),
        "a port with TLS": ("TLS", in_the_clear, ("speaks TLS", "KAFKA_SECURITY_PROTOCOL")),
        "a port without logins": (
            "TLS",
            {"SECURITY_PROTOCOL": "SASL_SSL", "SASL_USERNAME": WORKER} | wrong,
            ("takes no logins", "KAFKA_SECURITY_PROTOCOL=SSL"),
        ),
    }


CASES = (
    "a wrong password, PLAIN",
    "a wrong password, SCRAM",
    "an unknown authority",
    "another host's certificate",
    "an expired certificate",
    "no client certificate",
)
MORE_CASES = (
    *CASES,
    "a wrong password, SCRAM over TLS",
    "an unknown user",
    "a system that does not trust it",
    "a revoked certificate",
    "an expired client certificate",
    "a strange client certificate",
    "a port with TLS",
    "a port without logins",
)


# Each starts a program; what they tell comes from what the test of all ways looks at.
SOME_CASES = [
    case
    if case in ("a wrong password, SCRAM", "no client certificate")
    else pytest.param(case, marks=pytest.mark.long)
    for case in CASES
]


def assert_tells(line, address, words):
    for word in (address, *words):
        assert word in line
    assert "\n" not in line


@pytest.mark.parametrize("case", MORE_CASES)
def test_every_way_to_be_turned_away_is_told_in_one_line(cluster, connect, refusals, case):
    listener, changes, words = refusals[case]
    with pytest.raises(AccessRefused) as complaint:
        ensure_topics(connect(listener, **changes), {"tweets": "Read"})
    assert_tells(str(complaint.value), cluster.address(listener), words)


@pytest.mark.parametrize("case", SOME_CASES)
def test_the_worker_leaves_with_exit_code_4(cluster, access, programs, refusals, case):
    listener, changes, words = refusals[case]
    worker = programs.worker(access(listener, **changes))
    assert worker.ends() == 4, worker.output()
    assert_tells(the_complaint(worker.output(), "worker"), cluster.address(listener), words)


@pytest.mark.parametrize("case", SOME_CASES)
def test_the_producer_leaves_with_exit_code_1(cluster, access, programs, refusals, case):
    listener, changes, words = refusals[case]
    producer = programs.producer(access(listener, PRODUCER, **changes), ["a lovely day"])
    assert producer.ends() == 1, producer.output()
    assert_tells(the_complaint(producer.output(), "producer"), cluster.address(listener), words)


def test_reading_back_leaves_with_exit_code_4(cluster, access, programs, refusals):
    listener, changes, words = refusals["a wrong password, PLAIN"]
    reader = programs.reader(access(listener, READER, **changes))
    assert reader.ends() == 4, reader.output()
    assert_tells(the_complaint(reader.output(), "worker read"), cluster.address(listener), words)


def test_a_certificate_that_no_list_names_is_trusted(connect, files, names):
    connection = connect("TLS", SSL_CRLFILE=files / "unrevoked.pem")
    assert ensure_topics(connection, {names.input: "Read"}) == []
