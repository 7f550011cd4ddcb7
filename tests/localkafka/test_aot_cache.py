"""What Java worked out of Kafka's classes is kept, and taken only as it was written."""

import os
import threading
import time
from pathlib import Path

import pytest

from localkafka import LocalKafka
from localkafka.aot_cache import FIRST_JAVA, find_aot_cache
from localkafka.errors import BrokerFailed
from localkafka.jars import cache_folder
from localkafka.java import find_java, major_release

PREPARING = "preparing Java in about 10 s, once: Kafka then starts in half the time"


class Making:
    """Writes the file as Java would, with what else it leaves, and counts."""

    def __init__(self, content=b"classes", seconds=0.0):
        self.content = content
        self.seconds = seconds
        self.times = 0

    def __call__(self, path):
        self.times += 1
        time.sleep(self.seconds)
        path.with_suffix(".config").write_bytes(b"classes")
        path.write_bytes(self.content)


@pytest.fixture
def java(tmp_path):
    """Give the path of a Java 25, which takes every file."""
    home = tmp_path / "java"
    (home / "bin").mkdir(parents=True)
    (home / "lib").mkdir()
    (home / "lib" / "modules").write_text("java.base")
    (home / "release").write_text('IMPLEMENTOR="x"\nJAVA_VERSION="25.0.2"\n')
    (home / "bin" / "java").write_text("#!/bin/sh\n")
    (home / "bin" / "java").chmod(0o755)
    return home / "bin" / "java"


@pytest.fixture
def jars(tmp_path):
    """Give two jars in a folder of their own."""
    (tmp_path / "jars").mkdir()
    for name in ("broker.jar", "clients.jar"):
        (tmp_path / "jars" / name).write_bytes(name.encode())
    return sorted((tmp_path / "jars").iterdir())


def kept(jars):
    return sorted(path.name for path in jars[0].parent.glob("aot/*") if path.name != ".lock")


def test_it_is_made_once_and_then_found(java, jars):
    make, told = Making(), []
    first = find_aot_cache(java, jars, make, told.append)
    assert first == find_aot_cache(java, jars, make, told.append)
    assert (first.read_bytes(), make.times) == (b"classes", 1)
    assert told == [PREPARING]
    assert first.stat().st_mode & 0o777 == 0o600
    assert kept(jars) == [first.name]


def test_many_at_once_make_it_once(java, jars):
    make = Making(seconds=0.05)
    threads = [threading.Thread(target=find_aot_cache, args=(java, jars, make)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert make.times == 1


def damage(path):
    path.write_bytes(b"klasses")


def cut(path):
    path.write_bytes(b"class")


def let_others_write(path):
    path.chmod(0o622)


def link(path):
    path.rename(path.parent.parent / "elsewhere")
    path.symlink_to(path.parent.parent / "elsewhere")


@pytest.mark.parametrize("spoil", [damage, cut, let_others_write, link])
def test_what_is_not_as_we_wrote_it_is_made_again(java, jars, spoil):
    make = Making()
    spoil(find_aot_cache(java, jars, make))
    again = find_aot_cache(java, jars, make)
    assert (again.read_bytes(), make.times) == (b"classes", 2)
    assert not again.is_symlink()
    assert again == find_aot_cache(java, jars, make)
    assert kept(jars) == [again.name]


def test_what_is_another_users_is_not_taken(java, jars, monkeypatch):
    make = Making()
    find_aot_cache(java, jars, make)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert find_aot_cache(java, jars, make) is None
    assert find_aot_cache(java, jars, make) is None
    assert make.times == 2  # And no more, as ours would be another user's there, too.


def test_another_java_and_other_jars_have_their_own_as_long_as_they_are_few(java, jars):
    make = Making()
    modules = java.parents[1] / "lib" / "modules"
    found = []
    for second in range(1, 7):
        os.utime(modules if second % 2 else jars[1], (second, second))
        found.append(find_aot_cache(java, jars, make))
        os.utime(found[-1], (second, second))
    assert len(set(found)) == make.times == 6
    assert kept(jars) == sorted(path.name for path in found[2:])


def test_what_a_crash_left_is_removed(java, jars):
    left = jars[0].parent / "aot" / "making-x"
    left.mkdir(parents=True)
    (left / "java.aot").write_bytes(b"cla")
    found = find_aot_cache(java, jars, Making())
    assert kept(jars) == [found.name]


@pytest.mark.parametrize("release", [None, "", 'JAVA_VERSION="24.0.1"\n', 'JAVA_VERSION="x"\n'])
def test_a_java_that_cannot_write_it_does_without(java, jars, release):
    if release is None:
        (java.parents[1] / "release").unlink()
    else:
        (java.parents[1] / "release").write_text(release)
    make = Making()
    assert find_aot_cache(java, jars, make) is None
    assert (make.times, kept(jars)) == (0, [])


def nothing(_path):
    pass


def no_broker(path):
    path.write_bytes(b"cla")
    raise BrokerFailed("Kafka did not start", path)


@pytest.mark.parametrize(
    ("fails", "why"), [(nothing, "No such file"), (no_broker, "Kafka did not start")]
)
def test_where_it_cannot_be_made_kafka_starts_without_and_it_is_not_tried_again_soon(
    java, jars, fails, why
):
    told = []
    assert find_aot_cache(java, jars, fails, told.append) is None
    assert told[0] == PREPARING
    assert told[1].startswith("Java could not be prepared, so Kafka starts as before: ")
    assert why in told[1]
    (marker,) = jars[0].parent.glob("aot/*.none")
    assert kept(jars) == [marker.name]
    make = Making()
    assert find_aot_cache(java, jars, make, told.append) is None
    assert (len(told), make.times) == (2, 0)
    yesterday = time.time() - 25 * 60 * 60
    os.utime(marker, (yesterday, yesterday))
    assert find_aot_cache(java, jars, make).read_bytes() == b"classes"


def test_what_java_does_not_take_is_not_kept(java, jars):
    java.write_text("#!/bin/sh\nexit 1\n")
    told = []
    assert find_aot_cache(java, jars, Making(), told.append) is None
    assert told[1].endswith("it does not take the file that it wrote")
    assert [name for name in kept(jars) if not name.endswith(".none")] == []


def test_a_folder_that_cannot_be_written_is_no_trouble(java, jars):
    (jars[0].parent / "aot").touch()
    assert find_aot_cache(java, jars, Making()) is None


def interrupted(path):
    path.write_bytes(b"cla")
    raise KeyboardInterrupt


def test_an_interrupted_making_leaves_nothing(java, jars):
    with pytest.raises(KeyboardInterrupt):
        find_aot_cache(java, jars, interrupted)
    assert kept(jars) == []


def test_a_broker_starts_with_it(kafka):
    if not isinstance(kafka, LocalKafka):
        pytest.skip("the broker at KAFKA_BOOTSTRAP_SERVERS is not ours")
    if (major_release(find_java()) or 0) < FIRST_JAVA:
        pytest.skip("the Java that JAVA_HOME names does not write it")
    maps = Path(f"/proc/{kafka.pid}/maps")
    if not maps.exists():
        pytest.skip("only Linux tells which files a process maps")
    mapped = maps.read_text()
    assert any(str(path.resolve()) in mapped for path in cache_folder().glob("aot/java-*.aot"))
