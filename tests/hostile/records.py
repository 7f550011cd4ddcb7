"""Values of records that somebody wrote to hurt, each kind with what has to become of it.

A kind is a function of a seeded random and a length, which is about how many bytes come out. Where
more than one thing is wrong with a record, the first that a reader meets is the reason.
"""

import json

from tests.hostile.texts import TEXTS
from worker.messages import Reason

SCORED = "scored"
KINDS = {}


def becomes(what):
    """Register a function as a kind of record that becomes `what`: SCORED or a `Reason`."""

    def register(make):
        KINDS[make.__name__] = (make, what)
        return make

    return register


def _text(make):
    def record(draw, length):
        fields = {"id": str(draw.randrange(10**18)), "text": make(draw, length)}
        shape = draw.choice([fields, {"data": fields}, {**fields, "full_text": fields["text"]}])
        return json.dumps(shape, ensure_ascii=draw.random() < 0.5).encode()

    return record


KINDS |= {f"text_of_{name}": (_text(make), SCORED) for name, make in TEXTS.items()}


def _nested(opening, length):
    return opening * (length // len(opening) + 2_000)


# --- scored: whatever surrounds the text, or stands where nobody reads ---


@becomes(SCORED)
def empty_text(draw, length):
    return b'{"text": ""}'


@becomes(SCORED)
def text_as_escapes(draw, length):
    return b'{"text": "%s"}' % (b"\\u0001\\ud83d\\ude00" * (length // 18))


@becomes(SCORED)
def keys_twice(draw, length):
    return b'{"text": "first", "id": "1", "text": "%s", "id": "2"}' % (b"last " * (length // 5))


@becomes(SCORED)
def long_key(draw, length):
    return b'{"%s": 1, "text": "x"}' % (b"k" * length)


@becomes(SCORED)
def empty_key(draw, length):
    return b'{"": {"": ""}, "text": "x"}'


@becomes(SCORED)
def very_many_keys(draw, length):
    return b"{%s}" % b",".join([b'"%d": 1' % n for n in range(length // 9)] + [b'"text": "x"'])


@becomes(SCORED)
def long_id(draw, length):
    return b'{"text": "x", "id": "%s"}' % (b"9" * length)


@becomes(SCORED)
def id_of_very_many_digits(draw, length):
    return b'{"text": "x", "id": -%s}' % (b"9" * min(length + 1, 4_299))


@becomes(SCORED)
def long_date(draw, length):
    return b'{"text": "x", "created_at": "%s"}' % (b"2" * length)


@becomes(SCORED)
def date_of_very_many_digits(draw, length):
    return b'{"text": "x", "created_at": 0.%s}' % (b"1" * (length + 1))


@becomes(SCORED)
def number_that_nobody_reads(draw, length):
    return b'{"text": "x", "n": %s, "m": 1e999}' % (b"9" * (length + 1))


@becomes(SCORED)
def bytes_that_nobody_reads(draw, length):
    return b'{"text": "x", "n": "%s"}' % (b"\xff\xc0\xaf" * (length // 3))


@becomes(SCORED)
def nesting_that_can_be_read(draw, length):
    return b'{"text": "x", "n": %s%s}' % (b"[" * 300, b"]" * 300)


@becomes(SCORED)
def white_space_around(draw, length):
    return b" \t\r\n" * (length // 4) + b'{"text": "x"}' + b"\n" * (length // 4)


# --- not UTF-8 ---


@becomes(Reason.INVALID_UTF8)
def random_bytes(draw, length):
    return b"\xff" + draw.randbytes(length)


@becomes(Reason.INVALID_UTF8)
def latin_1(draw, length):
    return b'{"text": "caf\xe9 %s"}' % (b"x" * length)


@becomes(Reason.INVALID_UTF8)
def latin_1_at_the_end(draw, length):
    return b'{"text": "%s caf\xe9"}' % (b"x" * length)


@becomes(Reason.INVALID_UTF8)
def surrogates_as_bytes(draw, length):
    return b'{"text": "%s"}' % (b"\xed\xa0\xbd" * (length // 3 + 1))


@becomes(Reason.INVALID_UTF8)
def overlong_forms(draw, length):
    return b'{"text": "%s"}' % (draw.choice([b"\xc0\xaf", b"\xe0\x80\xaf"]) * (length // 3 + 1))


@becomes(Reason.INVALID_UTF8)
def beyond_unicode(draw, length):
    return b'{"text": "%s"}' % (b"\xf4\x90\x80\x80" * (length // 4 + 1))


@becomes(Reason.INVALID_UTF8)
def utf_16_with_its_mark(draw, length):
    return json.dumps({"text": "x" * length}).encode("utf-16")


@becomes(Reason.INVALID_UTF8)
def cut_within_a_character(draw, length):
    return '{{"text": "{}😀'.format("x" * length).encode()[: -draw.randint(1, 3)]


# --- not JSON, or none that can be read ---


@becomes(Reason.INVALID_JSON)
def nothing(draw, length):
    return b" " * length


@becomes(Reason.INVALID_JSON)
def words(draw, length):
    return b"so happy " * (length // 9 + 1)


@becomes(Reason.INVALID_JSON)
def cut_off(draw, length):
    whole = b'{"id": "1", "text": "%s", "user": {"name": "x"}}' % (b"x" * length)
    return whole[: draw.randrange(len(whole))]


@becomes(Reason.INVALID_JSON)
def byte_order_mark(draw, length):
    return b'\xef\xbb\xbf{"text": "%s"}' % (b"x" * length)


@becomes(Reason.INVALID_JSON)
def utf_16_without_its_mark(draw, length):
    return json.dumps({"text": "x" * length}).encode(draw.choice(["utf-16-le", "utf-16-be"]))


@becomes(Reason.INVALID_JSON)
def not_a_number(draw, length):
    return b'{"text": %s}' % draw.choice([b"NaN", b"Infinity", b"-Infinity", b"+1", b"01", b".5"])


@becomes(Reason.INVALID_JSON)
def half_a_surrogate_pair(draw, length):
    half = draw.choice([b"\\ud83d", b"\\ude00", b"\\ude00\\ud83d", b"\\ud83d\\ud83d"])
    return b'{"text": "%s %s"}' % (half, b"x" * length)


@becomes(Reason.INVALID_JSON)
def half_a_surrogate_pair_elsewhere(draw, length):
    return b'{"text": "x", "user": {"name": "\\ud83d %s"}}' % (b"x" * length)


@becomes(Reason.INVALID_JSON)
def escapes_that_are_none(draw, length):
    return b'{"text": "%s"}' % (draw.choice([b"\\x41", b"\\u12", b"\\u00g0"]) * (length // 5 + 1))


@becomes(Reason.INVALID_JSON)
def backslashes_to_the_end(draw, length):
    return b'{"text": "' + b"\\" * (length + 1)


@becomes(Reason.INVALID_JSON)
def control_characters_as_they_are(draw, length):
    return b'{"text": "%s"}' % (bytes([draw.randrange(32)]) * (length + 1))


@becomes(Reason.INVALID_JSON)
def nul_at_the_end(draw, length):
    return b'{"text": "%s"}\x00' % (b"x" * length)


@becomes(Reason.INVALID_JSON)
def two_at_once(draw, length):
    return b'{"text": "x"}\n{"text": "%s"}' % (b"x" * length)


@becomes(Reason.INVALID_JSON)
def dialects(draw, length):
    return draw.choice([b"{'text': 'x'}", b'{"text": "x",}', b'{text: "x"}', b'{"text": "x"} // y'])


@becomes(Reason.INVALID_JSON)
def objects_without_end(draw, length):
    return _nested(draw.choice([b'{"a":', b'{"data":{"a":', b'{"":']), length)


@becomes(Reason.INVALID_JSON)
def data_in_data_without_end(draw, length):
    return _nested(b'{"data":', length)


@becomes(Reason.INVALID_JSON)
def note_in_note_without_end(draw, length):
    return b'{"note_tweet":' + _nested(b'{"a":', length)


@becomes(Reason.INVALID_JSON)
def nesting_that_is_too_deep(draw, length):
    depth = length // 2 + 20_000
    return b'{"text": "x", "n": %s%s}' % (b"[" * depth, b"]" * depth)


# --- JSON without a text ---


@becomes(Reason.MISSING_TEXT)
def no_text(draw, length):
    return b'{"id": "1", "user": {"text": "%s"}}' % (b"x" * length)


@becomes(Reason.MISSING_TEXT)
def nulls(draw, length):
    return b'{"id": null, "text": null, "full_text": null, "note_tweet": null}'


@becomes(Reason.MISSING_TEXT)
def last_of_two_texts_is_null(draw, length):
    return b'{"text": "%s", "text": null}' % (b"x" * length)


@becomes(Reason.MISSING_TEXT)
def text_two_envelopes_down(draw, length):
    return b'{"data": {"data": {"text": "%s"}}}' % (b"x" * length)


@becomes(Reason.MISSING_TEXT)
def keys_that_look_like_text(draw, length):
    return b'{"Text": "x", "text ": "x", "t\\u0435xt": "x", "tex": "%s"}' % (b"x" * length)


# --- JSON with something else where a text or an id belongs ---


@becomes(Reason.WRONG_TYPE)
def text_of_another_type(draw, length):
    name = draw.choice([b"text", b"full_text"])
    return b'{"%s": %s}' % (name, draw.choice([b"42", b"-1.5", b"[]", b"{}", b"true", b'["x"]']))


@becomes(Reason.WRONG_TYPE)
def text_of_very_many_digits(draw, length):
    return b'{"text": %s}' % (b"9" * (length + 1))


@becomes(Reason.WRONG_TYPE)
def text_of_nested_lists(draw, length):
    return b'{"text": ' + b"[" * (length + 1)


@becomes(Reason.WRONG_TYPE)
def first_of_two_texts_is_a_number(draw, length):
    return b'{"text": 1, "text": "%s"}' % (b"x" * length)


@becomes(Reason.WRONG_TYPE)
def no_object(draw, length):
    return draw.choice([b'"%s"', b"[%s", b"[[%s"]) % (b"x" * length)


@becomes(Reason.WRONG_TYPE)
def lists_without_end(draw, length):
    return b"[" * (length + 1)


@becomes(Reason.WRONG_TYPE)
def a_bare_value(draw, length):
    return draw.choice([b"null", b"true", b"0", b"1e999", b"-0.0"])


@becomes(Reason.WRONG_TYPE)
def data_of_another_type(draw, length):
    return b'{"data": %s}' % draw.choice([b"null", b"1", b'"text"', b"[]", b'[{"text": "x"}]'])


@becomes(Reason.WRONG_TYPE)
def note_of_another_type(draw, length):
    note = draw.choice([b"1", b"[]", b"{}", b'"text"', b'{"text": null}', b'{"text": 1}'])
    return b'{"text": "x", "note_tweet": %s}' % note


@becomes(Reason.WRONG_TYPE)
def id_of_another_type(draw, length):
    return b'{"text": "x", "id": %s}' % draw.choice([b"{}", b"[1]", b"true", b"1.5", b"1e3"])


@becomes(Reason.WRONG_TYPE)
def id_of_more_digits_than_python_reads(draw, length):
    return b'{"text": "x", "id": %s}' % (b"9" * (length + 4_301))


@becomes(Reason.WRONG_TYPE)
def date_beyond_all_numbers(draw, length):
    return b'{"text": "x", "created_at": -1e%s}' % (b"9" * (length % 300 + 4))


# --- larger than any record that is read ---


@becomes(Reason.TOO_LARGE)
def ten_megabytes_of_text(draw, length):
    return b'{"text": "%s"}' % (b"x" * 10_000_000)


@becomes(Reason.TOO_LARGE)
def ten_megabytes_of_brackets(draw, length):
    return b"[" * 10_000_000


# They cost as much memory as they are large, so only a few of them go through a test.
LARGE = ("ten_megabytes_of_text", "ten_megabytes_of_brackets")
SMALL = {name: kind for name, kind in KINDS.items() if name not in LARGE}


def good(number):
    """Return the value of a tweet that is nobody's enemy."""
    return b'{"id": "%d", "text": "@example_anna number %d is great \xf0\x9f\x98\x80"}' % (
        number,
        number,
    )
