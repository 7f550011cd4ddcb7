import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.errors import KafkaTimeoutError

from localkafka import BrokerFailed, FolderInUse, LocalKafka, LocalKafkaError, PortTaken
from localkafka.ports import free_port
from tests.reading import read_topic

TOPIC = TopicPartition("tweets", 0)
# ApiVersions (18), version 0, with correlation id 1 and no client id.
VERSIONS_PLEASE = bytes.fromhex("0000000a 0012 0000 00000001 ffff")


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    with LocalKafka(log_file=tmp_path_factory.mktemp("log") / "broker.log") as kafka:
        make_topic(kafka)
        yield kafka


def make_topic(kafka, name=TOPIC.topic):
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    admin.create_topics({name: {"num_partitions": 1}}, wait_for_metadata=True)
    admin.close()


def publish(kafka, text):
    """Publish one record in a transaction, which needs the transaction coordinator too."""
    producer = KafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, transactional_id="tests", retry_backoff_ms=10
    )
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(TOPIC.topic, text.encode())
    producer.commit_transaction()
    producer.close()


def published(kafka):
    """Return every committed text in order."""
    records = read_topic(kafka.bootstrap_servers, TOPIC.topic)
    return [record.value.decode() for record in records if record.partition == TOPIC.partition]


def test_a_transaction_goes_through_a_broker_that_was_just_started(broker):
    publish(broker, "@bob loves http://x.y 😀")
    assert published(broker)[-1] == "@bob loves http://x.y 😀"


def test_a_topic_that_nobody_made_is_not_made_by_publishing_to_it(broker):
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap_servers, max_block_ms=500)
    with pytest.raises(KafkaTimeoutError):
        producer.send("tweeets", b"misspelt")
    producer.close()
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap_servers)
    assert "tweeets" not in admin.list_topics()
    admin.close()


def test_a_stopped_broker_comes_back_at_its_address_with_its_records(broker):
    publish(broker, "before the stop")
    address, pid = broker.bootstrap_servers, broker.pid
    broker.stop()
    assert broker.pid is None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(address.split(":")[1])))
    broker.start()
    assert broker.bootstrap_servers == address
    assert broker.pid != pid
    assert "before the stop" in published(broker)


def test_a_broker_that_crashed_is_noticed_and_comes_back_with_its_records(broker, eventually):
    publish(broker, "before the crash")
    broker.check()
    os.kill(broker.pid, signal.SIGKILL)

    with pytest.raises(BrokerFailed, match="Kafka ended by itself with status -9: ") as caught:
        eventually(broker.check)
    assert caught.value.log_file == broker.log_file
    started = time.monotonic()
    broker.start()
    assert time.monotonic() - started < 60
    assert "before the crash" in published(broker)


def test_a_frozen_broker_keeps_its_port_and_says_nothing_until_it_is_thawed(broker):
    publish(broker, "before the frost")
    broker.freeze()
    with socket.create_connection(("127.0.0.1", broker.port), timeout=1) as client:
        client.sendall(VERSIONS_PLEASE)
        with pytest.raises(TimeoutError):
            client.recv(1)
        broker.thaw()
        client.settimeout(30)
        assert client.recv(1)
    assert "before the frost" in published(broker)


def test_a_frozen_broker_can_be_stopped_and_comes_back(broker):
    publish(broker, "before the stop of a frozen broker")
    broker.freeze()
    broker.stop()
    broker.start()
    assert "before the stop of a frozen broker" in published(broker)


def test_a_broker_that_runs_is_not_started_twice(broker):
    with pytest.raises(LocalKafkaError, match="runs already"):
        broker.start()


def test_what_is_known_only_after_the_start_says_so():
    kafka = LocalKafka()
    for what in ("bootstrap_servers", "data_directory", "log_file"):
        with pytest.raises(LocalKafkaError, match=r"call start\(\)"):
            getattr(kafka, what)
    kafka.close()


def test_a_taken_port_is_one_clear_line():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortTaken) as caught, LocalKafka(port=port):
            pass
    assert str(caught.value) == (
        f"the broker cannot listen on port {port} (Address already in use): end the program that"
        " does, or choose another port"
    )


def test_a_free_port_that_is_taken_in_the_meantime_is_replaced_by_another(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        found = iter([taken])
        monkeypatch.setattr(
            "localkafka.broker.free_port", lambda **choice: next(found, None) or free_port(**choice)
        )
        with LocalKafka() as kafka:
            assert next(found, None) is None
            assert kafka.bootstrap_servers != f"127.0.0.1:{taken}"
            make_topic(kafka)


def test_a_property_that_kafka_refuses_is_one_clear_line_and_the_log_stays(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(BrokerFailed) as caught, LocalKafka(properties={"num.io.threads": "many"}):
        pass
    assert "Invalid value many for configuration num.io.threads" in str(caught.value)
    assert "\n" not in str(caught.value)
    log = caught.value.log_file
    assert f"(log: {log})" in str(caught.value)
    assert "Invalid value many" in log.read_text()
    assert list(tmp_path.iterdir()) == [log]  # The temporary folder is gone.


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LocalKafkaError, match=r"cannot keep the broker's data .*choose another"):
        LocalKafka(tmp_path / "file").start()


def test_a_folder_that_another_broker_uses_is_left_alone(broker):
    folder = broker.data_directory
    before = (folder / "server.properties").read_bytes()
    with pytest.raises(FolderInUse) as caught, LocalKafka(folder):
        pass
    assert str(caught.value) == (
        f"another broker runs on {folder}: stop that one, or choose another folder"
    )
    assert (folder / "server.properties").read_bytes() == before
    broker.check()


def test_a_killed_parent_leaves_neither_a_broker_nor_its_data(tmp_path, eventually, is_alive):
    script = (
        "import sys\n"
        "from localkafka import LocalKafka\n"
        "kafka = LocalKafka(heap_megabytes=256)\n"
        "kafka.start()\n"
        "print(kafka.pid, flush=True)\n"
        "sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(parent.stdout.readline())
    assert is_alive(pid)
    assert [path.name.startswith("localkafka-") for path in tmp_path.iterdir()] == [True]
    parent.kill()
    parent.communicate()
    eventually(lambda: not is_alive(pid))
    eventually(lambda: not list(tmp_path.iterdir()))
