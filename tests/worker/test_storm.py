"""When do dead letters mean that the topic is broken?"""

import pytest

from worker.errors import Storm
from worker.messages import DeadLetter, RawRecord, Reason
from worker.storm import StormWatch


def batch(pattern, first_offset=0):
    """Return records and dead letters: each `x` of the pattern is a record that is broken."""
    records = [
        RawRecord("tweets", 0, first_offset + number, 0, None, b"", ())
        for number in range(len(pattern))
    ]
    dead = [
        DeadLetter(record, Reason.INVALID_JSON, "not JSON")
        for record, mark in zip(records, pattern, strict=True)
        if mark == "x"
    ]
    return records, dead


def watch(*patterns, share=0.5, window=4):
    storms = StormWatch(share, window)
    for pattern in patterns:
        storms.recent = storms.expect(*batch(pattern))
    return storms


def test_half_of_the_records_is_no_storm_and_one_more_is():
    watch("xx..")
    with pytest.raises(Storm, match="3 of 4 records in a row"):
        watch("xx.x")


def test_a_storm_is_seen_across_batches():
    with pytest.raises(Storm, match="SENTIMENT_STORM_SHARE"):
        watch("..x", "x", "x")


def test_a_storm_within_a_large_batch_is_seen_though_its_end_is_calm():
    with pytest.raises(Storm, match=r"invalid-json: 3"):
        watch("....xxx.........")


def test_the_first_records_are_a_storm_as_soon_as_no_later_one_could_undo_it():
    assert list(watch("xx").recent) == [True, True]
    with pytest.raises(Storm, match="3 of 4"):
        watch("xxx")


def test_what_is_longer_ago_than_the_window_is_forgotten():
    storms = watch("xx..", "....", "xx")
    assert list(storms.recent) == [False, False, True, True]


def test_a_share_of_one_lets_everything_through():
    watch("xxxxxxxxxxxx", share=1.0)


def test_the_complaint_names_the_place_of_the_last_dead_letter():
    with pytest.raises(Storm, match=r"tweets\[0\]@41"):
        StormWatch(0.5, 4).expect(*batch("xxxx", first_offset=38))
