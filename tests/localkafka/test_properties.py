from pathlib import Path

from localkafka.properties import broker_properties, separate_listeners, write_properties


def properties(**changes):
    return broker_properties(
        port=21000, controller_port=21001, data_directory=Path("/data"), changes=changes
    )


def test_the_broker_is_its_own_controller_on_the_loopback_interface():
    made = properties()
    assert made["process.roles"] == "broker,controller"
    assert made["listeners"] == "PLAINTEXT://127.0.0.1:21000,CONTROLLER://127.0.0.1:21001"
    assert made["controller.quorum.voters"] == "1@127.0.0.1:21001"
    assert made["log.dirs"] == "/data"


def test_a_change_replaces_a_default_and_adds_what_is_new():
    made = properties(**{"auto.create.topics.enable": "true", "message.max.bytes": 5000})
    assert made["auto.create.topics.enable"] == "true"
    assert made["message.max.bytes"] == 5000
    assert made["node.id"] == 1


def test_clients_are_told_of_the_proxy_and_brokers_are_not():
    made = separate_listeners(
        port=21000, advertised_port=22000, brokers_port=21002, controller_port=21001
    )
    assert made["listeners"] == (
        "PLAINTEXT://127.0.0.1:21000,BROKERS://127.0.0.1:21002,CONTROLLER://127.0.0.1:21001"
    )
    assert made["advertised.listeners"] == "PLAINTEXT://127.0.0.1:22000,BROKERS://127.0.0.1:21002"
    assert made["inter.broker.listener.name"] == "BROKERS"


def test_values_are_written_as_java_reads_them(tmp_path):
    path = tmp_path / "server.properties"
    write_properties(
        {"a.b": 1, "sasl.jaas.config": 'x required k="v\\w";\n', "dir": "/café 😀"}, path
    )
    assert path.read_text().splitlines() == [
        "a.b=1",
        'sasl.jaas.config=x\\ required\\ k\\="v\\\\w";\\u000a',
        "dir=/caf\\u00e9\\ \\ud83d\\ude00",
    ]
