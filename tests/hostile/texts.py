"""Texts that somebody wrote to hurt: each kind a function of a seeded random and a length.

`length` is about how many characters come out; whoever reads has to bear any number of them.
"""

import string
import unicodedata
from itertools import cycle, islice

_LATIN = string.ascii_letters + string.digits
_MARKS = [chr(number) for number in range(0x300, 0x370)]
_BIDI = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"
_SPACES = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2007\u2009\u2028\u2029\u202f\u3000"
_CONTROLS = [chr(number) for number in (*range(0x20), *range(0x7F, 0xA0))]
_SKIN_TONES = "🏻🏼🏽🏾🏿"
_FACES = [chr(number) for number in range(0x1F600, 0x1F650)]
# A letter of each, where Unicode has begun to put it; some 160 scripts.
_SCRIPTS = [
    chr(number)
    for number in range(0x80, 0x1F000, 48)
    if unicodedata.category(chr(number)) in {"Lo", "Ll", "Lu", "Lm", "Mn", "Mc", "Nd"}
]


def _flood(of, length):
    """Give `of` again and again, `length` characters in all."""
    return "".join(islice(cycle(of), length))


def plain_words(draw, length):
    words = ["so", "this", "is", "great", "waiting", "for", "all", ":)", "#GoTeam", "@example_anna"]
    return " ".join(draw.choice(words) for _ in range(length // 5 + 1))


def one_long_token(draw, length):
    return "".join(draw.choices(_LATIN, k=length))


def one_letter(draw, length):
    return draw.choice("aЖ日ﷺ7") * length


def tokens_never_seen(draw, length):
    return " ".join(f"{draw.randrange(36**8):x}" for _ in range(length // 8 + 1))


def emoji(draw, length):
    return "".join(draw.choices(_FACES, k=length))


def emoji_apart(draw, length):
    return " ".join(draw.choices(_FACES, k=length // 2 + 1))


def joined_emoji(draw, length):
    return _flood("👩‍👩‍👧‍👦‍" + draw.choice(_FACES) + "\u200d", length)


def skin_tones(draw, length):
    return _flood("👍" + _SKIN_TONES, length)


def halves_of_flags(draw, length):
    return draw.choice("🇩🇪🇫") * length


def keycaps(draw, length):
    return _flood("5️⃣#️⃣", length)


def tags_of_flags(draw, length):
    return "🏴" + "\U000e0067" * length


def variation_selectors(draw, length):
    return _flood("☺\ufe0f\ufe0e", length)


def combining_marks(draw, length):
    return "e" + "".join(draw.choices(_MARKS, k=length))


def combining_marks_out_of_order(draw, length):
    return "a" + _flood("\u0316\u0301", length)


def bidirectional_controls(draw, length):
    return "".join(draw.choices(_BIDI + "abcאבג", k=length))


def zero_width(draw, length):
    return "".join(draw.choices("\u200b\u200c\u200d\u2060\ufeff", k=length))


def nothing_but_what_is_no_token(draw, length):
    pieces = draw.choices("\u200b\u200e\x01\x02\x80\x81\ufe0f", k=length)
    return "".join(piece + " " * (place % 3 == 2) for place, piece in enumerate(pieces))


def nuls(draw, length):
    return _flood("\x00a", length)


def controls(draw, length):
    return "".join(draw.choices(_CONTROLS, k=length))


def spaces(draw, length):
    return "".join(draw.choices(_SPACES, k=length))


def every_script(draw, length):
    return "".join(draw.choices(_SCRIPTS, k=length))


def every_script_apart(draw, length):
    return " ".join(draw.choices(_SCRIPTS, k=length // 2 + 1))


def any_characters(draw, length):
    numbers = (draw.randrange(0x20, 0x10F800) for _ in range(length))
    return "".join(chr(number + 0x800 * (number >= 0xD800)) for number in numbers)


def ligatures(draw, length):
    return draw.choice(["ﷺ", "㎯", "⩴", "⒳", "🄪", "𝅘𝅥𝅮", "㍿", "ffi"]) * length


def chinese(draw, length):
    return "".join(chr(draw.randrange(0x4E00, 0x9FFF)) for _ in range(length))


def half_width_kana(draw, length):
    return _flood("ｶﾞﾊﾟ", length)


def final_sigmas(draw, length):
    return _flood("ΑΣ.:'", length)


def letters_that_grow_when_lower(draw, length):
    return "İ" * length


def urls(draw, length):
    return _flood(draw.choice(["http://", "https://x.y/", "www.", "t.co/", "http:/"]), length)


def handles(draw, length):
    return _flood(draw.choice(["@", "@a@", "@bob ", "@a.bsky.social"]), length)


def hashtags(draw, length):
    return _flood(draw.choice(["#", "#a", "#aA", "#_"]), length)


def one_hashtag(draw, length):
    return "#" + "aA" * (length // 2)


def entities(draw, length):
    unit = draw.choice(["&", "&#", "&amp;amp;", "&#x1F600;", "&lt;3", "&NotEqualTilde;", "&nbsp;"])
    return _flood(unit, length)


def entity_without_end(draw, length):
    return "&#" + "9" * length + ";"


def punctuation(draw, length):
    return "".join(draw.choices(string.punctuation, k=length))


def one_sign(draw, length):
    return draw.choice("!?.,-_'\"<") * length


def apostrophes(draw, length):
    return "a" + "'a" * (length // 2)


def emoticons(draw, length):
    return _flood(
        draw.choice([":)", ":-", ";_", "<3", "T_T", "-_", "XD", "=(", "^.^", ":'"]), length
    )


def an_emoticon_without_end(draw, length):
    return "-" + "_." * (length // 2)


def laughter(draw, length):
    return draw.choice(["ha", "lol", "XD", "хa"]) * (length // 2)


TEXTS = {
    make.__name__: make
    for make in (
        *(plain_words, one_long_token, one_letter, tokens_never_seen, emoji, emoji_apart),
        *(joined_emoji, skin_tones, halves_of_flags, keycaps, tags_of_flags, variation_selectors),
        *(combining_marks, combining_marks_out_of_order, bidirectional_controls, zero_width),
        *(nothing_but_what_is_no_token, nuls, controls, spaces, every_script, every_script_apart),
        *(any_characters, ligatures, chinese, half_width_kana, final_sigmas),
        *(letters_that_grow_when_lower, urls, handles, hashtags, one_hashtag, entities),
        *(entity_without_end, punctuation, one_sign, apostrophes, emoticons),
        *(an_emoticon_without_end, laughter),
    )
}


def lone_surrogates(draw, length):
    """No record in UTF-8 can hold these; a file of JSON can, as "\\ud83d"."""
    return "".join(chr(draw.randrange(0xD800, 0xE000)) for _ in range(length))


def longest_remembered(number):
    """A token of its own for each number, as large as any that is worth being remembered."""
    return f"{'𐌰' * 24}{number:08x}"
