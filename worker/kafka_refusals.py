"""Kafka's errors after which no retry helps."""

from kafka.errors import (
    AuthorizationError,
    InvalidRecordError,
    InvalidTimestampError,
    MessageSizeTooLargeError,
    SaslAuthenticationFailedError,
)

# The broker knows us no longer, or lets us no longer.
REFUSED = (AuthorizationError, SaslAuthenticationFailedError)
# It does not take a record of ours, whatever it is sent with.
REFUSED_RECORD = (InvalidRecordError, InvalidTimestampError, MessageSizeTooLargeError)
