"""Dead letters are chosen by reason, time and place; what cannot be understood is told."""

import argparse
from datetime import UTC, datetime

import pytest

from configuration.command_line import OneLineParser
from tests.worker.test_stored_letters import stored
from worker.letter_selection import Selection, add_selection_options, place
from worker.stored_letters import Place

NOW = datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC)


def chosen(*options):
    parser = OneLineParser(prog="list")
    add_selection_options(parser, lambda: NOW)
    return Selection.of(parser.parse_args(options))


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-07-01", datetime(2026, 7, 1, tzinfo=UTC)),
        ("2026-07-01T10:30", datetime(2026, 7, 1, 10, 30, tzinfo=UTC)),
        ("2026-07-01T10:30:05.250Z", datetime(2026, 7, 1, 10, 30, 5, 250_000, tzinfo=UTC)),
        ("2026-07-01T10:30+02:00", datetime(2026, 7, 1, 8, 30, tzinfo=UTC)),
        ("90s", datetime(2026, 7, 1, 11, 58, 30, tzinfo=UTC)),
        ("15m", datetime(2026, 7, 1, 11, 45, tzinfo=UTC)),
        ("2h", datetime(2026, 7, 1, 10, 0, tzinfo=UTC)),
        ("3d", datetime(2026, 6, 28, 12, 0, tzinfo=UTC)),
        ("1w", datetime(2026, 6, 24, 12, 0, tzinfo=UTC)),
    ],
)
def test_a_time_is_a_date_or_an_age(text, time):
    assert chosen("--since", text).since_ms == time.timestamp() * 1000


@pytest.mark.parametrize("text", ["yesterday", "2x", "h", "999999w", "2026-13-01", ""])
def test_what_is_no_time_is_told_with_examples(text, capsys):
    with pytest.raises(SystemExit) as left:
        chosen("--until", text)
    assert left.value.code == 2
    assert "2026-07-01T12:00" in capsys.readouterr().err


def test_an_unknown_reason_is_told_with_the_valid_ones(capsys):
    with pytest.raises(SystemExit) as left:
        chosen("--reason", "invalid-jso")
    assert left.value.code == 2
    complaint = capsys.readouterr().err
    assert "invalid-jso" in complaint
    assert "invalid-utf8" in complaint
    assert "too-large" in complaint
    assert complaint.count("\n") == 1


def test_a_dead_letter_must_have_one_of_the_reasons_and_a_time_in_between():
    letter = stored()  # wrong-type, of 2023-11-14T22:13:20Z
    assert chosen().fits(letter)
    assert chosen().is_everything
    assert chosen("--reason", "wrong-type", "--reason", "too-large").fits(letter)
    assert not chosen("--reason", "too-large").fits(letter)
    assert chosen("--since", "2023-11-14T22:13:20").fits(letter)
    assert not chosen("--until", "2023-11-14T22:13:20").fits(letter)
    assert not chosen("--since", "2h").fits(letter)


def test_a_place_is_a_partition_and_an_offset():
    assert place("0:17") == Place(0, 17)
    assert str(Place(3, 99)) == "3:99"


@pytest.mark.parametrize("text", ["17", "0:", ":1", "0:-1", "a:b", "0:1:2", "²:1", "0:" + "9" * 30])
def test_what_is_no_place_is_told_with_an_example(text):
    with pytest.raises(argparse.ArgumentTypeError, match="0:17"):
        place(text)
