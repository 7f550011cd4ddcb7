"""Why a cluster does not let us in, or not do what we must: one line that says what to change."""

import ssl
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from kafka.errors import (
    IllegalSaslStateError,
    InvalidReceiveError,
    KafkaError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)

if TYPE_CHECKING:
    from configuration.kafka_connection import KafkaConnection

# The numbers of OpenSSL's X509_V_ERR_*.
EXPIRED, NOT_YET_VALID, REVOKED, NO_LIST = 10, 9, 23, 3
OTHER_HOST = (62, 64)

# What a broker answers who does not like our certificate, or that we have none. Java says "unknown"
# whatever the reason is.
ABOUT_OUR_CERTIFICATE = {
    "CERTIFICATE_REQUIRED",
    "CERTIFICATE_UNKNOWN",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_REVOKED",
    "BAD_CERTIFICATE",
    "UNSUPPORTED_CERTIFICATE",
    "UNKNOWN_CA",
    "ACCESS_DENIED",
    "HANDSHAKE_FAILURE",
}

Operation = Literal["Read", "Write", "Create", "IdempotentWrite"]
Kind = Literal["topic", "group", "transactional id", "cluster"]


class TurnedAway(KafkaError):  # type: ignore[misc] # kafka-python has no types
    """A broker refuses the connection for who we are, or we refuse it for who it is."""

    def __str__(self) -> str:
        return str(self.args[0])


class Right(NamedTuple):
    """What an administrator can grant, best for all names with `prefix` where that is given."""

    operation: Operation
    kind: Kind
    name: str = ""
    prefix: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.operation, "on", self.kind, self.name)))

    @property
    def options(self) -> str:
        """How `kafka-acls.sh` is told."""
        option = f"--operation {self.operation} --{self.kind.replace(' ', '-')}"
        if self.prefix:
            return f"{option} {self.prefix} --resource-pattern-type prefixed"
        return f"{option} {self.name}".rstrip()


def missing_rights(rights: Sequence[Right], connection: "KafkaConnection") -> str:
    """Say in one line which rights we lack, and how they are granted."""
    first, *others = rights
    who, principal = "this client", "User:..."
    if connection.uses_sasl:
        who, principal = f"user {connection.sasl_username}", f"User:{connection.sasl_username}"
    all_of_them = ", ".join(map(str, rights))
    return (
        f"{who} lacks the {'rights' if others else 'right'} {all_of_them}: have "
        f"{'each' if others else 'it'} granted, by kafka-acls.sh --bootstrap-server "
        f"{connection.bootstrap_servers} --add --allow-principal {principal} {first.options} "
        "(docs/security.md lists all that is needed)"
    )


def turned_away(
    error: BaseException, address: str, connection: "KafkaConnection"
) -> TurnedAway | None:
    """Return what a failed connection means where no retry helps; None where one may.

    Args:
        error: what kafka-python, or TLS beneath it, made of the failure.
        address: the broker's.
        connection: what we wanted of it.
    """
    if isinstance(error, TurnedAway):
        return error
    tls = next((e for e in _causes(error) if isinstance(e, ssl.SSLError)), None)
    if isinstance(tls, ssl.SSLCertVerificationError):
        return TurnedAway(_their_certificate(tls, address, connection))
    if tls is not None and (tls.reason or "").rpartition("ALERT_")[2] in ABOUT_OUR_CERTIFICATE:
        return TurnedAway(_our_certificate(address, connection))
    why = None
    if isinstance(error, SaslAuthenticationFailedError):
        why = (
            f"does not accept the user {connection.sasl_username} with the password given "
            f"({connection.sasl_mechanism}): check KAFKA_SASL_USERNAME, KAFKA_SASL_MECHANISM and "
            "KAFKA_SASL_PASSWORD or KAFKA_SASL_PASSWORD_FILE"
        )
    elif isinstance(error, UnsupportedSaslMechanismError):
        why = f"does not take logins by {connection.sasl_mechanism}: set KAFKA_SASL_MECHANISM"
    elif isinstance(error, IllegalSaslStateError):
        protocol = connection.security_protocol.removeprefix("SASL_")
        why = f"takes no logins on that port: use another, or KAFKA_SECURITY_PROTOCOL={protocol}"
    elif isinstance(error, InvalidReceiveError) and not connection.uses_tls:
        why = "speaks TLS on that port: set KAFKA_SECURITY_PROTOCOL to SSL or SASL_SSL"
    elif isinstance(error, ValueError) and connection.uses_sasl:
        why = (
            "could not show that it knows our password, so it may not be the broker it seems to be"
        )
    return None if why is None else TurnedAway(f"the broker at {address} {why}")


def trouble(error: BaseException, address: str) -> str:
    """Say in a few words what a failed connection means that may succeed later."""
    if any(isinstance(cause, ssl.SSLEOFError) for cause in _causes(error)):
        return (
            f"{address} hung up instead of speaking TLS; if it stays so, does that port want "
            "another KAFKA_SECURITY_PROTOCOL?"
        )
    return f"{address}: {' '.join(str(error).split())}"


def _their_certificate(
    error: ssl.SSLCertVerificationError, address: str, connection: "KafkaConnection"
) -> str:
    trusted = connection.ssl_cafile or "not set: those that this system trusts"
    reason = error.verify_message
    what_to_do = (
        f"it is not signed by an authority in KAFKA_SSL_CAFILE ({trusted}), which must hold the "
        f"one that signs the brokers' certificates ({reason})"
    )
    if error.verify_code in OTHER_HOST:
        what_to_do = (
            "it is for another host: name the brokers in KAFKA_BOOTSTRAP_SERVERS, and in their "
            f"advertised.listeners, as their certificates do ({reason})"
        )
    elif error.verify_code in (EXPIRED, NOT_YET_VALID):
        what_to_do = f"it must be renewed, or this machine's clock is wrong ({reason})"
    elif error.verify_code == REVOKED:
        what_to_do = f"KAFKA_SSL_CRLFILE ({connection.ssl_crlfile}) lists it as revoked"
    elif error.verify_code == NO_LIST:
        what_to_do = (
            f"KAFKA_SSL_CRLFILE ({connection.ssl_crlfile}) has no list of its authority ({reason})"
        )
    return f"the certificate of the broker at {address} cannot be trusted: {what_to_do}"


def _our_certificate(address: str, connection: "KafkaConnection") -> str:
    if connection.ssl_certfile is None:
        return (
            f"the broker at {address} wants a client certificate: set KAFKA_SSL_CERTFILE and "
            "KAFKA_SSL_KEYFILE"
        )
    return (
        f"the broker at {address} does not accept our certificate, KAFKA_SSL_CERTFILE "
        f"({connection.ssl_certfile}): it has expired, or the brokers do not trust its authority"
    )


def _causes(error: BaseException) -> list[BaseException]:
    """An error and all that it was made of; kafka-python keeps some as an argument."""
    found: list[BaseException] = []
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is not None and one not in found:
            found.append(one)
            left += [one.__cause__, one.__context__]
            left += [argument for argument in one.args if isinstance(argument, BaseException)]
    return found
