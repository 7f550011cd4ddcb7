"""A tweet as one line of the screen, with what moved its probabilities underlined."""

from rich.text import Text

from demo.tally import SeenTweet

COLOURS = {"negative": "red", "neutral": "yellow", "positive": "green"}
OTHER_COLOURS = ("cyan", "magenta", "blue", "bright_red", "bright_green")
# Variation selectors and skin tones; joiners and tags are not printable anyway.
MODIFIERS = frozenset("\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
# N-grams that moved less than this share of what the strongest did are left plain: underlined,
# they would say that everything counts.
LEAST_SHARE = 0.3


def colour(label: str) -> str:
    """Return a label's colour, the same throughout a run."""
    return COLOURS.get(label) or OTHER_COLOURS[sum(label.encode()) % len(OTHER_COLOURS)]


def underlined(tweet: SeenTweet) -> Text:
    """Return the tweet's text, each n-gram that counts in the colour of the label it speaks for.

    Without any evidence all of it has the colour of the tweet's own label.
    """
    line, places = _in_one_line(tweet.text)
    # As Text, so that rich does not read a tweet as markup.
    text = Text(line, style="" if tweet.evidence else colour(tweet.label))
    strongest = max((ngram.weight for ngram in tweet.evidence), default=0.0)
    for ngram in reversed(tweet.evidence):  # The strongest is painted over the others.
        if ngram.weight >= LEAST_SHARE * strongest:
            style = f"underline {colour(ngram.label)}"
            text.stylize(style, places[ngram.start], places[ngram.end])
    return text


def _in_one_line(text: str) -> tuple[str, list[int]]:
    """Return a text without line breaks, controls, and what makes emoji wider or narrower.

    Beside it, for each place in the text, the place in the line.
    """
    line: list[str] = []
    places = []
    for character in text:
        places.append(len(line))
        if character.isspace():
            line += " " if line and line[-1] != " " else ""
        elif character.isprintable() and character not in MODIFIERS:
            line.append(character)
    return "".join(line), [*places, len(line)]
