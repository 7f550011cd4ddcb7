"""What hostile records leave behind is nothing, and what they take meanwhile is bounded."""

import tracemalloc
from contextlib import contextmanager
from random import Random
from sys import getsizeof
from types import SimpleNamespace

import pytest

from sentiment.text.emoji_text import _remembered
from tests.hostile.records import KINDS, LARGE, SMALL
from tests.hostile.test_time import largest
from tests.hostile.texts import longest_remembered
from worker.messages import RawRecord

MEGABYTE = 1_000_000


@contextmanager
def memory():
    """Give how many bytes are kept after the block, and were at most held in it."""
    measured = SimpleNamespace()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    try:
        yield measured
        kept, peak = tracemalloc.get_traced_memory()
        measured.kept, measured.peak = kept - before, peak - before
    finally:
        tracemalloc.stop()


@pytest.fixture
def go_through(batches):
    """Give a function that sends one value through the worker's stages and forgets it."""

    def send(value):
        record = RawRecord("tweets", 0, 1, -1, b"k", value, ())
        batches.score(batches.prepare([record]))

    return send


def test_the_largest_records_leave_nothing_behind(go_through):
    values = [largest(make, seed=3) for make, _ in SMALL.values()]
    for value in values:
        go_through(value)
    with memory() as taken:
        for value in values:
            go_through(value)
    assert taken.kept < MEGABYTE
    # The text as Python holds it, four bytes a character at the worst, and as it is written.
    assert taken.peak < 6 * MEGABYTE


@pytest.mark.parametrize("name", LARGE)
def test_ten_megabytes_are_not_even_copied(go_through, name):
    make, _ = KINDS[name]
    value = make(Random(1), 0)
    go_through(value)
    with memory() as taken:
        for _ in range(20):
            go_through(value)
    assert taken.peak < MEGABYTE // 10


def test_tokens_never_seen_before_fill_no_more_than_a_bounded_memory(scorer):
    ids_of_piece = scorer._bundle.preprocessor._ids_of_piece
    ids_of_piece.clear()
    if (unseen := scorer._bundle.preprocessor._unseen) is not None:
        unseen.clear()  # When it is full, both start afresh.
    largest_bytes = 0
    for first in range(0, 70_000, 1_000):
        scorer.prepare([longest_remembered(number) for number in range(first, first + 1_000)])
        largest_bytes = max(largest_bytes, sum(map(getsizeof, ids_of_piece)))
    assert len(ids_of_piece) < 10_000
    assert largest_bytes + getsizeof(ids_of_piece) < 24 * MEGABYTE
    # Of ids there are at most as many bytes as of characters, four for each.
    assert all(len(ids) <= 128 for ids in ids_of_piece.values())


def test_emoji_never_seen_together_before_fill_no_more_than_a_bounded_memory(scorer):
    _remembered.cache_clear()
    draw = Random(4)
    faces = [chr(number) for number in range(0x1F600, 0x1F650)]
    with memory() as taken:
        for _ in range(4_200):
            scorer.prepare(["".join(draw.choices(faces, k=8))])
    assert _remembered.cache_info().currsize == _remembered.cache_info().maxsize
    assert taken.peak < 12 * MEGABYTE
    _remembered.cache_clear()


@pytest.mark.parametrize("piece", ["a" * 1_000_000, "😂" * 1_000_000, "ab1" * 300_000, "ﷺ" * 99])
def test_a_long_token_is_not_kept(scorer, piece):
    ids_of_piece = scorer._bundle.preprocessor._ids_of_piece
    ids_of_piece.clear()
    _remembered.cache_clear()
    scorer.prepare([piece])
    assert len(ids_of_piece) == 0
    assert _remembered.cache_info().currsize == 0
