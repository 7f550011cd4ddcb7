"""How far are we? A bar on a terminal's error stream; elsewhere nothing."""

import contextlib
import time
from collections import deque
from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from producer.kafka_writer import KafkaWriter
from producer.sources.source import Source

_REFRESHES_PER_SECOND = 4
_RATE_OVER_REFRESHES = 5 * _REFRESHES_PER_SECOND


@contextlib.contextmanager
def progress_shown(
    source: Source, writer: KafkaWriter, limit: int | None, wanted: bool
) -> Iterator[None]:
    """Show the bar while entered; lines printed meanwhile appear above it.

    It looks at source and writer from a thread of its own, so publishing does nothing for it.
    """
    console = Console(stderr=True)
    if not (wanted and console.is_terminal):
        yield
        return
    bar = _Bar(source, writer, limit)
    with Live(
        console=console,
        get_renderable=bar.render,
        refresh_per_second=_REFRESHES_PER_SECOND,
        transient=True,
    ):
        yield


class _Bar:
    def __init__(self, source: Source, writer: KafkaWriter, limit: int | None) -> None:
        self._source = source
        self._writer = writer
        self._limit = limit
        self._seen: deque[tuple[float, int]] = deque(maxlen=_RATE_OVER_REFRESHES)

    def render(self) -> RenderableType:
        """Draw how things stand now."""
        sent, acknowledged = self._writer.sent, self._writer.acknowledged
        cells: list[RenderableType] = [
            f"{sent:,} sent",
            f"{acknowledged:,} acknowledged",
            f"{self._rate(sent):,.0f}/s",
        ]
        fraction = self._fraction(sent)
        if fraction is not None:
            cells += [ProgressBar(total=1.0, completed=fraction, width=30), f"{fraction:.0%}"]
        row = Table.grid(padding=(0, 2))
        row.add_row(*cells)
        return row

    def _rate(self, sent: int) -> float:
        now = time.monotonic()
        self._seen.append((now, sent))
        then, sent_then = self._seen[0]
        return (sent - sent_then) / (now - then) if now > then else 0.0

    def _fraction(self, sent: int) -> float | None:
        """The end is where the source ends or the limit, whichever comes first."""
        fractions = [self._source.fraction_read()]
        if self._limit is not None:
            fractions.append(sent / self._limit)
        return max((fraction for fraction in fractions if fraction is not None), default=None)
