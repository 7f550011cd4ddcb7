"""What every source of tweets promises."""

import argparse
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from producer.envelope import Malformed, Record


class Source(Protocol):
    """A place that tweets come from."""

    @property
    def live(self) -> bool:
        """Whether tweets come when they come, so that a pause is not made up for."""

    def records(self) -> Iterator[Record | Malformed]:
        """Yield tweets as they come, and in their place what should have been one.

        Raises:
            UnreadableSource: when it cannot be read, or no further.
        """

    def fraction_read(self) -> float | None:
        """Return how much has been read, from 0 to 1; None where no end is known."""


class SourceCommand(NamedTuple):
    """How a source is named, configured and opened on the command line."""

    name: str
    summary: str
    add_options: Callable[[argparse.ArgumentParser], None]
    open: Callable[[argparse.Namespace], Source]
