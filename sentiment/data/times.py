"""When a text was written, in seconds since 1970 (UTC), from the forms that files have it in."""

import re
from datetime import UTC, datetime

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
# As the X API v1.1 gives them ("+0000") and as Sentiment140 does ("PDT").
_OF_TWITTER = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d?) (\d\d):(\d\d):(\d\d) ([+-]\d{4}|[A-Z]{2,4}) (\d{4})"
)
_ZONE_HOURS = {
    "UTC": 0, "GMT": 0, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7,
    "PDT": -7, "PST": -8,
}  # fmt: skip
# Ids of tweets hold milliseconds since this one, above 22 bits that do not concern us here. Those
# given out before, in 2010, were counted on, and are below 2^40.
_FIRST_SNOWFLAKE_MS = 1288834974657
_SNOWFLAKES = range((1 << 40) + 1, 1 << 63)
# Seconds of the next thousand years are below the one, milliseconds below the other.
_MOST_SECONDS = 10**11
_MOST_MILLISECONDS = 10**14
# Seconds of 1970 to 1973, or a day as in 20200101. There were no tweets then.
_DAYS = range(10**7, 10**8)
# Longer ids are no snowflakes, and Python reads no numbers of thousands of digits.
_MOST_DIGITS = len(str(_SNOWFLAKES[-1]))


def seconds(value: object) -> float | None:
    """Return the time that `value` is, None where it is none.

    Args:
        value: A number of seconds or milliseconds since 1970, a day as 20090406, ISO 8601, or "Mon
            Apr 06 22:19:45 PDT 2009"; a time without a zone is UTC.
    """
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, str):
        return _of_text(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Whether a float is in a range Python finds out by trying all of it.
    if _DAYS.start <= value < _DAYS.stop:
        return _of_iso(str(int(value)))
    if abs(value) < _MOST_SECONDS:
        return float(value)
    return value / 1000 if abs(value) < _MOST_MILLISECONDS else None


def seconds_of_id(identity: str | int | None) -> float | None:
    """Return when a tweet of this id was written, None where the id does not tell."""
    if isinstance(identity, str):
        number = identity.isascii() and identity.isdecimal() and len(identity) <= _MOST_DIGITS
        identity = int(identity) if number else None
    if not isinstance(identity, int) or identity not in _SNOWFLAKES:
        return None  # Whether a float is in a range Python finds out by trying all of it.
    return ((identity >> 22) + _FIRST_SNOWFLAKE_MS) / 1000


def _of_text(text: str) -> float | None:
    if of_twitter := _OF_TWITTER.fullmatch(text):
        return _of_fields(*of_twitter.groups())
    try:
        return seconds(float(text))
    except ValueError:
        return _of_iso(text)


def _of_iso(text: str) -> float | None:
    try:
        return seconds(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _of_fields(
    month: str, day: str, hour: str, minute: str, second: str, zone: str, year: str
) -> float | None:
    if month not in _MONTHS or (zone.isalpha() and zone not in _ZONE_HOURS):
        return None
    hours = _ZONE_HOURS[zone] if zone.isalpha() else int(zone[:3]) + int(zone[0] + zone[3:]) / 60
    month_number = _MONTHS.index(month) + 1
    try:
        local = datetime(
            int(year), month_number, int(day), int(hour), int(minute), int(second), tzinfo=UTC
        )
    except ValueError:
        return None
    return local.timestamp() - 3600 * hours
