"""The compose file's broker, started for real from its own variables, and its topics."""

import re
import subprocess
from contextlib import closing

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType

from localkafka import LocalKafka
from localkafka.jars import KAFKA_VERSION
from localkafka.ports import free_ports
from tests.deploy.compose_file import environment_of, read_compose
from worker.settings import WorkerSettings

# What the image's start script takes for itself and does not write to the broker's properties.
FOR_THE_SCRIPT = {"CLUSTER_ID", "KAFKA_HEAP_OPTS"}
ADDRESSES = ("listeners", "advertised.listeners", "controller.quorum.voters")


def broker_property(variable):
    """Return the property that apache/kafka's image makes of a variable."""
    return variable.removeprefix("KAFKA_").lower().replace("_", ".")


@pytest.fixture(scope="module")
def properties(services):
    return {
        broker_property(name): value
        for name, value in environment_of(services["kafka"]).items()
        if name not in FOR_THE_SCRIPT
    }


@pytest.fixture(scope="module")
def listeners(properties):
    """Give the addresses, by listener, of a broker that runs on these properties.

    Hosts and ports are changed consistently: a container's name means nothing on this machine
    and its ports may be taken.
    """
    ports = dict(zip(("19092", "9092", "9093"), free_ports(3), strict=True))

    def moved(addresses):
        here = re.sub(r"(?<=//|.@)(kafka|localhost)?(?=:\d)", "127.0.0.1", addresses)
        return re.sub(r"(?<=127\.0\.0\.1:)\d+", lambda port: str(ports[port[0]]), here)

    changes = {name: value for name, value in properties.items() if name != "log.dirs"}
    changes |= {name: moved(properties[name]) for name in ADDRESSES}
    with LocalKafka(port=ports["9092"], properties=changes):
        yield {"INSIDE": f"127.0.0.1:{ports['19092']}", "HOST": f"127.0.0.1:{ports['9092']}"}


@pytest.fixture(scope="module")
def admin(listeners):
    with closing(KafkaAdminClient(bootstrap_servers=listeners["HOST"])) as admin:
        yield admin


def test_the_image_is_the_kafka_that_the_tests_run_on(services):
    assert services["kafka"]["image"] == f"apache/kafka:{KAFKA_VERSION}"


@pytest.mark.parametrize("listener", ["INSIDE", "HOST"])
def test_each_listener_sends_its_clients_to_an_address_that_they_can_reach(listeners, listener):
    address = listeners[listener]
    with closing(KafkaAdminClient(bootstrap_servers=address)) as admin:
        (broker,) = admin.describe_cluster()["brokers"]
        assert f"{broker['host']}:{broker['port']}" == address


def test_the_broker_knows_every_property_and_runs_on_its_value(admin, properties):
    known = admin.describe_configs(
        [ConfigResource(ConfigResourceType.BROKER, properties["node.id"])], config_filter="all"
    )
    running = {name: config["value"] for name, config in known["broker"]["1"].items()}
    moved = {*ADDRESSES, "log.dirs"}
    assert moved <= set(running)
    expected = {name: value for name, value in properties.items() if name not in moved}
    assert {name: running.get(name) for name in expected} == expected


def test_one_broker_is_enough_for_a_transaction(listeners, admin):
    admin.create_topics({"checked": {"num_partitions": 1}}, wait_for_metadata=True)
    inside = listeners["INSIDE"]
    with closing(KafkaProducer(bootstrap_servers=inside, transactional_id="check")) as producer:
        producer.init_transactions()
        producer.begin_transaction()
        producer.send("checked", b"committed")
        producer.commit_transaction()
    consumer = KafkaConsumer(
        "checked",
        bootstrap_servers=inside,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    with closing(consumer):
        assert next(consumer).value == b"committed"


@pytest.fixture
def made(services, tmp_path):
    """Give a function that runs the topic set-up and returns the commands it would run."""

    def run(environment):
        calls = tmp_path / "calls"
        tool = tmp_path / "kafka-topics.sh"
        tool.write_text(f'#!/bin/sh\necho "$@" >> {calls}\n')
        tool.chmod(0o755)
        service = read_compose(**environment)["services"]["topics"]
        (script,) = service["command"]
        script = script.replace("/opt/kafka/bin/kafka-topics.sh", str(tool)).replace("$$", "$")
        subprocess.run(
            [*service["entrypoint"], script], env=environment_of(service), check=True, timeout=30
        )
        return [line.split() for line in calls.read_text().splitlines()]

    return run


def option(command, name):
    return command[command.index(name) + 1]


def test_the_topics_are_those_that_the_worker_looks_for(made, services):
    commands = made({})
    defaults = WorkerSettings()
    assert [option(command, "--topic") for command in commands] == [
        defaults.input_topic,
        defaults.output_topic,
        defaults.dead_letter_topic,
    ]
    assert {option(command, "--partitions") for command in commands} == {str(defaults.partitions)}
    bootstrap = environment_of(services["worker"])["KAFKA_BOOTSTRAP_SERVERS"]
    assert {option(command, "--bootstrap-server") for command in commands} == {bootstrap}
    assert all({"--create", "--if-not-exists"} <= set(command) for command in commands)


def test_the_number_of_partitions_can_be_chosen(made):
    assert {option(command, "--partitions") for command in made({"PARTITIONS": "12"})} == {"12"}


def test_the_broker_is_healthy_when_it_answers_clients_in_containers(services):
    check = services["kafka"]["healthcheck"]["test"]
    bootstrap = environment_of(services["worker"])["KAFKA_BOOTSTRAP_SERVERS"]
    assert option(check, "--bootstrap-server") == bootstrap
