"""What kafka-python may log: neither passwords nor tracebacks of what is told in words."""

import logging

from kafka.protocol.sasl import (
    SaslAuthenticateRequest,
    SaslAuthenticateResponse,
    SaslBytesRequest,
    SaslBytesResponse,
)

LOGIN = (SaslAuthenticateRequest, SaslAuthenticateResponse, SaslBytesRequest, SaslBytesResponse)
# At debug the first two log every request, and its bytes: PLAIN sends the password as it is. The
# third logs a traceback, at error, of every connection that ends unexpectedly.
LOGGERS = ("kafka.net.connection", "kafka.protocol.parser", "kafka.net.transport")


def keep_secrets_out() -> None:
    """Let the library's loggers leave logins out from now on, at every level."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_discretion)


class _Discretion(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(map(_without_secrets, record.args))
        record.exc_info = None
        return True


def _without_secrets(argument: object) -> object:
    if isinstance(argument, bytes | bytearray | memoryview):
        return f"({len(argument)} bytes)"
    return f"{type(argument).__name__}(...)" if isinstance(argument, LOGIN) else argument


_discretion = _Discretion()
