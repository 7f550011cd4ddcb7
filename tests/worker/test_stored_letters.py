"""What the worker wrote into the dead-letter topic is read back as it was meant."""

from hypothesis import given
from hypothesis import strategies as st

from worker import __version__
from worker.dead_letters import as_publication
from worker.messages import DeadLetter, RawRecord, Reason, Source
from worker.stored_letters import Place, ReplayNote, StoredLetter, read_back

HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["trace", "sentiment.error.reason", "sentiment.error.cut"])
        | st.sampled_from(["sentiment.error.null-value", "sentiment.replay.of"])
        | st.sampled_from(["sentiment.replay.attempts", "sentiment.error.offset"])
        | st.text(st.characters(codec="utf-8"), max_size=8),
        st.binary(max_size=12) | st.integers(0, 99).map(lambda n: b"%d" % n),
    ),
    max_size=8,
).map(tuple)


def stored(value=b'{"text": 42}', headers=(), limit=900_000, key=b"k", reason=Reason.WRONG_TYPE):
    """Return a dead letter as it is read back after the worker has written it."""
    original = RawRecord("tweets", 3, 81723, 1_700_000_000_000, key, value, headers)
    letter = DeadLetter(original, reason, "not a tweet")
    written = as_publication(letter, limit)
    return read_back(
        RawRecord(
            "tweets.dead", 3, 17, written.timestamp_ms, written.key, written.value, written.headers
        )
    )


def test_a_dead_letter_is_read_back_with_its_original():
    letter = stored(headers=(("trace", b"abc"),))
    assert letter.place == Place(3, 17)
    assert (letter.reason, letter.message) == ("wrong-type", "not a tweet")
    assert letter.source == Source("tweets", 3, 81723)
    assert (letter.headers, letter.value) == ((("trace", b"abc"),), b'{"text": 42}')
    assert (letter.worker_version, letter.cut, letter.attempts) == (__version__, None, 0)


def test_a_null_value_is_told_from_an_empty_one():
    assert stored(value=None).value is None
    assert stored(value=b"").value == b""


def test_the_originals_time_is_known_where_the_topic_could_not_take_it():
    letter = stored(reason=Reason.REFUSED)
    assert (letter.record.timestamp_ms, letter.timestamp_ms) == (-1, 1_700_000_000_000)


def test_what_was_cut_is_told():
    assert stored(value=b"x" * 9_000, limit=4_096).cut == "of 9001 bytes"


def test_the_count_of_attempts_survives_the_way_through_the_worker():
    assert stored(headers=(("sentiment.replay.attempts", b"2"),)).attempts == 2


def test_a_note_is_read_back_as_it_was_written():
    note = ReplayNote(Place(3, 17), 2)
    assert read_back(RawRecord("tweets.dead", 3, 20, 0, note.key, b"", note.headers)) == note


def test_a_record_that_no_worker_wrote_has_no_reason():
    letter = read_back(RawRecord("tweets.dead", 0, 5, -1, None, None, (("of", b"others"),)))
    assert isinstance(letter, StoredLetter)
    assert (letter.reason, letter.source) == (None, None)
    odd = (("sentiment.replay.of", b"not a place"),)
    assert read_back(RawRecord("tweets.dead", 0, 5, -1, None, b"", odd)).reason is None


@given(HEADERS, st.none() | st.binary(max_size=20))
def test_a_tweet_cannot_forge_what_the_worker_says_of_it(headers, value):
    letter = stored(value=value, headers=headers)
    assert isinstance(letter, StoredLetter)
    assert (letter.reason, letter.cut) == ("wrong-type", None)
    assert letter.source == Source("tweets", 3, 81723)
    assert letter.value == value
    assert letter.headers == tuple(h for h in headers if not h[0].startswith("sentiment.error."))
    assert letter.attempts >= 0
