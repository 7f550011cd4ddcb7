"""Bytes to messages and back: the JSON that comes in and the JSON that goes out."""

import inspect
from collections.abc import Callable
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct, ValidationError

from worker.messages import Reason, ScoredTweet, Tweet

Decode = Callable[[bytes], Tweet]


class Unreadable(Exception):
    """A record holds no tweet."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class _LongText(Struct):
    """The X API's home of posts longer than 280 characters."""

    text: str


class _Envelope(Struct):
    """Every place in which the known APIs keep what we read; the rest is skipped unparsed."""

    id: str | int | None = None
    text: str | None = None
    full_text: str | None = None
    note_tweet: _LongText | None = None
    created_at: str | int | float | None = None
    data: Raw = Raw()


_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_encode = msgspec.json.Encoder().encode


def decoder(input_format: Literal["json", "text"]) -> Decode:
    """Return the function that reads a record's value in `input_format`.

    The function raises `Unreadable`, and nothing else, for every value that holds no tweet.
    """
    return decode_json if input_format == "json" else decode_text


def decode_json(value: bytes) -> Tweet:
    """Read a tweet from a JSON object in any of the known shapes.

    The longest form of the text wins: `note_tweet.text`, then `full_text`, then `text`. The X
    API's envelope `{"data": {...}}` is unwrapped.

    Raises:
        Unreadable: with the reason for which the record becomes a dead letter.
    """
    try:
        envelope = _decode_envelope(value)
        text = _text_of(envelope)
        if text is None and len(envelope.data):
            envelope = _decode_envelope(envelope.data)
            text = _text_of(envelope)
    except ValidationError as error:
        raise Unreadable(Reason.WRONG_TYPE, f"not a tweet: {error}") from error
    except RecursionError as error:
        raise Unreadable(Reason.INVALID_JSON, "not JSON that can be read: too deep") from error
    except ValueError as error:
        raise _not_json(value, error) from error
    if text is None:
        raise Unreadable(
            Reason.MISSING_TEXT, "the object has neither text, full_text nor note_tweet.text"
        )
    return Tweet(_as_text(envelope.id), text, _as_text(envelope.created_at))


def decode_text(value: bytes) -> Tweet:
    """Read a record whose whole value is the text, in UTF-8.

    Raises:
        Unreadable: the value is not UTF-8.
    """
    try:
        return Tweet(None, value.decode(), None)
    except UnicodeDecodeError as error:
        raise _not_utf8(error) from error


def encode_scored(tweet: ScoredTweet) -> bytes:
    """Write a scored tweet as the JSON object that goes to the output topic."""
    return _encode(tweet)


def scored_schema() -> dict[str, Any]:
    """Return the JSON Schema of the output record's value."""
    schema = msgspec.json.schema(ScoredTweet)
    for definition in schema["$defs"].values():
        definition["description"] = inspect.cleandoc(definition["description"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _text_of(envelope: _Envelope) -> str | None:
    if envelope.note_tweet:
        return envelope.note_tweet.text
    return envelope.text if envelope.full_text is None else envelope.full_text


def _as_text(value: str | float | None) -> str | None:
    # No number has too many digits for Python: the decoder has refused those.
    return None if value is None else str(value)


def _not_utf8(error: UnicodeDecodeError) -> Unreadable:
    return Unreadable(Reason.INVALID_UTF8, f"not UTF-8: {error.reason} at byte {error.start}")


def _not_json(value: bytes, error: Exception) -> Unreadable:
    """Tell broken text from broken JSON: the parser may trip over the former as the latter."""
    try:
        value.decode()
    except UnicodeDecodeError as not_utf8:
        return _not_utf8(not_utf8)
    return Unreadable(Reason.INVALID_JSON, f"not JSON: {error}")
