"""Bytes to tweets: every shape that the APIs send, and everything that holds no tweet."""

import json
import sys

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worker.messages import Reason, ScoredTweet, Source, Tweet
from worker.settings import GROWTH, OVERHEAD_BYTES
from worker.wire import Unreadable, decode_json, decode_text, encode_scored, scored_schema


def scored(text, tweet_id="1851", created_at=None):
    return ScoredTweet(
        tweet_id,
        text,
        created_at,
        "positive",
        {"negative": 0.02, "neutral": 0.11, "positive": 0.87},
        "default@3f9c2a1b",
        Source("tweets", 3, 81723),
    )


@pytest.mark.parametrize(
    ("value", "tweet"),
    [
        (
            '{"id": "1", "text": "@bob loves http://x.y 😀"}',
            ("1", "@bob loves http://x.y 😀", None),
        ),
        ('{"text": "no id"}', (None, "no id", None)),
        ('{"id": 1851, "text": "a number as id"}', ("1851", "a number as id", None)),
        ('{"text": "cut…", "full_text": "all of v1.1"}', (None, "all of v1.1", None)),
        ('{"text": "cut…", "note_tweet": {"text": "all of v2"}}', (None, "all of v2", None)),
        ('{"text": "whole", "note_tweet": null}', (None, "whole", None)),
        ('{"data": {"id": "7", "text": "in an envelope"}}', ("7", "in an envelope", None)),
        ('{"data": "mine", "text": "not an envelope"}', (None, "not an envelope", None)),
        ('{"data": "mine", "note_tweet": {"text": "nor this"}}', (None, "nor this", None)),
        ('{"text": "dated", "created_at": "2026-01-02"}', (None, "dated", "2026-01-02")),
        ('{"text": "dated", "created_at": 1767312000}', (None, "dated", "1767312000")),
        ('{"text": ""}', (None, "", None)),
        ('{"text": "a\\u0000b"}', (None, "a\0b", None)),
        ('{"text": "twice", "text": "the last one counts"}', (None, "the last one counts", None)),
        ('{"text": "x", "user": {"name": [1, {}]}}', (None, "x", None)),
    ],
)
def test_a_tweet_is_read_in_every_known_shape(value, tweet):
    assert decode_json(value.encode()) == Tweet(*tweet)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b'{"text": "caf\xe9"}', Reason.INVALID_UTF8),
        (b"\xff\xfe\x00", Reason.INVALID_UTF8),
        (b"", Reason.INVALID_JSON),
        (b"plain words", Reason.INVALID_JSON),
        (b'{"text": "cut off', Reason.INVALID_JSON),
        (b'{"text": "x"}{"text": "y"}', Reason.INVALID_JSON),
        (b'{"text": "\\ud800"}', Reason.INVALID_JSON),
        (b'{"a":' * 100_000, Reason.INVALID_JSON),
        (b"{}", Reason.MISSING_TEXT),
        (b'{"text": null}', Reason.MISSING_TEXT),
        (b'{"data": {"id": "1"}}', Reason.MISSING_TEXT),
        (b'{"text": 42}', Reason.WRONG_TYPE),
        (b'{"text": ["a"]}', Reason.WRONG_TYPE),
        (b'{"id": {}, "text": "x"}', Reason.WRONG_TYPE),
        (b'{"note_tweet": {}, "text": "x"}', Reason.WRONG_TYPE),
        (b'["text"]', Reason.WRONG_TYPE),
        (b'"text"', Reason.WRONG_TYPE),
        (b"null", Reason.WRONG_TYPE),
        (b'{"data": [{"text": "two at once"}]}', Reason.WRONG_TYPE),
    ],
)
def test_what_holds_no_tweet_is_refused_with_its_reason(value, reason):
    with pytest.raises(Unreadable) as refusal:
        decode_json(value)
    assert refusal.value.reason is reason
    assert refusal.value.message


def test_an_id_of_as_many_digits_as_python_reads_is_kept_and_one_more_is_refused():
    most = sys.get_int_max_str_digits()
    assert decode_json(b'{"text": "x", "id": ' + b"9" * most + b"}").id == "9" * most
    with pytest.raises(Unreadable) as refusal:
        decode_json(b'{"text": "x", "id": ' + b"9" * (most + 1) + b"}")
    assert refusal.value.reason is Reason.WRONG_TYPE


def test_the_place_of_what_is_not_utf8_is_counted_from_the_beginning_of_the_record():
    with pytest.raises(Unreadable, match="at byte 13"):
        decode_json(b'{"text": "caf\xe9"}')


def test_what_is_nested_too_deep_says_so():
    with pytest.raises(Unreadable, match="too deep"):
        decode_json(b'{"text": "x", "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")


@given(st.binary(max_size=200))
@example(b'{"text": "\\ud83d"}')
def test_any_bytes_are_a_tweet_or_unreadable(value):
    for decode in (decode_json, decode_text):
        try:
            tweet = decode(value)
        except Unreadable as refusal:
            assert refusal.reason in Reason  # noqa: PT017 - both ways out are right
        else:
            tweet.text.encode()


@given(st.text(max_size=300), st.booleans())
def test_a_scored_text_grows_no_more_than_the_record_limit_allows_for(text, ascii_only):
    as_json = json.dumps({"text": text}, ensure_ascii=ascii_only).encode(errors="ignore")
    for decode, value, growth in (
        (decode_json, as_json, GROWTH["json"]),
        (decode_text, text.encode(errors="ignore"), GROWTH["text"]),
    ):
        try:
            tweet = decode(value)
        except Unreadable:
            continue
        written = encode_scored(scored(tweet.text))
        assert len(written) <= growth * len(value) + OVERHEAD_BYTES // 100


def test_plain_text_is_the_tweet():
    assert decode_text("plain 😀".encode()) == Tweet(None, "plain 😀", None)


def test_plain_text_that_is_not_utf8_says_where():
    with pytest.raises(Unreadable, match="byte 3"):
        decode_text(b"caf\xe9!")


def test_a_scored_tweet_reads_as_the_contract_says():
    assert json.loads(encode_scored(scored("so glad", created_at="2026-01-02"))) == {
        "id": "1851",
        "text": "so glad",
        "created_at": "2026-01-02",
        "label": "positive",
        "probabilities": {"negative": 0.02, "neutral": 0.11, "positive": 0.87},
        "model": "default@3f9c2a1b",
        "source": {"topic": "tweets", "partition": 3, "offset": 81723},
    }


def test_a_scored_tweet_satisfies_the_schema_and_a_broken_one_does_not():
    schema = scored_schema()
    written = json.loads(encode_scored(scored("so glad")))
    jsonschema.validate(written, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written | {"label": 3}, schema)
