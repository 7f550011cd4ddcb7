"""Which dead letters are meant: options of the command line, and what fits them."""

import argparse
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from configuration.command_line import whole_number
from worker.messages import Reason
from worker.stored_letters import Place, StoredLetter

AGO = re.compile(r"(\d{1,6})([smhdw])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Selection(Struct, frozen=True):
    """Fits a dead letter that has one of `reasons` and a time from `since` to before `until`.

    Times are in milliseconds since 1970 UTC. None fits all.
    """

    reasons: frozenset[str] | None
    since_ms: float | None
    until_ms: float | None

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "Selection":
        """Return the selection that the options of `add_selection_options` make."""
        reasons = arguments.reason and frozenset(arguments.reason)
        return cls(reasons or None, arguments.since, arguments.until)

    @property
    def is_everything(self) -> bool:
        """Whether nothing was chosen."""
        return self == Selection(None, None, None)

    def fits(self, letter: StoredLetter) -> bool:
        """Return whether `letter` is one of those meant."""
        time_ms = letter.timestamp_ms
        return (
            (self.reasons is None or letter.reason in self.reasons)
            and (self.since_ms is None or time_ms >= self.since_ms)
            and (self.until_ms is None or time_ms < self.until_ms)
        )


def add_selection_options(
    parser: argparse.ArgumentParser, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> None:
    """Give `parser` the options that choose dead letters."""
    time = time_reader(clock)
    parser.add_argument(
        "--reason",
        action="append",
        choices=[reason.value for reason in Reason],
        help="only with this reason; may be given several times",
    )
    parser.add_argument(
        "--since",
        type=time,
        metavar="TIME",
        help="from this time on, 2026-07-01T12:00 (UTC unless it says otherwise) or 2h ago; a dead "
        "letter has the time of the original record",
    )
    parser.add_argument(
        "--until", type=time, metavar="TIME", help="only before this time, written likewise"
    )
    parser.add_argument("--limit", type=whole_number(1), metavar="N", help="at most N dead letters")


def place(text: str) -> Place:
    """Return the place that `text` names, as an argument type."""
    try:
        return Place.read(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not PARTITION:OFFSET, such as 0:17"
        ) from None


def time_reader(clock: Callable[[], datetime]) -> Callable[[str], float]:
    """Return an argument type: a point in time in ISO 8601, or how long before now it was.

    It gives milliseconds since 1970 UTC. A time that does not tell its zone is UTC, as those are
    that we print.
    """

    def read(text: str) -> float:
        try:
            ago = AGO.fullmatch(text)
            if ago:
                time = clock() - timedelta(**{UNITS[ago[2]]: int(ago[1])})
            else:
                time = datetime.fromisoformat(text)
        except (ValueError, OverflowError):
            raise argparse.ArgumentTypeError(
                f"{text!r} is neither a time like 2026-07-01T12:00 nor an age like 90s, 15m, 2h, "
                "3d or 1w"
            ) from None
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000

    return read
