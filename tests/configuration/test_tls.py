"""Files that TLS cannot use are told at the start, by the variable that names them."""

import pytest

from configuration.command_line import OneLineParser, add_settings_options, read_settings
from configuration.errors import SettingsError
from configuration.kafka_connection import KafkaConnection
from tests.security.certificates import Authority

TLS = ("--security-protocol", "SSL")


def settings(*options):
    parser = OneLineParser(prog="program")
    add_settings_options(parser, KafkaConnection)
    return read_settings(KafkaConnection, parser.parse_args(options))


@pytest.fixture(scope="module")
def authority():
    return Authority("an authority")


@pytest.fixture
def files(authority, tmp_path):
    """Give the paths of our certificate and its key."""
    return authority.sign("anna").write(tmp_path, "anna")


def as_client(certificate, key):
    return settings(*TLS, "--ssl-certfile", str(certificate), "--ssl-keyfile", str(key))


def test_the_broker_and_its_host_are_always_verified(files):
    context = as_client(*files).client_options()["ssl_context"]
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"
    assert context.minimum_version.name == "TLSv1_2"


def test_without_a_file_the_authorities_of_the_system_are_trusted():
    assert settings(*TLS).client_options()["ssl_context"].get_ca_certs()


def test_an_authority_in_a_file_is_trusted_alone(authority, tmp_path):
    file = tmp_path / "authority.pem"
    file.write_text(authority.pem)
    context = settings(*TLS, "--ssl-cafile", str(file)).client_options()["ssl_context"]
    [trusted] = context.get_ca_certs()
    assert trusted["subject"] == ((("commonName", "an authority"),),)


@pytest.mark.parametrize("option", ["cafile", "crlfile"])
def test_a_file_without_a_certificate_is_named(tmp_path, option):
    file = tmp_path / "text"
    file.write_text("no certificate")
    with pytest.raises(SettingsError, match=f"KAFKA_SSL_{option.upper()}: no .* in PEM format"):
        settings(*TLS, f"--ssl-{option}", str(file))


def test_a_key_of_another_certificate_is_told(authority, files, tmp_path):
    _, other = authority.sign("bob").write(tmp_path, "bob")
    with pytest.raises(SettingsError, match=r"bob\.key is not the key of .*anna\.pem"):
        as_client(files[0], other)


def test_a_certificate_that_is_none_is_told(files):
    with pytest.raises(SettingsError, match="not a certificate and its key in PEM format"):
        as_client(files[1], files[1])


def test_an_encrypted_key_needs_its_password(authority, tmp_path, monkeypatch):
    files = authority.sign("anna", password="canary").write(tmp_path, "locked")
    with pytest.raises(SettingsError, match=r"locked\.key is encrypted: set KAFKA_SSL_KEY_PASS"):
        as_client(*files)
    monkeypatch.setenv("KAFKA_SSL_KEY_PASSWORD", "wrong canary")
    with pytest.raises(SettingsError, match="KAFKA_SSL_KEY_PASSWORD does not decrypt") as complaint:
        as_client(*files)
    assert "canary" not in repr(complaint.value)
    monkeypatch.setenv("KAFKA_SSL_KEY_PASSWORD", "canary")
    assert "ssl_context" in as_client(*files).client_options()


def test_tls_files_are_not_left_unused_in_silence(files):
    with pytest.raises(SettingsError, match="KAFKA_SECURITY_PROTOCOL is not: set it"):
        settings("--ssl-certfile", str(files[0]), "--ssl-keyfile", str(files[1]))
    plain = settings("--security-protocol", "PLAINTEXT", "--ssl-cafile", str(files[0]))
    assert "ssl_context" not in plain.client_options()


def test_a_user_name_is_not_left_unused_in_silence():
    with pytest.raises(SettingsError, match="KAFKA_SASL_USERNAME is given and KAFKA_SECURITY_PROT"):
        settings("--sasl-username", "anna")
