"""Secrets in files: one line each, and never told."""

import os

import pytest

from configuration.command_line import OneLineParser, add_settings_options, read_settings
from configuration.errors import SettingsError
from configuration.kafka_connection import KafkaConnection
from configuration.secret_files import Unprintable

LOGIN = ("--security-protocol", "SASL_PLAINTEXT", "--sasl-username", "anna")


def settings(*options):
    parser = OneLineParser(prog="program")
    add_settings_options(parser, KafkaConnection)
    return read_settings(KafkaConnection, parser.parse_args(options))


def password_in(file):
    options = settings(*LOGIN, "--sasl-password-file", str(file)).client_options()
    return str.__str__(options["sasl_plain_password"])


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_password_in_a_file_is_one_line_without_its_end(tmp_path, end):
    file = tmp_path / "password"
    file.write_bytes(" canäry with spaces ".encode() + end)
    assert password_in(file) == " canäry with spaces "


def test_a_variable_can_name_the_file(tmp_path, monkeypatch):
    (tmp_path / "password").write_text("canary\n")
    monkeypatch.setenv("KAFKA_SASL_PASSWORD_FILE", str(tmp_path / "password"))
    assert str.__str__(settings(*LOGIN).client_options()["sasl_plain_password"]) == "canary"


def test_a_password_that_is_given_twice_is_bad_usage(tmp_path, monkeypatch):
    (tmp_path / "password").write_text("canary\n")
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "canary")
    with pytest.raises(SettingsError, match="are both given") as complaint:
        password_in(tmp_path / "password")
    assert "canary" not in repr(complaint.value)
    assert "canary" not in repr(complaint.value.__context__)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"cannot read .*nowhere: No such file"):
        password_in(tmp_path / "nowhere")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(SettingsError, match=r"KAFKA_SASL_PASSWORD_FILE: cannot read .* directory"):
        password_in(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_named(tmp_path):
    file = tmp_path / "password"
    file.write_text("canary")
    file.chmod(0)
    with pytest.raises(SettingsError, match="Permission denied"):
        password_in(file)


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n"])
def test_an_empty_file_holds_no_password(tmp_path, content):
    file = tmp_path / "password"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="is empty"):
        password_in(file)


@pytest.mark.parametrize(
    "content", [b"canary\ncanary\n", b"canary\0", b"canary\xff", b"canary" * 1_000]
)
def test_what_is_no_line_of_text_is_no_password_and_is_not_shown(tmp_path, content):
    file = tmp_path / "password"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="does not hold one line of text") as complaint:
        password_in(file)
    assert "canary" not in repr(complaint.value)
    assert "canary" not in repr(complaint.value.__context__)


def test_a_key_password_in_a_file_is_held_to_the_same(tmp_path):
    with pytest.raises(SettingsError, match="KAFKA_SSL_KEY_PASSWORD_FILE: cannot read"):
        settings("--ssl-key-password-file", str(tmp_path / "nowhere"))


def test_a_library_cannot_print_what_it_was_given():
    secret = Unprintable("canary")
    assert "canary" not in f"{secret} {secret!r} { ({'password': secret}) }"
    assert secret.encode() == b"canary"
    assert "\0".join(["anna", secret]) == "anna\0canary"
