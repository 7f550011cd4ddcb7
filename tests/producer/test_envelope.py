"""What is published for a JSON object, and for a text."""

import json

import pytest

from producer.envelope import MAX_RECORD_BYTES, NotATweet, json_record, text_record


def test_an_object_is_published_byte_by_byte_under_its_id():
    line = '{ "id":"1851", "text":"@bob loves http://x.y 😀", "n": 1e400 }'.encode()
    assert json_record(line) == (b"1851", line)


def test_a_numeric_id_becomes_the_same_key_as_the_string():
    assert json_record(b'{"id": 9001846372051204096}').key == b"9001846372051204096"


def test_the_id_inside_the_v2_envelope_is_the_key():
    assert json_record(b'{"data": {"id": "77", "text": "hi"}}').key == b"77"


@pytest.mark.parametrize(
    "line",
    [
        *(b"{}", b'{"text": "hi"}', b'{"id": null}', b'{"id": ""}', b'{"id": true}'),
        *(b'{"id": 1.5}', b'{"id": ["1"]}', b'{"data": [{"id": "1"}]}', b'{"data": {}}'),
    ],
)
def test_without_an_id_there_is_no_key(line):
    assert json_record(line) == (None, line)


def test_half_a_surrogate_pair_is_left_to_the_worker():
    line = rb'{"id": "a\ud83d", "text": "cut \ud83d"}'
    assert json_record(line) == (b"a?", line)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"hello", "not JSON: Expecting value at column 1"),
        (b'{"text": "cut', "not JSON: Unterminated string starting at at column 10"),
        (b'{"a": 1} x', "not JSON: Extra data at column 10"),
        (b'{"a": NaN}', "not JSON: NaN is no JSON value"),
        (b'{"a": "caf\xe9"}', "not UTF-8: byte 0xe9 at 11"),
        (b"[1]", "not a JSON object but a list"),
        (b'"hi"', "not a JSON object but a string"),
        (b"12", "not a JSON object but a number"),
        (b"true", "not a JSON object but true or false"),
        (b"null", "not a JSON object but null"),
        (b"[" * 100_000, "not JSON that can be read: nested too deeply"),
    ],
)
def test_anything_but_an_object_is_told_for_what_it_is(line, why):
    with pytest.raises(NotATweet) as raised:
        json_record(line)
    assert str(raised.value) == why


def test_a_number_that_python_refuses_is_malformed():
    with pytest.raises(NotATweet, match="not JSON: Exceeds the limit"):
        json_record(b'{"id": %s}' % (b"9" * 5_000))


def test_a_text_becomes_an_object_in_plain_utf8():
    assert text_record("olé 😀", "7") == (b"7", '{"id":"7","text":"olé 😀"}'.encode())


@pytest.mark.parametrize("no_id", [None, ""])
def test_a_text_without_an_id_has_neither_key_nor_id(no_id):
    assert text_record('say "hi"', no_id) == (None, b'{"text":"say \\"hi\\""}')


def test_a_record_is_as_long_as_kafka_takes_and_no_longer():
    longest = json.dumps({"text": "x" * (MAX_RECORD_BYTES - len('{"text": ""}'))}).encode()
    assert json_record(longest).value == longest
    for too_long in (longest + b" ", longest[:-2] + b'x"}'):
        with pytest.raises(NotATweet, match="longer than 1,000,000 bytes"):
            json_record(too_long)
    with pytest.raises(NotATweet, match="longer than 1,000,000 bytes"):
        text_record("x" * MAX_RECORD_BYTES)
