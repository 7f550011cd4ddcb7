"""The reader of queries notices what a typing mistake would do to a dashboard."""

import pytest

from tests.deploy.promql import parse, unknown_to

EXPOSED = {"tweets_total": {"label": {"negative", "positive"}}, "model_info": {"name": {"default"}}}


def test_a_query_names_its_metrics_its_matchers_and_its_groups():
    query = parse('sum by (label) (rate(tweets_total{label="positive"}[5m])) / on (job) model_info')
    assert query.selectors == [("tweets_total", {"label": "positive"}), ("model_info", {})]
    assert query.grouped_by == {"label", "job"}


def test_functions_operators_ranges_and_numbers_are_no_metrics():
    assert parse(
        "histogram_quantile(0.99, deriv(a[10m:15s])) > 1000 and vector(0) or a"
    ).selectors == [
        ("a", {}),
        ("a", {}),
    ]


@pytest.mark.parametrize(
    ("query", "mistake"),
    [
        ("sum(rate(tweet_total[5m]))", "tweet_total"),
        ("sum by (lable) (rate(tweets_total[5m]))", "lable"),
        ('rate(tweets_total{label="postive"}[5m])', 'tweets_total{label="postive"}'),
        ('rate(tweets_total{name="default"}[5m])', 'tweets_total{name="default"}'),
    ],
)
def test_a_misspelt_name_is_found(query, mistake):
    assert unknown_to(EXPOSED, query) == {mistake}


def test_a_right_query_asks_for_nothing_in_vain():
    query = 'sum by (label, instance) (rate(tweets_total{label="negative"}[5m])) * up{job="worker"}'
    assert unknown_to(EXPOSED, query) == set()
