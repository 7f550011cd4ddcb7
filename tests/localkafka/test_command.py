import os
import re
import signal
import socket
import subprocess
import sys

import pytest
from kafka import KafkaAdminClient

from localkafka import LocalKafka
from localkafka.__main__ import main
from localkafka.jars import cache_folder

COMMAND = [sys.executable, "-m", "localkafka"]
# Said at the first start with a Java.
PREPARING = "localkafka: preparing Java in about 10 s, once: Kafka then starts in half the time\n"


@pytest.fixture(autouse=True)
def _signals_as_they_were():
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_the_command_serves_until_it_is_interrupted_and_keeps_the_data_it_was_told_to(tmp_path):
    # Without a Java or a Maven on the PATH, and in a process group of its own, as in a terminal.
    environment = {
        **os.environ,
        "PATH": "/nowhere",
        "XDG_CACHE_HOME": str(cache_folder().parents[1]),
    }
    environment.pop("JAVA_HOME", None)
    command = subprocess.Popen(
        [*COMMAND, "--data", tmp_path / "data"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    line = command.stdout.readline()
    address = re.fullmatch(r"bootstrap servers: (127\.0\.0\.1:\d+)\n", line)[1]
    assert f"export KAFKA_BOOTSTRAP_SERVERS={address}" in command.stdout.readline()
    make_topic(address, "kept")
    os.killpg(command.pid, signal.SIGINT)
    _, errors = command.communicate()
    assert (command.returncode, errors.removeprefix(PREPARING)) == (0, "")
    assert "] shut down completed" in (tmp_path / "data" / "broker.log").read_text()

    with LocalKafka(tmp_path / "data") as kafka:
        assert "kept" in topics(kafka.bootstrap_servers)


def make_topic(address, name):
    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics({name: {"num_partitions": 1}}, wait_for_metadata=True)
    admin.close()


def topics(address):
    admin = KafkaAdminClient(bootstrap_servers=address)
    names = admin.list_topics()
    admin.close()
    return names


def test_the_command_ends_when_the_system_asks_before_it_is_up_as_well(tmp_path):
    command = subprocess.Popen(
        [*COMMAND, "--data", tmp_path / "data"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / "data" / "broker.log").exists():
        assert command.poll() is None
    command.send_signal(signal.SIGTERM)
    out, errors = command.communicate()
    assert (out, errors.removeprefix(PREPARING)) == ("", "")
    assert command.returncode == 130


def test_a_taken_port_is_one_line_and_a_failure(capsys):
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert main(["--port", str(server.getsockname()[1])]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("localkafka: the broker cannot listen on port ")
    assert err.count("\n") == 1


def test_a_java_home_without_java_is_one_line_and_a_failure(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert main([]) == 1
    assert capsys.readouterr().err.startswith(f"localkafka: JAVA_HOME={tmp_path} holds no working")


def test_a_network_that_is_not_there_is_one_line_and_a_failure(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for proxy in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    assert main(["--fetch-only"]) == 1
    told, failed = capsys.readouterr().err.splitlines()
    assert told == f"localkafka: fetching 46 jars of Apache Kafka into {cache_folder()}, once"
    assert "connect to the network" in failed


def test_what_was_fetched_is_told(capsys):
    assert main(["--fetch-only"]) == 0
    assert f"46 jars in {cache_folder()}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [["--port", "0"], ["--port", "kafka"], ["--heap-megabytes", "3"], ["--topics"], ["file"]],
)
def test_bad_usage_is_one_line_and_exit_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_help_says_where_the_jars_are_kept(capsys, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")  # Short, so that no line ends within it.
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert str(cache_folder()) in capsys.readouterr().out
