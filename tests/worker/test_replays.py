"""Which dead letters are replayed, and as what."""

import pytest

from tests.worker.test_stored_letters import stored
from worker.letter_selection import Selection
from worker.messages import RawRecord, Reason
from worker.replays import Survey, obstacle, replay_of
from worker.stored_letters import Place, ReplayNote, read_back

EVERYTHING = Selection(None, None, None)
LETTER = stored()
CUT = stored(value=b"x" * 9_000, limit=4_096)


def survey(*items, chosen=EVERYTHING, **more):
    return Survey.of(items, chosen, "tweets", **{"again": False, **more})


def test_the_record_is_the_original_and_counts():
    carried = (("trace", b"abc"), ("sentiment.error.reason", b"copied by hand"))
    letter = stored(headers=(*carried, ("sentiment.replay.attempts", b"1")))
    replay = replay_of(letter, 2)
    record = replay.publication
    assert (record.partition, record.timestamp_ms) == (3, 1_700_000_000_000)
    assert (record.key, record.value) == (b"k", b'{"text": 42}')
    assert record.headers == (("trace", b"abc"), ("sentiment.replay.attempts", b"2"))
    assert replay.note == ReplayNote(Place(3, 17), 2)


def test_a_deletion_that_could_not_be_read_is_replayed_as_a_deletion():
    assert replay_of(stored(value=None), 1).publication.value is None


@pytest.mark.parametrize(
    ("letter", "input_topic", "why"),
    [
        (CUT, "tweets", "of 9001 bytes"),
        (LETTER, "toots", "--input-topic tweets"),
        (read_back(RawRecord("tweets.dead", 0, 1, 0, None, b"", ())), "tweets", "where"),
    ],
    ids=["cut", "of another topic", "foreign"],
)
def test_what_cannot_be_replayed_says_why(letter, input_topic, why):
    assert why in obstacle(letter, input_topic)
    assert obstacle(LETTER, "tweets") is None


def test_what_was_replayed_is_left_out_unless_it_is_wanted_again():
    note = ReplayNote(Place(3, 17), 1)
    once = survey(LETTER, note)
    assert (dict(once.attempts), once.replayed_before) == ({}, 1)
    again = survey(LETTER, note, again=True)
    assert (dict(again.attempts), again.replayed_before) == ({Place(3, 17): 1}, 0)


def test_the_next_attempt_follows_the_highest_known():
    twice = stored(headers=(("sentiment.replay.attempts", b"2"),))
    assert survey(twice).attempts == {Place(3, 17): 2}
    notes = (ReplayNote(Place(3, 17), 3), ReplayNote(Place(3, 17), 4))
    assert survey(twice, *notes, again=True).attempts == {Place(3, 17): 4}


def test_places_that_are_cut_or_hold_nothing_are_told():
    seen = survey(CUT, chosen={Place(3, 17), Place(0, 99)})
    assert (list(seen.unfit), list(seen.missing)) == ([Place(3, 17)], [Place(0, 99)])
    assert not seen.attempts


def test_only_what_is_chosen_counts():
    by_place = survey(LETTER, chosen={Place(3, 18)})
    assert (dict(by_place.attempts), list(by_place.missing)) == ({}, [Place(3, 18)])
    large = frozenset({Reason.TOO_LARGE.value})
    by_reason = survey(LETTER, CUT, chosen=Selection(large, None, None))
    assert (dict(by_reason.attempts), dict(by_reason.unfit)) == ({}, {})


def test_a_limit_counts_what_is_left_to_replay():
    letters = [
        read_back(RawRecord("tweets.dead", 0, n, 0, b"k", b"", LETTER.record.headers))
        for n in range(5)
    ]
    found = survey(*letters, ReplayNote(Place(0, 0), 1), limit=2)
    assert list(found.attempts) == [Place(0, 1), Place(0, 2)]
