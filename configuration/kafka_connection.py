"""How a program reaches its Kafka cluster: the `KAFKA_*` variables."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# What Kafka allows in the names of topics, groups, members and transactions alike.
KAFKA_NAME = r"^[A-Za-z0-9._-]{1,200}$"


class KafkaConnection(BaseSettings):
    """Settings that every program with a Kafka client shares; each adds its own to them."""

    model_config = SettingsConfigDict(
        env_prefix="SENTIMENT_",
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        env_ignore_empty=True,
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
    ssl_cafile: Path | None = Field(
        None,
        validation_alias="KAFKA_SSL_CAFILE",
        description="Authority that signed the brokers' certificates (PEM).",
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

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        """Refuse combinations that could only fail later, inside the client."""
        if self.security_protocol.startswith("SASL") and (
            self.sasl_username is None or self.sasl_password is None
        ):
            raise ValueError(
                f"KAFKA_SECURITY_PROTOCOL={self.security_protocol} needs KAFKA_SASL_USERNAME "
                "and KAFKA_SASL_PASSWORD"
            )
        if (self.ssl_certfile is None) != (self.ssl_keyfile is None):
            raise ValueError(
                "a client certificate needs both KAFKA_SSL_CERTFILE and KAFKA_SSL_KEYFILE"
            )
        for name in ("ssl_cafile", "ssl_certfile", "ssl_keyfile"):
            path: Path | None = getattr(self, name)
            if path is not None and not path.is_file():
                raise ValueError(f"KAFKA_{name.upper()}: there is no file {path}")
        return self

    def client_options(self) -> dict[str, object]:
        """Return what every kafka-python client of ours is constructed with."""
        options: dict[str, object] = {
            "bootstrap_servers": self.bootstrap_servers.split(","),
            "security_protocol": self.security_protocol,
            # kafka-python uses up this time even where the port is closed; the default is thirty.
            "bootstrap_timeout_ms": 5_000,
            # A broker that restarts is back in seconds; the default would grow to thirty.
            "reconnect_backoff_max_ms": 1_000,
        }
        if self.security_protocol.startswith("SASL") and self.sasl_password is not None:
            options["sasl_mechanism"] = self.sasl_mechanism
            options["sasl_plain_username"] = self.sasl_username
            options["sasl_plain_password"] = self.sasl_password.get_secret_value()
        if self.security_protocol.endswith("SSL"):
            for name in ("ssl_cafile", "ssl_certfile", "ssl_keyfile"):
                path: Path | None = getattr(self, name)
                if path is not None:
                    options[name] = str(path)
        return options
