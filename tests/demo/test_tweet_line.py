"""A tweet on its line of the screen: what moved its probabilities is underlined."""

from demo.tally import SeenEvidence, SeenTweet
from demo.tweet_line import underlined


def tweet(text, *evidence, label="positive"):
    return SeenTweet(text, label, {label: 0.9}, SeenTweet.Source(0, 1), None, evidence)


def styled(line):
    return [(line.plain[span.start : span.end], span.style) for span in line.spans]


def test_n_grams_have_the_colour_of_their_label():
    line = underlined(
        tweet(
            "so happy, never sad",
            SeenEvidence(0, 8, "positive", 1.2),
            SeenEvidence(16, 19, "negative", 0.9),
        )
    )
    assert line.plain == "so happy, never sad"
    assert sorted(styled(line)) == [
        ("sad", "underline red"),
        ("so happy", "underline green"),
    ]


def test_the_strongest_is_painted_over_the_others():
    strongest = SeenEvidence(3, 8, "positive", 1.0)
    line = underlined(tweet("so happy", strongest, SeenEvidence(0, 8, "negative", 0.8)))
    assert styled(line)[-1] == ("happy", "underline green")


def test_what_hardly_counts_is_left_plain():
    line = underlined(
        tweet("a b", SeenEvidence(0, 1, "neutral", 1.0), SeenEvidence(2, 3, "neutral", 0.1))
    )
    assert styled(line) == [("a", "underline yellow")]


def test_what_is_left_out_of_the_line_moves_what_comes_after_it():
    text = "a \n\n👍🏽\x00  good\tday [b]"
    start = text.index("good")
    evidence = (SeenEvidence(start, start + 8, "positive", 1.0), SeenEvidence(4, 6, "x", 0.9))
    line = underlined(tweet(text, *evidence))
    assert line.plain == "a 👍 good day [b]"
    assert [shown for shown, _ in styled(line)] == ["👍", "good day"]


def test_without_evidence_the_line_has_the_colour_of_its_label():
    line = underlined(tweet("so sad", label="negative"))
    assert (line.plain, line.style, line.spans) == ("so sad", "red", [])


def test_a_tweet_of_nothing_is_an_empty_line():
    assert underlined(tweet("\n\x00")).plain == ""
