"""The sources of tweets, a file each; a further one is written beside them and listed here."""

from producer.sources import file, stdin
from producer.sources.source import Source, SourceCommand

SOURCES: tuple[SourceCommand, ...] = (file.COMMAND, stdin.COMMAND)

__all__ = ["SOURCES", "Source", "SourceCommand"]
