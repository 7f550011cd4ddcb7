import re
from pathlib import Path

import numpy as np
import pytest

from sentiment.serving import machine_code
from sentiment.serving.cache import Cache
from sentiment.serving.folded_engine import FoldedEngine
from sentiment.serving.folded_layout import Layout
from sentiment.serving.machine_code import (
    EXPLAIN,
    SCORE,
    Kernel,
    bare_module,
    compile_kernel,
    load_kernel,
    this_machine,
)
from sentiment.settings import NetworkSettings
from tests.sentiment.random_networks import random_texts

OURS = re.compile(r"^from sentiment\.serving\.(\w+) import", re.MULTILINE)
LAYOUT = Layout(NetworkSettings(30, 4, (2, 3), filters=20, hidden=(16,)), 3)


def scores(kernel):
    """Give what a kernel makes of tables of random numbers."""
    draw = np.random.default_rng(0)
    tables = draw.normal(size=LAYOUT.size).astype(np.float32)
    return FoldedEngine(tables, LAYOUT, kernel, Cache(None)).score(random_texts([0, 1, 5, 40], 30))


@pytest.fixture(scope="module")
def compiled():
    """Give the machine code, compiled just now."""
    return compile_kernel(SCORE)


@pytest.mark.parametrize("source", [SCORE, EXPLAIN])
def test_it_calls_nothing_but_the_c_library(source):
    functions = bare_module(source, this_machine()).functions
    outside = {each.name for each in functions if each.is_declaration}
    assert {name for name in outside if not name.startswith("llvm.")} <= {"expf", "memset"}


def test_it_is_compiled_once_and_kept(tmp_path, compiled, monkeypatch):
    kept = load_kernel(SCORE, Cache(tmp_path))
    monkeypatch.delattr(machine_code, "compile_kernel")
    expected = scores(Kernel(SCORE, compiled))
    assert np.isfinite(expected).all()
    np.testing.assert_array_equal(scores(kept), expected)
    np.testing.assert_array_equal(scores(load_kernel(SCORE, Cache(tmp_path))), expected)


def test_it_is_compiled_in_memory_where_nothing_can_be_kept(tmp_path, compiled):
    (tmp_path / "file").touch()
    said = []
    kernel = load_kernel(SCORE, Cache(tmp_path / "file", said.append))
    np.testing.assert_array_equal(scores(kernel), scores(Kernel(SCORE, compiled)))
    assert len(said) == 1


def test_it_is_compiled_anew_when_it_is_damaged(tmp_path, compiled):
    load_kernel(SCORE, Cache(tmp_path))
    (path,) = (each for each in (tmp_path / "kernels").iterdir() if each.name != ".lock")
    path.write_bytes(bytes(path.stat().st_size))
    np.testing.assert_array_equal(
        scores(load_kernel(SCORE, Cache(tmp_path))), scores(Kernel(SCORE, compiled))
    )


@pytest.mark.parametrize("source", [SCORE, EXPLAIN])
def test_each_file_that_a_kernel_is_made_of_has_a_part_in_its_key(source):
    folder = Path(machine_code.__file__).parent
    found, left = {"machine_code.py"}, [source.files[-1]]
    while left:
        name = left.pop()
        found.add(name)
        imported = OURS.findall((folder / name).read_text())
        left += {f"{each}.py" for each in imported} - found
    assert set(source.files) == found


def test_what_scores_and_what_explains_are_kept_apart():
    assert machine_code.key(SCORE) != machine_code.key(EXPLAIN)


def test_another_version_of_the_compiler_gets_its_own(monkeypatch):
    before = machine_code.key(SCORE)
    monkeypatch.setattr(machine_code, "version", lambda name: f"another {name}")
    assert machine_code.key(SCORE) != before


@pytest.mark.parametrize("fact", ["get_host_cpu_name", "get_host_cpu_features"])
def test_another_type_of_processor_gets_its_own(tmp_path, monkeypatch, fact):
    load_kernel(SCORE, Cache(tmp_path))
    before = machine_code.key(SCORE)
    other = type("Features", (str,), {"flatten": lambda self: self})("another")
    with monkeypatch.context() as patch:
        patch.setattr(machine_code.llvm, fact, lambda: other)
        assert machine_code.key(SCORE) != before
    assert machine_code.key(SCORE) == before
