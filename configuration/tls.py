"""What TLS needs of us: whom we trust, and who we are."""

import ssl
from pathlib import Path


def client_context(
    cafile: Path | None,
    certfile: Path | None,
    keyfile: Path | None,
    key_password: str | None,
    crlfile: Path | None,
) -> ssl.SSLContext:
    """Return a context that verifies a broker's certificate and its host, always.

    It is made here and not by kafka-python, which would do so at each connection and take a file
    that it cannot use for a broker that does not answer.

    Args:
        cafile: authorities to trust; None trusts those that the system does.
        certfile: our own certificate, followed by those between it and its authority.
        keyfile: the key of our own certificate.
        key_password: what the key is encrypted with.
        crlfile: lists of revoked certificates, of every authority that is trusted.

    Raises:
        ValueError: a file cannot be used; the message names its variable.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cafile is None:
        context.load_default_certs()
    else:
        _trust(context, "KAFKA_SSL_CAFILE", cafile, "no certificate")
    if crlfile is not None:
        _trust(context, "KAFKA_SSL_CRLFILE", crlfile, "no revocation list")
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    if certfile is not None and keyfile is not None:
        _identify(context, certfile, keyfile, key_password)
    return context


def _trust(context: ssl.SSLContext, variable: str, file: Path, complaint: str) -> None:
    try:
        context.load_verify_locations(cafile=file)
    except ssl.SSLError:
        raise ValueError(f"{variable}: {complaint} in PEM format in {file}") from None
    except OSError as error:
        raise ValueError(f"{variable}: cannot read {file}: {error.strerror}") from None


def _identify(
    context: ssl.SSLContext, certfile: Path, keyfile: Path, key_password: str | None
) -> None:
    asked = False

    def password() -> str:
        # Without a callback OpenSSL would ask on the terminal, and wait.
        nonlocal asked
        asked = True
        return key_password or ""

    try:
        context.load_cert_chain(certfile, keyfile, password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            complaint = f"KAFKA_SSL_KEYFILE: {keyfile} is not the key of {certfile}"
        elif not asked:
            complaint = (
                f"KAFKA_SSL_CERTFILE and KAFKA_SSL_KEYFILE: {certfile} and {keyfile} are not a "
                "certificate and its key in PEM format"
            )
        elif key_password is None:
            complaint = f"KAFKA_SSL_KEYFILE: {keyfile} is encrypted: set KAFKA_SSL_KEY_PASSWORD"
        else:
            complaint = f"KAFKA_SSL_KEY_PASSWORD does not decrypt {keyfile}"
        raise ValueError(complaint) from None
    except OSError as error:
        raise ValueError(
            f"KAFKA_SSL_CERTFILE and KAFKA_SSL_KEYFILE: cannot read {certfile} and {keyfile}: "
            f"{error.strerror}"
        ) from None
