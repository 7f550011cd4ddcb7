"""A password that is given is nowhere to be found again: a canary, and a search for it."""

import base64
import logging
import re
import traceback
import urllib.request
from contextlib import closing

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError

from configuration.errors import ConfigurationError
from configuration.kafka_topics import ensure_topics
from tests.reading import read_topic
from tests.security.documented_rights import documented_rights
from tests.security.guarded_kafka import CANARY, PRODUCER, READER, WORKER, Right

MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


def assert_hidden(*texts):
    """The canary stands in no text, neither as it is nor as a login by PLAIN encodes it."""
    for text in texts:
        assert text
        assert CANARY not in text
        for user in (WORKER, PRODUCER, READER):
            login = f"\0{user}\0{CANARY}".encode()
            assert base64.b64encode(login).decode() not in text
            assert login.hex() not in text


def all_that_shows(error):
    """An error as logs and debuggers show it, with all that led to it."""
    causes, one = [], error
    while one is not None:
        causes.append(f"{one!r} {one} {one.args!r}")
        one = one.__cause__ or one.__context__
    return "\n".join([*causes, *traceback.format_exception(error)])


@pytest.fixture
def rights(cluster, names):
    """Let everybody do what the page says, for the length of a test."""
    for user in (WORKER, PRODUCER, READER):
        cluster.grant(user, documented_rights(user, names))
    yield
    for user in (WORKER, PRODUCER, READER):
        cluster.withdraw(user)


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("password", ["password", "wrong"])
def test_the_kafka_client_does_not_log_it_at_debug(
    names, connect, files, rights, caplog, mechanism, password
):
    caplog.set_level(logging.DEBUG)
    file = files / password
    connection = connect("PASSWORD", SASL_MECHANISM=mechanism, SASL_PASSWORD_FILE=file)
    shown = []
    for use in (
        lambda: ensure_topics(connection, {names.input: "Read"}),
        lambda: closing(KafkaConsumer(**connection.client_options())).__exit__(),
        lambda: closing(KafkaProducer(**connection.client_options())).__exit__(),
    ):
        try:
            use()
        except (ConfigurationError, KafkaError) as error:
            shown.append(all_that_shows(error))
    assert len(shown) == (0 if password == "password" else 3)
    # What was held back shows that it would have been logged.
    assert "SaslAuthenticateRequest(...)" in caplog.text
    assert_hidden(caplog.text, repr(connection), str(connection), *shown)
    assert_hidden(f"{connection.client_options()}", f"{connection.model_dump()}")
    assert_hidden(connection.model_dump_json())


@pytest.mark.parametrize(
    "mistake",
    [
        {"SASL_USERNAME": None},
        {"SASL_PASSWORD_FILE": "/nowhere"},
        {"SASL_MECHANISM": "MAGIC"},
        {"SECURITY_PROTOCOL": "MAGIC"},
        {"SSL_CAFILE": "/nowhere"},
    ],
)
def test_complaints_about_settings_do_not_tell_it(access, programs, mistake):
    in_the_environment = {"SASL_PASSWORD": CANARY, "SASL_PASSWORD_FILE": None}
    variables = access("BOTH", **in_the_environment | mistake)
    complaining = programs.worker(variables | {"KAFKA_SSL_KEY_PASSWORD": CANARY})
    assert complaining.ends() == 2, complaining.output()
    assert_hidden(complaining.output())


@pytest.mark.parametrize("listener", ["PASSWORD", pytest.param("MUTUAL", marks=pytest.mark.long)])
def test_a_whole_stream_at_debug_does_not_tell_it(cluster, names, access, programs, listener):
    changes = {"SASL_PASSWORD_FILE": None, "SSL_KEY_PASSWORD_FILE": None}
    if listener == "MUTUAL":
        changes["SSL_KEY_PASSWORD"] = CANARY
        users = [f"CN={WORKER}"]
    else:
        changes |= {"SASL_PASSWORD": CANARY, "SASL_MECHANISM": "PLAIN"}
        users = [WORKER, PRODUCER, READER]
    for user in (WORKER, PRODUCER, READER):
        cluster.grant(user if user in users else users[0], documented_rights(user, names))
    debug = ("--log-level", "debug", "--log-format", "json")
    worker = programs.worker(access(listener, WORKER, **changes), *debug)
    worker.says("partitions assigned")
    producer = programs.producer(access(listener, PRODUCER, **changes), ["a lovely day"])
    read_topic(cluster.address("ADMIN"), names.output, at_least=1)
    reader = programs.reader(access(listener, READER, **changes), "--follow", *debug)
    reader.says("a lovely day")
    [address] = re.findall(r'"address": "(http://[\d.:]+)"', worker.output())
    for path in ("/metrics", "/healthz", "/readyz"):
        with urllib.request.urlopen(address + path, timeout=30) as answer:
            assert_hidden(answer.read().decode() or "nothing")
    assert_hidden(*(one.command_lines() for one in (worker, producer, reader)))
    codes = producer.ends(), worker.terminate(), reader.interrupt()
    for user in users:
        cluster.withdraw(user)
    assert codes == (0, 0, 130)
    assert_hidden(worker.output(), producer.output(), reader.output())


def test_a_refused_login_at_debug_does_not_tell_it(access, programs):
    plain = {"SASL_MECHANISM": "PLAIN", "SASL_PASSWORD_FILE": None}
    wrong = access("PASSWORD", SASL_PASSWORD=f"{CANARY}-but-wrong", **plain)
    worker = programs.worker(wrong, "--log-level", "debug")
    reader = programs.reader(wrong, "--log-level", "debug")
    producer = programs.producer(wrong, ["a lovely day"])
    assert (worker.ends(), reader.ends(), producer.ends()) == (4, 4, 1)
    assert_hidden(worker.output(), reader.output(), producer.output())


@pytest.mark.long
@pytest.mark.parametrize("password", ["password", "wrong"])
def test_the_demo_on_a_cluster_of_ones_own_does_not_tell_it(
    cluster, names, access, files, programs, password
):
    everything = [
        Right(operation, kind, names.name, "prefixed")
        for operation, kind in (
            *(("Read", "TOPIC"), ("Write", "TOPIC"), ("Read", "GROUP")),
            ("Write", "TRANSACTIONAL_ID"),
        )
    ]
    cluster.grant(WORKER, everything)
    variables = access("BOTH", SASL_PASSWORD_FILE=files / password)
    demo = programs.start("demo", variables, "--limit", "5", "--no-screen")
    assert_hidden(demo.says("starting the worker").command_lines())
    code = demo.ends()
    cluster.withdraw(WORKER)
    assert code == (0 if password == "password" else 1), demo.output()
    assert_hidden(demo.output())
