"""A batch becomes an outcome: every record is published or a dead letter, never both."""

import json

import pytest

from worker.messages import RawRecord, Reason
from worker.scoring import BatchScorer
from worker.settings import OVERHEAD_BYTES, WorkerSettings
from worker.wire import decode_json, decode_text


@pytest.fixture
def batches(scorer):
    return BatchScorer(scorer, decode_json, record_limit_bytes=1_000)


@pytest.fixture
def explaining(scorer):
    return BatchScorer(scorer, decode_json, record_limit_bytes=1_000, evidence=5)


def record(value, offset=0, key=b"k", headers=()):
    return RawRecord("tweets", 1, offset, 1_700_000_000_000, key, value, headers)


def outcome_of(batches, *values, **fields):
    records = [record(value, offset, **fields) for offset, value in enumerate(values)]
    return batches.score(batches.prepare(records))


def test_a_tweet_is_scored_with_its_source_and_its_model(batches, scorer):
    outcome = outcome_of(batches, b'{"id": "7", "text": "what a lovely day \xf0\x9f\x98\x80"}')
    (publication,) = outcome.publications
    value = json.loads(publication.value)
    assert value["id"] == "7"
    assert value["text"] == "what a lovely day 😀"
    assert value["model"] == scorer.model_id
    assert value["source"] == {"topic": "tweets", "partition": 1, "offset": 0}
    assert value["label"] == max(value["probabilities"], key=value["probabilities"].get)
    assert sum(value["probabilities"].values()) == pytest.approx(1.0, abs=1e-5)
    assert outcome.labels == [value["label"]]
    assert outcome.confidences == pytest.approx([max(value["probabilities"].values())], abs=1e-6)


def test_key_timestamp_partition_and_headers_are_passed_on(batches):
    outcome = outcome_of(batches, b'{"text": "x"}', key=b"1851", headers=(("trace", b"abc"),))
    (publication,) = outcome.publications
    assert publication.key == b"1851"
    assert publication.timestamp_ms == 1_700_000_000_000
    assert publication.partition == 1
    assert publication.headers == (("trace", b"abc"),)


def test_a_deletion_passes_between_tweets_in_order(batches):
    outcome = outcome_of(batches, b'{"text": "a"}', None, b'{"text": "c"}')
    assert [p.value is None for p in outcome.publications] == [False, True, False]
    assert json.loads(outcome.publications[2].value)["source"]["offset"] == 2
    assert len(outcome.labels) == 2


def test_a_deletion_without_a_key_is_a_dead_letter(batches):
    outcome = outcome_of(batches, None, key=None)
    assert [letter.reason for letter in outcome.dead_letters] == [Reason.MISSING_TEXT]
    assert not outcome.publications


def test_a_record_over_the_limit_is_a_dead_letter_and_is_not_parsed(batches):
    outcome = outcome_of(batches, b"x" * 1_000)
    (letter,) = outcome.dead_letters
    assert letter.reason is Reason.TOO_LARGE
    assert "1001 bytes, more than the 1000 allowed" in letter.message


def test_a_deletion_over_the_limit_is_a_dead_letter_too(batches):
    outcome = outcome_of(batches, None, key=b"k" * 1_001)
    assert [letter.reason for letter in outcome.dead_letters] == [Reason.TOO_LARGE]
    assert not outcome.publications


def test_a_tweet_scores_the_same_alone_and_among_others(batches):
    tweet = b'{"text": "not bad at all, @anna_example!"}'
    alone = json.loads(outcome_of(batches, tweet).publications[0].value)
    others = [b'{"text": "%s"}' % (b"word " * n) for n in range(1, 40)]
    among = json.loads(outcome_of(batches, *others, tweet).publications[-1].value)
    assert among["probabilities"] == pytest.approx(alone["probabilities"], abs=1e-5)


def test_an_empty_batch_and_a_batch_without_tweets_have_outcomes_too(batches):
    assert outcome_of(batches).publications == []
    outcome = outcome_of(batches, b"broken", None)
    assert len(outcome.publications) == 1
    assert len(outcome.dead_letters) == 1
    assert outcome.unknown_token_ratio is None


def test_without_being_told_to_explain_nothing_is_said_of_evidence(batches):
    (publication,) = outcome_of(batches, b'{"text": "so good"}').publications
    assert b"evidence" not in publication.value


def test_evidence_is_added_and_all_else_stays_as_it_is(batches, explaining):
    values = [b'{"text": "@anna_example what a lovely day!!!"}', None, b'{"text": ""}', b"broken",
              b'{"id": 3, "text": "not  good \xf0\x9f\x98\xa1"}']  # fmt: skip
    plain = outcome_of(batches, *values)
    explained = outcome_of(explaining, *values)
    assert explained.labels == plain.labels
    assert explained.confidences == plain.confidences
    counts = []
    for with_it, without in zip(explained.publications, plain.publications, strict=True):
        if with_it.value is None:
            continue
        value = json.loads(with_it.value)
        evidence = value.pop("evidence")
        assert value == json.loads(without.value)
        assert list(value) == list(json.loads(without.value))
        for ngram in evidence:
            assert ngram["text"] == value["text"][ngram["start"] : ngram["end"]] != ""
            assert ngram["label"] in value["probabilities"]
        weights = [ngram["weight"] for ngram in evidence]
        assert weights == sorted(weights, reverse=True)
        counts.append(len(evidence))
    assert counts[:2] == [5, 0]
    assert 1 <= counts[2] <= 5


def test_no_evidence_makes_a_record_too_large_for_the_output_topic(scorer):
    settings = WorkerSettings(explain=True, input_format="text")
    limit = settings.record_limit_bytes
    batches = BatchScorer(scorer, decode_text, limit, settings.evidence)
    texts = [b"\x01" * 4_000 + b"a", b"a\x01" * 2_000, "ﷺ".encode() * 4_096, b"so happy " * 9_000]
    for text in texts:
        (publication,) = outcome_of(batches, text[: limit - 1], key=b"k").publications
        assert len(json.loads(publication.value)["evidence"]) > 0
        assert len(publication.value) < settings.max_output_bytes - OVERHEAD_BYTES // 2
