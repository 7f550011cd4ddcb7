"""How a program reaches its Kafka cluster: the `KAFKA_*` variables."""

import ssl
from functools import partial
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, PrivateAttr, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from configuration.kafka_client import GuardedClient
from configuration.secret_files import Unprintable, secret
from configuration.tls import client_context

# What Kafka allows in the names of topics, groups, members and transactions alike.
KAFKA_NAME = r"^[A-Za-z0-9._-]{1,200}$"
_TLS_FILES = ("ssl_cafile", "ssl_certfile", "ssl_keyfile", "ssl_crlfile")


class KafkaConnection(BaseSettings):
    """Settings that every program with a Kafka client shares; each adds its own to them."""

    model_config = SettingsConfigDict(
        env_prefix="SENTIMENT_",
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        env_ignore_empty=True,
        # Else the text of a complaint about the whole would show everything that was given.
        hide_input_in_errors=True,
    )

    bootstrap_servers: str = Field(
        "localhost:9092",
        validation_alias="KAFKA_BOOTSTRAP_SERVERS",
        description="Brokers to start from: host:port, several separated by commas.",
        pattern=r"^[^\s,]+:\d+(,[^\s,]+:\d+)*$",
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT",
        validation_alias="KAFKA_SECURITY_PROTOCOL",
        description="How to speak to the brokers.",
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "PLAIN",
        validation_alias="KAFKA_SASL_MECHANISM",
        description="How to log in where the protocol is SASL_*.",
    )
    sasl_username: str | None = Field(
        None,
        validation_alias="KAFKA_SASL_USERNAME",
        description="User name where the protocol is SASL_*.",
    )
    sasl_password: SecretStr | None = Field(
        None,
        validation_alias="KAFKA_SASL_PASSWORD",
        description="Password where the protocol is SASL_*. Environment only: other users of a "
        "machine can read command lines.",
    )
    sasl_password_file: Path | None = Field(
        None,
        validation_alias="KAFKA_SASL_PASSWORD_FILE",
        description="File with that password instead, one line.",
    )
    ssl_cafile: Path | None = Field(
        None,
        validation_alias="KAFKA_SSL_CAFILE",
        description="Authorities that sign the brokers' certificates (PEM). Without it: those that "
        "the system trusts.",
    )
    ssl_certfile: Path | None = Field(
        None,
        validation_alias="KAFKA_SSL_CERTFILE",
        description="Our own certificate, where the brokers ask for one (PEM).",
    )
    ssl_keyfile: Path | None = Field(
        None,
        validation_alias="KAFKA_SSL_KEYFILE",
        description="The key of our own certificate (PEM).",
    )
    ssl_key_password: SecretStr | None = Field(
        None,
        validation_alias="KAFKA_SSL_KEY_PASSWORD",
        description="What that key is encrypted with, where it is. Environment only.",
    )
    ssl_key_password_file: Path | None = Field(
        None,
        validation_alias="KAFKA_SSL_KEY_PASSWORD_FILE",
        description="File with the key's password instead, one line.",
    )
    ssl_crlfile: Path | None = Field(
        None,
        validation_alias="KAFKA_SSL_CRLFILE",
        description="Lists of revoked certificates (PEM); the brokers' are looked up there.",
    )
    _password: SecretStr | None = PrivateAttr(None)
    _tls: ssl.SSLContext | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        """Refuse what could only fail later, inside the client, and read the files."""
        self._password = secret("KAFKA_SASL_PASSWORD", self.sasl_password, self.sasl_password_file)
        if self.uses_sasl and (self.sasl_username is None or self._password is None):
            raise ValueError(
                f"KAFKA_SECURITY_PROTOCOL={self.security_protocol} needs KAFKA_SASL_USERNAME "
                "and KAFKA_SASL_PASSWORD or KAFKA_SASL_PASSWORD_FILE"
            )
        if (self.ssl_certfile is None) != (self.ssl_keyfile is None):
            raise ValueError(
                "a client certificate needs both KAFKA_SSL_CERTFILE and KAFKA_SSL_KEYFILE"
            )
        for name in _TLS_FILES:
            path: Path | None = getattr(self, name)
            if path is not None and not path.is_file():
                raise ValueError(f"KAFKA_{name.upper()}: there is no file {path}")
        if "security_protocol" not in self.model_fields_set:
            self._refuse_what_would_not_be_used()
        key_password = secret(
            "KAFKA_SSL_KEY_PASSWORD", self.ssl_key_password, self.ssl_key_password_file
        )
        if self.uses_tls:
            self._tls = client_context(
                self.ssl_cafile,
                self.ssl_certfile,
                self.ssl_keyfile,
                key_password.get_secret_value() if key_password else None,
                self.ssl_crlfile,
            )
        return self

    def _refuse_what_would_not_be_used(self) -> None:
        """Who gives certificates or a login does not expect to talk in the clear and unnamed."""
        for name in (*_TLS_FILES, "sasl_username"):
            if getattr(self, name) is not None:
                protocol = "SASL_SSL" if name == "sasl_username" else "SSL or SASL_SSL"
                raise ValueError(
                    f"KAFKA_{name.upper()} is given and KAFKA_SECURITY_PROTOCOL is not: set it, "
                    f"for example to {protocol}"
                )

    @property
    def uses_sasl(self) -> bool:
        """Whether we log in with a name and a password."""
        return self.security_protocol.startswith("SASL")

    @property
    def uses_tls(self) -> bool:
        """Whether the connection is encrypted, and the broker's certificate verified."""
        return self.security_protocol.endswith("SSL")

    def client_options(self) -> dict[str, object]:
        """Return what every kafka-python client of ours is constructed with."""
        options: dict[str, object] = {
            "bootstrap_servers": self.bootstrap_servers.split(","),
            "security_protocol": self.security_protocol,
            "kafka_client": partial(GuardedClient, connection=self),
            # kafka-python uses up this time even where the port is closed; the default is thirty.
            "bootstrap_timeout_ms": 5_000,
            # A broker that restarts is back in seconds; the default would grow to thirty.
            "reconnect_backoff_max_ms": 1_000,
        }
        if self.uses_sasl and self._password is not None:
            options["sasl_mechanism"] = self.sasl_mechanism
            options["sasl_plain_username"] = self.sasl_username
            options["sasl_plain_password"] = Unprintable(self._password.get_secret_value())
        if self._tls is not None:
            options["ssl_context"] = self._tls
        return options
