"""Options and variables are one and the same; complaints are one line."""

import subprocess
import sys
from argparse import ArgumentTypeError

import pytest
from pydantic import Field

from configuration.command_line import (
    OneLineParser,
    above_zero,
    add_settings_options,
    read_settings,
    whole_number,
)
from configuration.errors import SettingsError
from configuration.kafka_connection import KafkaConnection
from configuration.reference import settings_table


class Settings(KafkaConnection):
    max_batch: int = Field(8, ge=1, description="Most records, 100 % of a batch.")
    create_topics: bool = Field(False, description="Make topics.")


def settings(*options):
    parser = OneLineParser(prog="program")
    add_settings_options(parser, Settings)
    return read_settings(Settings, parser.parse_args(options))


def test_an_option_beats_the_variable_and_the_variable_beats_the_default(monkeypatch):
    assert settings().max_batch == 8
    monkeypatch.setenv("SENTIMENT_MAX_BATCH", "16")
    assert settings().max_batch == 16
    assert settings("--max-batch", "32").max_batch == 32


def test_a_variable_set_to_nothing_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("SENTIMENT_MAX_BATCH", "")
    assert settings().max_batch == 8


def test_a_switch_can_be_turned_off_again(monkeypatch):
    monkeypatch.setenv("SENTIMENT_CREATE_TOPICS", "true")
    assert settings().create_topics
    assert not settings("--no-create-topics").create_topics


def test_a_bad_value_is_told_by_variable_and_option(monkeypatch):
    monkeypatch.setenv("SENTIMENT_MAX_BATCH", "many")
    with pytest.raises(SettingsError) as complaint:
        settings()
    assert "SENTIMENT_MAX_BATCH (--max-batch)" in str(complaint.value)
    assert "'many'" in str(complaint.value)
    assert "\n" not in str(complaint.value)


def test_a_password_is_never_an_option_nor_in_a_complaint(monkeypatch, capsys):
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "canary")
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    with pytest.raises(SettingsError) as complaint:
        settings()
    assert "KAFKA_SASL_USERNAME" in str(complaint.value)
    assert "canary" not in str(complaint.value)
    for option in (["--sasl-password", "canary"], ["--ssl-key-password=canary"]):
        with pytest.raises(SystemExit) as leave:
            settings(*option)
        assert leave.value.code == 2
    complaints = capsys.readouterr().err
    assert "canary" not in complaints
    assert "KAFKA_SASL_PASSWORD_FILE" in complaints


def test_a_password_is_taken_from_the_environment(monkeypatch):
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "canary")
    assert settings().sasl_password.get_secret_value() == "canary"


def test_a_password_does_not_show_when_settings_are_printed(monkeypatch):
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "canary")
    assert "canary" not in repr(settings())


def test_a_mistyped_option_is_one_line_and_exit_code_2(capsys):
    with pytest.raises(SystemExit) as leave:
        settings("--max-bitch", "3")
    assert leave.value.code == 2
    assert capsys.readouterr().err == (
        "program: unrecognized arguments: --max-bitch 3 (see program --help)\n"
    )


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        (whole_number(1), "1", 1),
        (whole_number(0, 9), "0", 0),
        (whole_number(0, 9), "9", 9),
        (above_zero, "0.5", 0.5),
        (above_zero, "1e3", 1000),
    ],
)
def test_a_number_within_its_bounds_is_taken(kind, text, number):
    assert kind(text) == number


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "1.5", "inf"])
def test_what_is_no_whole_number_within_its_bounds_is_told(capsys, text):
    parser = OneLineParser(prog="program")
    parser.add_argument("--limit", type=whole_number(1))
    with pytest.raises(SystemExit):
        parser.parse_args([f"--limit={text}"])
    assert capsys.readouterr().err == (
        f"program: argument --limit: {text!r} is not a whole number of at least 1 "
        "(see program --help)\n"
    )


def test_a_whole_number_may_have_a_most():
    with pytest.raises(ArgumentTypeError, match="'10' is not a whole number from 0 to 9"):
        whole_number(0, 9)("10")


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "inf", "nan"])
def test_what_is_not_a_number_above_0_is_told(text):
    with pytest.raises(ArgumentTypeError, match=f"'{text}' is not a number above 0"):
        above_zero(text)


def test_a_certificate_without_its_key_is_refused(monkeypatch, tmp_path):
    certificate = tmp_path / "client.pem"
    certificate.touch()
    with pytest.raises(SettingsError, match="KAFKA_SSL_KEYFILE"):
        settings("--ssl-certfile", str(certificate))


def test_a_certificate_file_that_is_not_there_is_named():
    with pytest.raises(SettingsError, match=r"KAFKA_SSL_CAFILE: there is no file nowhere\.pem"):
        settings("--ssl-cafile", "nowhere.pem")


def test_bootstrap_servers_need_ports():
    with pytest.raises(SettingsError, match="KAFKA_BOOTSTRAP_SERVERS"):
        settings("--bootstrap-servers", "broker")
    servers = settings("--bootstrap-servers", "a:1,b:2").client_options()["bootstrap_servers"]
    assert servers == ["a:1", "b:2"]


def test_the_table_has_a_row_for_every_setting():
    rows = settings_table(Settings).splitlines()[2:]
    assert len(rows) == len(Settings.model_fields)
    assert (
        "| `SENTIMENT_MAX_BATCH` | `--max-batch` | whole number | `8` "
        "| Most records, 100 % of a batch. |"
    ) in rows
    assert any("`KAFKA_SASL_PASSWORD` | (environment only) | secret" in row for row in rows)


def test_help_shows_every_option(capsys):
    with pytest.raises(SystemExit):
        settings("--help")
    shown = capsys.readouterr().out
    assert "--max-batch" in shown
    assert "100 % of a batch" in shown


def test_the_command_line_needs_no_kafka_client():
    code = "import sys, configuration.command_line; sys.exit('kafka' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_trouble_is_told_in_one_line_with_the_code_to_leave_with(capsys):
    assert OneLineParser(prog="python -m worker").complain(ValueError("no broker"), 4) == 4
    assert capsys.readouterr().err == "python -m worker: no broker\n"
