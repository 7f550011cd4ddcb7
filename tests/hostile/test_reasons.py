"""Whatever a record holds, it becomes a scored tweet or a dead letter with the right reason."""

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.records import KINDS, LARGE, SCORED, SMALL
from tests.hostile.texts import TEXTS, lone_surrogates
from worker.messages import RawRecord, Reason
from worker.scoring import BatchScorer
from worker.wire import decode_text

YEAR_9999_MS = 253_402_300_799_999
LENGTHS = (0, 1, 7, 100, 3_000)


def record(value, offset=0, key=b"k", timestamp_ms=1_700_000_000_000):
    return RawRecord("tweets", 0, offset, timestamp_ms, key, value, ())


def outcome_of(batches, *records):
    return batches.score(batches.prepare(records))


def what_became_of(outcome):
    """Return what each record became, by its offset; no record may be there twice."""
    became = [(each.offset, SCORED) for each in outcome.publications]
    became += [(letter.record.offset, letter.reason) for letter in outcome.dead_letters]
    assert len(dict(became)) == len(became)
    return dict(became)


@pytest.mark.parametrize("name", SMALL)
def test_each_kind_of_record_becomes_what_it_should(batches, name):
    make, right = KINDS[name]
    values = [make(Random(seed), length) for seed in range(10) for length in LENGTHS]
    outcome = outcome_of(batches, *map(record, values, range(len(values))))
    became = what_became_of(outcome)
    assert {
        offset: (what, values[offset][:80]) for offset, what in became.items() if what != right
    } == {}
    assert len(became) == len(values)
    for letter in outcome.dead_letters:
        assert letter.record.value == values[letter.record.offset]
        assert 0 < len(letter.message) < 200
    for publication in outcome.publications:
        scored = json.loads(publication.value.decode(), parse_constant=pytest.fail)
        assert sum(scored["probabilities"].values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", LARGE)
def test_ten_megabytes_are_too_large(batches, name):
    make, right = KINDS[name]
    assert what_became_of(outcome_of(batches, record(make(Random(1), 0)))) == {0: right}


def test_a_tweet_that_is_cut_off_anywhere_is_not_json_or_not_utf_8(batches):
    whole = '{"id":"1","data":{},"text":"olé 😀 \\ud83d\\ude00","n":[1.5e3,true]}'.encode()
    values = [whole[:end] for end in range(len(whole) + 1)]
    became = what_became_of(outcome_of(batches, *map(record, values, range(len(values)))))

    def is_utf_8(value):
        return value.decode(errors="ignore").encode() == value

    for end, value in enumerate(values[:-1]):
        assert became[end] is (Reason.INVALID_JSON if is_utf_8(value) else Reason.INVALID_UTF8)
    assert became[len(whole)] == SCORED


@pytest.mark.parametrize("timestamp_ms", [-1, 0, YEAR_9999_MS, 2**63 - 1])
def test_a_record_of_any_time_is_scored_and_keeps_its_time(batches, timestamp_ms):
    outcome = outcome_of(batches, record(b'{"text": "x"}', timestamp_ms=timestamp_ms))
    assert [each.timestamp_ms for each in outcome.publications] == [timestamp_ms]


@given(st.lists(st.one_of(st.none(), st.binary(max_size=300)), max_size=20), st.data())
def test_any_bytes_are_accounted_for_once(batches, values, data):
    keys = data.draw(st.lists(st.none() | st.binary(max_size=9), min_size=20, max_size=20))
    records = [record(v, offset, keys[offset]) for offset, v in enumerate(values)]
    assert sorted(what_became_of(outcome_of(batches, *records))) == list(range(len(values)))


# A good tweet with a few of its bytes cut out, doubled or changed finds more than random bytes.
GOOD = '{"id": 1, "data": {"text": "a \\u00e9 é 😀"}, "note_tweet": {"text": "b"}}'.encode()
EDITS = st.lists(
    st.tuples(st.integers(0, len(GOOD)), st.integers(0, 9), st.binary(max_size=4)), max_size=6
)


def is_json(value):
    """Tell whether Python reads it, and can write in UTF-8 what it reads."""
    try:
        read = json.loads(value.decode(), parse_constant=lambda name: "\ud83d")
        json.dumps(read, ensure_ascii=False).encode()
    except ValueError:
        return False
    return True


@given(EDITS)
def test_a_damaged_tweet_is_accounted_for_once(batches, edits):
    value = GOOD
    for start, cut, new in edits:
        value = value[:start] + new + value[start + cut :]
    became = what_became_of(outcome_of(batches, record(value)))
    assert len(became) == 1
    if became[0] is Reason.INVALID_UTF8:
        assert value.decode(errors="ignore").encode() != value
    if became[0] is Reason.INVALID_JSON:
        assert not is_json(value)


@given(st.sampled_from(list(TEXTS)), st.integers(0, 2_000), st.integers())
def test_any_text_of_json_is_scored_as_it_is(batches, name, length, seed):
    text = TEXTS[name](Random(seed), length)
    (publication,) = outcome_of(batches, record(json.dumps({"text": text}).encode())).publications
    assert json.loads(publication.value)["text"] == text


@given(st.sampled_from(list(TEXTS)), st.integers(0, 2_000), st.integers())
def test_any_plain_text_is_scored_as_it_is(scorer, name, length, seed):
    text = TEXTS[name](Random(seed), length)
    batches = BatchScorer(scorer, decode_text, 100_000)
    (publication,) = outcome_of(batches, record(text.encode())).publications
    assert json.loads(publication.value)["text"] == text


def test_texts_that_no_record_can_hold_have_scores_too(scorer):
    texts = [lone_surrogates(Random(seed), length) for seed in range(9) for length in LENGTHS]
    assert scorer.score(scorer.prepare(texts)).shape == (len(texts), 3)
