"""Log lines on standard error: for people on a console, or one JSON object each for machines."""

import logging
import sys
import time
from typing import Literal

import structlog

# While its broker is away kafka-python tells of every attempt, ten lines a second at times.
KAFKA_SECONDS_BETWEEN_LINES = 10.0


def configure(log_format: Literal["console", "json"], level: str) -> None:
    """Send our own lines and those of the libraries through one formatter to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if log_format == "json":
        shared.append(structlog.processors.format_exc_info)
        renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The default draws boxes with every local variable, and these may hold secrets.
            exception_formatter=structlog.dev.plain_traceback,
        )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    if level != "debug":
        handler.addFilter(_Seldom("kafka", KAFKA_SECONDS_BETWEEN_LINES))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # At info kafka-python tells of every connection and heartbeat.
    logging.getLogger("kafka").setLevel(max(logging.WARNING, root.level))


class _Seldom(logging.Filter):
    """Lets a library speak once per `seconds`, so that its troubles are told, not repeated."""

    def __init__(self, library: str, seconds: float) -> None:
        super().__init__()
        self._library = library
        self._seconds = seconds
        self._last_seconds = -seconds

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.split(".", 1)[0] != self._library:
            return True
        now = time.monotonic()
        if now - self._last_seconds < self._seconds:
            return False
        self._last_seconds = now
        return True
