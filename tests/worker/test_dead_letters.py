"""Dead letters keep the original and say what was wrong with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker import __version__
from worker.dead_letters import as_publication
from worker.messages import DeadLetter, RawRecord, Reason, size_bytes

PLENTY = 900_000


def letter(key=b"1851", value=b'{"text": 42}', headers=(("trace", b"abc"),)):
    record = RawRecord("tweets", 3, 81723, 1_700_000_000_000, key, value, headers)
    return DeadLetter(record, Reason.WRONG_TYPE, "Expected `str`, got `int` - at `$.text`")


def test_the_original_is_kept_and_the_headers_say_why():
    publication = as_publication(letter(), PLENTY)
    assert publication.key == b"1851"
    assert publication.value == b'{"text": 42}'
    assert publication.timestamp_ms == 1_700_000_000_000
    assert publication.partition == 3
    assert publication.headers == (
        ("trace", b"abc"),
        ("sentiment.error.reason", b"wrong-type"),
        ("sentiment.error.message", b"Expected `str`, got `int` - at `$.text`"),
        ("sentiment.error.topic", b"tweets"),
        ("sentiment.error.partition", b"3"),
        ("sentiment.error.offset", b"81723"),
        ("sentiment.error.worker-version", __version__.encode()),
    )


def test_a_null_value_becomes_an_empty_one_because_null_would_delete():
    publication = as_publication(letter(key=None, value=None), PLENTY)
    assert publication.value == b""
    assert publication.headers[-1] == ("sentiment.error.null-value", b"true")


def test_a_letter_of_what_a_topic_refused_gets_a_new_timestamp_and_tells_the_old_one():
    record = letter().record
    publication = as_publication(DeadLetter(record, Reason.REFUSED, "too far ahead"), PLENTY)
    assert publication.timestamp_ms == -1
    told = dict(publication.headers)
    assert told["sentiment.error.timestamp"] == str(record.timestamp_ms).encode()


@pytest.mark.parametrize(
    "too_large",
    [
        letter(value=b"x" * 5_000),
        letter(headers=(("junk", b"x" * 5_000),)),
        letter(key=b"k" * 5_000),
        letter(key=b"k" * 5_000, value=b"x" * 5_000, headers=(("junk", b"x" * 5_000),)),
    ],
    ids=["value", "headers", "key", "all"],
)
def test_what_is_too_large_is_cut_and_says_so(too_large):
    publication = as_publication(too_large, 4_096)
    assert size_bytes(publication.key, publication.value, publication.headers) <= 4_096
    told = dict(publication.headers)
    assert told["sentiment.error.cut"] == f"of {too_large.record.size_bytes} bytes".encode()
    assert told["sentiment.error.reason"] == b"wrong-type"


def test_the_value_is_cut_before_headers_and_key():
    publication = as_publication(letter(value=b"x" * 5_000), 4_096)
    assert publication.key == b"1851"
    assert ("trace", b"abc") in publication.headers
    assert publication.value == b"x" * len(publication.value)
    assert len(publication.value) > 3_000


@given(st.binary(max_size=9_000), st.binary(max_size=9_000), st.binary(max_size=9_000))
def test_no_dead_letter_is_ever_larger_than_the_limit(key, value, header):
    publication = as_publication(letter(key, value, (("é", header),)), 4_096)
    assert size_bytes(publication.key, publication.value, publication.headers) <= 4_096
