"""Dead letters are shown whole and harmless."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worker.test_stored_letters import HEADERS, stored
from worker.letter_views import in_full, one_line, one_object
from worker.messages import RawRecord
from worker.stored_letters import read_back

EVIL = "\x1b[2J\x1b]0;x\x07\u202e\u2066\x00\x9b😀\r\n"


def test_a_line_tells_where_when_why_and_of_what():
    assert one_line(stored(), replayed=True) == (
        "3:17  2023-11-14T22:13:20.000Z  wrong-type  tweets/3:81723  key k  not a tweet  [replayed]"
    )
    cut = one_line(stored(value=b"x" * 9_000, limit=4_096, key=None), replayed=False)
    assert cut.endswith("wrong-type  tweets/3:81723  no key  not a tweet  [cut]")


def test_an_object_tells_the_same_to_scripts():
    assert json.loads(one_object(stored(value=b"12345"), replayed=False)) == {
        "partition": 3,
        "offset": 17,
        "time": "2023-11-14T22:13:20.000Z",
        "timestamp_ms": 1_700_000_000_000,
        "reason": "wrong-type",
        "message": "not a tweet",
        "source": {"topic": "tweets", "partition": 3, "offset": 81723},
        "key": "k",
        "value_bytes": 5,
        "cut": False,
        "attempts": 0,
        "replayed": False,
    }


def test_everything_is_shown_and_of_a_large_value_the_beginning():
    letter = stored(value=b"y" * 5_000, headers=(("trace", b"abc"),))
    shown = "\n".join(in_full(letter, "tweets.dead", whole=False))
    assert "trace = abc (3 bytes)" in shown
    assert "the first 4096" in shown
    assert "00000ff0" in shown
    assert "00001000" not in shown
    whole = "\n".join(in_full(letter, "tweets.dead", whole=True))
    assert "00001380" in whole
    assert "the first" not in whole


@pytest.mark.parametrize("timestamp_ms", [-1, 0, 253_402_300_799_999, 2**62])
def test_a_time_that_no_calendar_has_is_no_obstacle(timestamp_ms):
    record = RawRecord("tweets.dead", 0, 1, timestamp_ms, None, None, ())
    assert "0:1" in one_line(read_back(record), replayed=False)
    assert any(str(timestamp_ms) in line for line in in_full(read_back(record), "d", whole=True))


@given(HEADERS, st.binary(max_size=60) | st.just(EVIL.encode()), st.binary(max_size=40))
def test_nothing_that_is_shown_can_command_a_terminal(headers, value, key):
    headers = (*headers, (EVIL, EVIL.encode()))
    evil = tuple((f"sentiment.error.{n}", EVIL.encode()) for n in ("reason", "message", "topic"))
    placed = (("sentiment.error.partition", b"1"), ("sentiment.error.offset", b"2"))
    foreign = read_back(RawRecord("tweets.dead", 0, 1, 0, key, value, (*headers, *evil, *placed)))
    for letter in (stored(value=value, headers=headers, key=key), foreign):
        lines = [one_line(letter, replayed=False), one_object(letter, replayed=False)]
        for line in (*lines, *in_full(letter, "tweets.dead", whole=True)):
            assert all(" " <= character <= "~" for character in line)
