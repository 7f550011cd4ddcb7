"""What Java worked out of Kafka's classes is kept, and taken only as it was written."""

import os
import threading
from pathlib import Path

import pytest

from localkafka import LocalKafka
from localkafka.aot_cache import find_aot_cache
from localkafka.errors import BrokerFailed
from localkafka.jars import cache_folder


class Making:
    """Writes the file as Java would, and counts."""

    def __init__(self, content=b"classes"):
        self.content = content
        self.times = 0

    def __call__(self, path):
        self.times += 1
        path.write_bytes(self.content)


@pytest.fixture
def java(tmp_path):
    """Give the path of a Java 25, of which only what it says of itself is there."""
    (tmp_path / "java" / "bin").mkdir(parents=True)
    (tmp_path / "java" / "release").write_text('IMPLEMENTOR="x"\nJAVA_VERSION="25.0.2"\n')
    return tmp_path / "java" / "bin" / "java"


@pytest.fixture
def jars(tmp_path):
    """Give two jars in a folder of their own."""
    (tmp_path / "jars").mkdir()
    for name in ("broker.jar", "clients.jar"):
        (tmp_path / "jars" / name).write_bytes(name.encode())
    return sorted((tmp_path / "jars").iterdir())


def kept(jars):
    return [path.name for path in jars[0].parent.iterdir() if path.suffix not in (".jar", "")]


def test_it_is_made_once_and_then_found(java, jars):
    make, told = Making(), []
    first = find_aot_cache(java, jars, make, told.append)
    assert first == find_aot_cache(java, jars, make, told.append)
    assert (first.read_bytes(), make.times) == (b"classes", 1)
    assert told == ["preparing Java in about 10 s, once: Kafka then starts in half the time"]
    assert kept(jars) == [first.name]


def test_many_at_once_make_it_once(java, jars):
    make = Making()
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


def test_another_java_and_other_jars_have_their_own(java, jars):
    make = Making()
    first = find_aot_cache(java, jars, make)
    os.utime(jars[1], (1, 1))
    second = find_aot_cache(java, jars, make)
    (java.parents[1] / "release").write_text('JAVA_VERSION="26"\n')
    third = find_aot_cache(java, jars, make)
    assert len({first, second, third}) == make.times == 3


@pytest.mark.parametrize("release", [None, "", 'JAVA_VERSION="24.0.1"\n', 'JAVA_VERSION="x"\n'])
def test_a_java_that_cannot_write_it_does_without(java, jars, release):
    if release is None:
        (java.parents[1] / "release").unlink()
    else:
        (java.parents[1] / "release").write_text(release)
    assert find_aot_cache(java, jars, Making()) is None
    assert kept(jars) == []


def nothing(_path):
    pass


def no_broker(path):
    path.write_bytes(b"cla")
    raise BrokerFailed("did not start", path)


def interrupted(path):
    path.write_bytes(b"cla")
    raise KeyboardInterrupt


@pytest.mark.parametrize("fails", [nothing, no_broker])
def test_where_it_cannot_be_made_kafka_starts_without(java, jars, fails):
    assert find_aot_cache(java, jars, fails) is None
    assert kept(jars) == []


def test_an_interrupted_making_leaves_nothing(java, jars):
    with pytest.raises(KeyboardInterrupt):
        find_aot_cache(java, jars, interrupted)
    assert kept(jars) == []


def test_a_broker_starts_with_it(kafka):
    if not isinstance(kafka, LocalKafka):
        pytest.skip("the broker at KAFKA_BOOTSTRAP_SERVERS is not ours")
    mapped = Path(f"/proc/{kafka.pid}/maps").read_text()
    assert any(str(path.resolve()) in mapped for path in cache_folder().glob("java-*.aot"))
