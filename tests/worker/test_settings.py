"""The worker's settings: one line for what cannot be used."""

import pytest

from configuration.command_line import OneLineParser, add_settings_options, read_settings
from configuration.errors import SettingsError
from worker.settings import WorkerSettings


def settings(*options):
    parser = OneLineParser(prog="worker")
    add_settings_options(parser, WorkerSettings)
    return read_settings(WorkerSettings, parser.parse_args(options))


def test_the_topics_are_those_of_the_contract_unless_told_otherwise():
    default = settings()
    assert default.input_topic == "tweets"
    assert default.output_topic == "tweets.scored"
    assert default.dead_letter_topic == "tweets.dead"
    assert default.guarantee == "exactly-once"


def test_a_worker_that_would_read_what_it_writes_is_refused():
    with pytest.raises(SettingsError, match="three different topics"):
        settings("--output-topic", "tweets")


def test_a_worker_id_that_kafka_would_refuse_is_refused_here():
    with pytest.raises(SettingsError, match="SENTIMENT_WORKER_ID"):
        settings("--worker-id", "no spaces")


def test_a_plain_text_may_grow_six_times_so_its_limit_is_lower():
    assert settings().record_limit_bytes == 524_288
    assert settings("--input-format", "text").record_limit_bytes == (900_000 - 65_536) // 6


def test_evidence_repeats_the_text_so_the_limit_is_lower():
    assert settings("--explain").record_limit_bytes == (900_000 - 65_536) // 6
    text = settings("--explain", "--input-format", "text")
    assert text.record_limit_bytes == (900_000 - 65_536) // 36
    assert (settings().evidence, text.evidence) == (0, 5)
