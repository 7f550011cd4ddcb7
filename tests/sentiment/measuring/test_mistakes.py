import numpy as np

from sentiment.measuring.mistakes import worst_mistakes

LABELS = ("negative", "positive")


def test_the_surest_mistakes_come_first_and_right_labels_not_at_all():
    shares = np.array([[0.9, 0.1], [0.2, 0.8], [0.05, 0.95], [0.6, 0.4]])
    found = worst_mistakes(["a", "b", "c", "d"], shares, np.array([0, 0, 0, 1]), LABELS)
    assert [each.text for each in found] == ["c", "b", "d"]
    assert (found[0].label, found[0].predicted, found[0].probability) == (
        "negative", "positive", 0.95,
    )  # fmt: skip


def test_there_are_twenty_at_most():
    shares = np.tile([[0.9, 0.1]], (50, 1))
    assert len(worst_mistakes(["a"] * 50, shares, np.ones(50, int), LABELS)) == 20


def test_of_a_long_text_the_beginning_is_shown_and_half_an_emoji_as_a_sign():
    shares = np.array([[0.9, 0.1], [0.8, 0.2]])
    found = worst_mistakes(["long " * 200, "\ud83d"], shares, np.array([1, 1]), LABELS)
    assert len(found[0].text) == 500
    assert found[0].text.endswith("…")
    assert found[1].text == "?"
