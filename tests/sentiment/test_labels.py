from sentiment.labels import ordered


def test_sentiment_runs_from_negative_to_positive():
    assert ordered(["positive", "neutral", "negative", "neutral"]) == (
        "negative", "neutral", "positive",
    )  # fmt: skip


def test_other_labels_are_sorted_by_name():
    assert ordered(["4", "0"]) == ("0", "4")
    assert ordered(["positive", "negative"]) == ("negative", "positive")
