"""One tweet as it travels: the key and the bytes of a record in the input topic."""

import json
from typing import Any, NamedTuple, NoReturn

# Kafka takes 1 MiB by default, for key, value and what is wrapped around them.
MAX_RECORD_BYTES = 1_000_000


class Record(NamedTuple):
    """What is published: the tweet's id as key where it has one, and a JSON object in UTF-8."""

    key: bytes | None
    value: bytes


class Malformed(NamedTuple):
    """A place in a source that holds no tweet, and why."""

    where: str
    why: str


class NotATweet(ValueError):
    """A line or a row cannot become a record; the message says why."""


def json_record(line: bytes) -> Record:
    """Wrap one JSON object, its bytes untouched.

    Only its being an object is checked. Whether its text can be scored is the worker's to say,
    which keeps what cannot as a dead letter.

    Args:
        line: a JSON object in UTF-8 without its end of line.

    Raises:
        NotATweet: when it is anything else.
    """
    text = utf8(line)
    try:
        content = _decode(text)
    except json.JSONDecodeError as error:
        raise NotATweet(f"not JSON: {error.msg} at column {error.colno}") from None
    except ValueError as error:
        raise NotATweet(f"not JSON: {error}") from None
    except RecursionError:
        raise NotATweet("not JSON that can be read: nested too deeply") from None
    if not isinstance(content, dict):
        raise NotATweet(f"not a JSON object but {_KINDS[type(content)]}")
    return _within_limit(_key_of(content), line)


def text_record(text: str, tweet_id: str | None = None) -> Record:
    """Make `{"id": …, "text": …}` of plain text, without the id where there is none.

    Raises:
        NotATweet: when it is too long.
    """
    content = {"id": tweet_id, "text": text} if tweet_id else {"text": text}
    return _within_limit(_key(tweet_id), _encode(content).encode())


def utf8(line: bytes) -> str:
    """Decode `line`.

    Raises:
        NotATweet: when it is not UTF-8, or so long that the source has cut it.
    """
    if len(line) > MAX_RECORD_BYTES:
        raise NotATweet(_TOO_LONG)
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise NotATweet(f"not UTF-8: byte 0x{line[error.start]:02x} at {error.start + 1}") from None


def _within_limit(key: bytes | None, value: bytes) -> Record:
    if len(key or b"") + len(value) > MAX_RECORD_BYTES:
        raise NotATweet(_TOO_LONG)
    return Record(key, value)


def _key_of(content: dict[str, Any]) -> bytes | None:
    """The id of a tweet, or of the tweet inside an X API v2 envelope."""
    key = _key(content.get("id"))
    if key is None and isinstance(content.get("data"), dict):
        key = _key(content["data"].get("id"))
    return key


def _key(tweet_id: object) -> bytes | None:
    """Ids are strings, or whole numbers in v1.1; nothing else tells tweets apart."""
    if isinstance(tweet_id, int) and not isinstance(tweet_id, bool):
        return str(tweet_id).encode()
    if isinstance(tweet_id, str):
        # Half a surrogate pair can be written in JSON, yet not in UTF-8.
        return tweet_id.encode(errors="replace") or None
    return None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


_decode = json.JSONDecoder(parse_constant=_no_constant).decode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_TOO_LONG = f"longer than {MAX_RECORD_BYTES:,} bytes, the most that one record takes"
_KINDS = {
    list: "a list",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}
