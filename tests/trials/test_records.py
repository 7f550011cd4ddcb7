"""Every record of a trial can be made again from its number."""

from collections import Counter

import pytest

from trials.records import record
from worker.wire import Unreadable, decode_json


def test_a_record_is_always_the_same():
    assert record(7, 12) == record(7, 12)
    assert record(7, 12) != record(8, 12)


def test_the_worker_reads_each_record_as_the_trial_expects():
    fates = Counter()
    for number in range(2_000):
        made = record(1, number)
        if made.value is None:
            fates["deletion"] += 1
        elif made.reason is None:
            tweet = decode_json(made.value)
            assert (tweet.id, tweet.text) == (str(number), made.text)
            fates["tweet"] += 1
        else:
            with pytest.raises(Unreadable) as refused:
                decode_json(made.value)
            assert refused.value.reason == made.reason
            fates[made.reason] += 1
    assert set(fates) == {
        *("tweet", "deletion", "invalid-utf8", "invalid-json", "missing-text", "wrong-type")
    }
    assert 1_850 < fates["tweet"] < 1_970


def test_a_record_tells_its_number_wherever_it_ends():
    assert record(7, 12).headers == [("trial.number", b"12")]
