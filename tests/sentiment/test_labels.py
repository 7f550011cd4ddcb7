from sentiment.labels import ordered


def test_sentiment_runs_from_negative_to_positive():
    assert ordered(["positive", "neutral", "negative", "neutral"]) == (
        "negative", "neutral", "positive",
    )  # fmt: skip


def test_other_labels_are_sorted_by_name():
    assert ordered(["4", "0"]) == ("0", "4")
    assert ordered(["positive", "negative"]) == ("negative", "positive")


def test_stars_run_from_low_to_high():
    assert ordered(["10", "9", "1", "-2"]) == ("-2", "1", "9", "10")
    assert ordered(["10", "9", "x"]) == ("10", "9", "x")
