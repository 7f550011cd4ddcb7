r"""Text as the network should see it: one spelling for what varies without changing the meaning.

"@bob I'm SOOOO happyyy &lt;3 http://t.co/x #GoTeam 😂" becomes
"<user> i'm soo happyy red heart <url> go team face with tears of joy".

Two properties that others rely on, and that tests hold:

* What becomes of a piece of text between two white spaces depends on nothing else, so it can be
  remembered (`normalize("a b") == normalize("a") + " " + normalize("b")`, up to white space).
* Every pattern is linear in the length of the text, whoever wrote it.
"""

import html
import re
import unicodedata
from collections.abc import Iterator

from sentiment.text.emoji_text import emoji_to_words, emoji_to_words_lazily
from sentiment.text.emoticons import emoticons_to_words
from sentiment.text.lazy_text import cut_at_spaces, substituted

USER = "<user>"
URL = "<url>"

# A text with none of these, and nothing repeated, only has to be made lower case.
_SPECIAL = re.compile(r"[^a-z0-9\s.,!?'\"]|xd")
# Whatever the last two rules shorten; one look for both takes a third of the time of the two.
_REPEATED = re.compile(r"(.)\1\1|(..)\2\2")

ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
LINK = re.compile(r"(?i:https?://|www\.|\b(?:pic\.twitter\.com|t\.co|bit\.ly|youtu\.be)/)[!-~]+")
# Also "@bob@example.social" and "@bob.bsky.social", but not the middle of an e-mail address.
HANDLE = re.compile(r"(?<![\w@])@[A-Za-z0-9_]+(?:@[A-Za-z0-9][A-Za-z0-9.-]*|\.bsky\.social)?")
_HASHTAG = re.compile(r"#(\w+)")
_WORD_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_")
# One or two letters, Latin to Cyrillic or Arabic, three times or more: "sooo", "hahaha".
_ELONGATION = re.compile(r"([a-z\u00df-\u04ff\u0620-\u064a]{1,2}?)\1{2,}")
_REPEATED_SIGN = re.compile(r"([^\w\s])\1{2,}")

# Unicode's compatibility forms ("𝓱𝓪𝓹𝓹𝔂" is "happy") sort runs of combining marks in quadratic
# time, so they too are taken in bounded runs, each with the character that it may combine with.
_NON_ASCII_RUN = re.compile(r"[!-\x7f]?[^\x00-\x7f\s]{1,64}")
_ONE_SPELLING = str.maketrans(
    {"’": "'", "‘": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-"}
    | dict.fromkeys("\u200b\u200e\u200f\u2060\ufe0e\ufe0f\ufeff")
)
_SPELT_OTHERWISE = set(map(chr, _ONE_SPELLING))
# Scripts that put no space between words: each character stands alone.
UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_UNSPACED_LETTER = re.compile(f"([{UNSPACED}])")


def normalize(text: str) -> str:
    """Return `text` in the one spelling that training and serving share.

    HTML entities are read, handles become `<user>` and links `<url>`, a hashtag becomes its words,
    emoji and emoticons the words of their names, letters lower case, a sound drawn out or a sign
    repeated is kept twice. Never raises, whatever the characters.
    """
    lowered = text.lower()
    if _SPECIAL.search(lowered) is None and _REPEATED.search(lowered) is None:
        return lowered
    if "&" in text:
        text = ENTITY.sub(_character, text)
    if not text.isascii():
        text = _NON_ASCII_RUN.sub(_compatible, emoji_to_words(text))
        text = _one_spelling(text)
    return _with_placeholders(text)


def normalized_parts(text: str) -> Iterator[str]:
    """Yield what `normalize` returns, up to white space, in parts that are made when asked for.

    Emoji, ligatures and whole languages become words by the character: the tokens of 4,096 times
    "ﷺ" take 15 ms, the first 64 of them 0.4 ms.
    """
    if "&" in text:
        text = ENTITY.sub(_character, text)
    if text.isascii():
        yield _with_placeholders(text)
        return
    # No rule looks across a space, and only what `cut_at_spaces` yields goes to the next rule.
    for with_words in cut_at_spaces(emoji_to_words_lazily(text)):
        runs = substituted(_NON_ASCII_RUN, _compatible, with_words)
        yield from map(_with_placeholders, cut_at_spaces(map(_one_spelling, runs)))


def _one_spelling(text: str) -> str:
    if not _SPELT_OTHERWISE.isdisjoint(text):  # Which takes a fifth of the time of `translate`.
        text = text.translate(_ONE_SPELLING)
    # The same as `sub` with r" \1 " in a fifth of the time.
    return " ".join(_UNSPACED_LETTER.split(text))


def _with_placeholders(text: str) -> str:
    if "/" in text or "w." in text or "W." in text:  # As every link has; most texts have ".".
        text = LINK.sub(f" {URL} ", text)
    if "@" in text:
        text = HANDLE.sub(f" {USER} ", text)
    if "#" in text:
        text = _HASHTAG.sub(_words_of_hashtag, text)
    text = emoticons_to_words(text).replace("_", " ").lower()
    if _REPEATED.search(text):
        text = _REPEATED_SIGN.sub(_twice, _ELONGATION.sub(_twice, text))
    return text


def _character(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])


def _compatible(run: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", run[0])


def _words_of_hashtag(hashtag: re.Match[str]) -> str:
    return f" {_WORD_BOUNDARY.sub(' ', hashtag[1])} "


# `sub` takes 0.6 µs to make ready a template such as r"\1\1", even where nothing matches.
def _twice(repeated: re.Match[str]) -> str:
    return repeated[1] * 2
