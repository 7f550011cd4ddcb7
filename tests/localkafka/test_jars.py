import subprocess
import sys

import pytest

from localkafka import ChecksumMismatch, JarsUnavailable
from localkafka.jars import cache_folder, complete_cache, kafka_jars, listed_jars
from localkafka.maven import ROOTS


def quietly(_):
    pass


def test_the_jars_are_fetched_once_and_then_found(repository, tmp_path):
    told = []
    first = complete_cache(tmp_path, repository.jars, repository.address, told.append)
    again = complete_cache(tmp_path, repository.jars, repository.address, told.append)
    assert first == again == [tmp_path / f"{n}-1.0.jar" for n in ("broker", "clients", "logging")]
    assert first[1].read_bytes().startswith(b"the jar of clients")
    assert sum(repository.asked_for.values()) == 3
    assert told == [f"fetching 3 jars of Apache Kafka into {tmp_path}, once"]


def test_nothing_but_jars_stays_in_the_cache(repository, tmp_path):
    jars = complete_cache(tmp_path, repository.jars, repository.address, quietly)
    assert {path for path in tmp_path.iterdir() if path.name != ".lock"} == set(jars)


@pytest.mark.parametrize("damage", [b"", b"the jar of", b"x" * 180_000])
def test_a_damaged_jar_in_the_cache_is_fetched_again(repository, tmp_path, damage):
    jars = complete_cache(tmp_path, repository.jars, repository.address, quietly)
    jars[2].write_bytes(damage)
    complete_cache(tmp_path, repository.jars, repository.address, quietly)
    assert jars[2].read_bytes().startswith(b"the jar of logging")
    assert sum(repository.asked_for.values()) == 4


def test_what_a_killed_fetch_left_behind_is_not_taken_for_a_jar(repository, tmp_path):
    half = tmp_path / "fetching" / "org" / "example" / "broker" / "1.0" / "broker-1.0.jar"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"the jar")
    jars = complete_cache(tmp_path, repository.jars, repository.address, quietly)
    assert len(jars[0].read_bytes()) == len(b"the jar of broker") * 10_000


def test_a_download_that_breaks_off_once_is_tried_again(repository, tmp_path):
    repository.breaks_off = 1
    jars = complete_cache(tmp_path, repository.jars, repository.address, quietly)
    assert all(path.exists() for path in jars)


def test_a_download_that_keeps_breaking_off_is_one_clear_line(repository, tmp_path):
    repository.breaks_off = 2
    with pytest.raises(JarsUnavailable) as caught:
        complete_cache(tmp_path, repository.jars, repository.address, quietly)
    assert str(caught.value).startswith(f"cannot fetch broker-1.0.jar from {repository.address}")
    assert "try again" in str(caught.value)
    assert not list(tmp_path.glob("*.jar"))


def test_another_file_than_the_listed_one_is_refused(repository, tmp_path):
    repository.files["/org/example/clients/1.0/clients-1.0.jar"] = b"something else"
    with pytest.raises(ChecksumMismatch, match=r"clients-1\.0\.jar from .* \(its SHA-256 differs"):
        complete_cache(tmp_path, repository.jars, repository.address, quietly)
    assert repository.asked_for["/org/example/clients/1.0/clients-1.0.jar"] == 2
    assert [path.name for path in tmp_path.glob("**/*.jar")] == ["broker-1.0.jar"]


def test_a_jar_that_the_repository_lacks_is_one_clear_line(repository, tmp_path):
    del repository.files["/org/example/logging/1.0/logging-1.0.jar"]
    with pytest.raises(JarsUnavailable, match=r"logging-1\.0\.jar .*has no such file"):
        complete_cache(tmp_path, repository.jars, repository.address, quietly)


def test_a_network_that_is_not_there_is_one_clear_line(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for proxy in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    with pytest.raises(JarsUnavailable) as caught:
        kafka_jars()
    assert "Connection refused" in str(caught.value)
    assert "connect to the network" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_cache_that_cannot_be_written_is_one_clear_line(repository, tmp_path):
    file = tmp_path / "not a folder"
    file.touch()
    with pytest.raises(JarsUnavailable, match=r"cannot keep Kafka's jars in .*XDG_CACHE_HOME"):
        complete_cache(file / "kafka", repository.jars, repository.address, quietly)


def test_processes_that_fetch_at_once_do_not_disturb_one_another(repository, tmp_path):
    script = (
        "import sys; from pathlib import Path; from localkafka.jars import Jar, complete_cache\n"
        "jars = [Jar(*line.split()) for line in sys.argv[3:]]\n"
        "complete_cache(Path(sys.argv[1]), jars, sys.argv[2], print)"
    )
    lock = [f"{jar.coordinate} {jar.sha256}" for jar in repository.jars]
    command = [sys.executable, "-c", script, str(tmp_path), repository.address, *lock]
    fetching = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    told = [process.communicate()[0] for process in fetching]
    assert [process.returncode for process in fetching] == [0, 0, 0]
    assert sum(repository.asked_for.values()) == 3
    assert sum(b"fetching 3 jars" in line for line in told) == 1


def test_the_lock_lists_every_jar_once_with_its_sum():
    jars = listed_jars()
    assert len(jars) == 46
    assert len({jar.file_name for jar in jars}) == 46
    assert [jar.coordinate for jar in jars] == sorted(jar.coordinate for jar in jars)
    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in jars)


def test_the_lock_was_written_for_the_versions_that_the_resolver_starts_from():
    assert set(ROOTS) <= {jar.coordinate for jar in listed_jars()}


def test_the_cache_is_where_users_expect_it():
    assert str(cache_folder({"XDG_CACHE_HOME": "/caches"})) == "/caches/tweet-sentiment/kafka"
    assert cache_folder({}).parts[-3:] == (".cache", "tweet-sentiment", "kafka")
