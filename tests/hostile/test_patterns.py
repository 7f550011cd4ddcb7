"""Every pattern takes time in proportion to the text, whoever wrote the text."""

import ast
import re
import time
from importlib import import_module
from pathlib import Path
from random import Random

import pytest

from tests.hostile.texts import TEXTS

ROOT = Path(__file__).parents[2]
LENGTH = 2_000
# Of four times the text: linear work takes four times as long, quadratic work sixteen times.
MOST_TIMES = 9
# Below this, the clock and the machine say more than the pattern does.
LEAST_SECONDS = 0.002


def _uses_patterns(path):
    return any(
        isinstance(node, ast.Import) and node.names[0].name == "re"
        for node in ast.walk(ast.parse(path.read_text()))
    )


def _patterns():
    for package in ("configuration", "producer", "sentiment", "worker"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if _uses_patterns(path):
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                for variable, value in vars(import_module(name)).items():
                    if isinstance(value, re.Pattern):
                        yield pytest.param(value, id=f"{name}.{variable}")


PATTERNS = list(_patterns())


def seconds(search, text):
    start = time.thread_time()
    search(text)
    return time.thread_time() - start


def assert_linear(search, text, longer, attempts=5):
    for _ in range(attempts):
        short, long = seconds(search, text), seconds(search, longer)
        if long < MOST_TIMES * max(short, LEAST_SECONDS):
            return
    pytest.fail(f"{1000 * short:.1f} ms for {text[:40]!r}, {1000 * long:.1f} for 4 times as much")


def test_the_patterns_are_found():
    assert {"sentiment.text.normalize.LINK", "sentiment.text.tokenizer.TOKEN"} <= {
        p.id for p in PATTERNS
    }


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_takes_time_in_proportion_to_the_text(pattern):
    text_type = bytes if isinstance(pattern.pattern, bytes) else str
    for make in TEXTS.values():
        # A sign at the end makes fail what has matched so far, which is when patterns backtrack.
        for end in ("", "\x00", "!a"):
            text, longer = (make(Random(2), times * LENGTH) + end for times in (1, 4))
            if text_type is bytes:
                text, longer = text.encode(), longer.encode()
            assert_linear(lambda text: sum(1 for _ in pattern.finditer(text)), text, longer)
            assert_linear(pattern.fullmatch, text, longer)


def test_a_pattern_that_backtracks_would_be_found():
    with pytest.raises(pytest.fail.Exception):
        assert_linear(re.compile(r"\s+$").search, " " * 1_000 + "x", " " * 4_000 + "x", attempts=1)
