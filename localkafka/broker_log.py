"""What the broker's log tells: that it is up, or why it is not."""

import re
from pathlib import Path

# The broker logs this when the controller lets it serve: topics can be made from now on.
_STARTED = b"] Kafka Server started"

# "Caused by: java.net.BindException: Address already in use", with or without what precedes.
_EXCEPTION = re.compile(
    r'^(?:Caused by: |Exception in thread "[^"]*" )?(?:[\w$]+\.)+[\w$]*(?:Exception|Error): (.+)'
)
_ERROR = re.compile(r"^.*\b(?:ERROR|FATAL) .*? - (.+)")

# What Java says after it has said what the matter is.
_JAVA_GAVE_UP = ("Error: Could not create the Java", "Error: A fatal exception")


class BrokerLog:
    """The part of a log file that was written since this object was made.

    Args:
        path: The file; it may not exist yet, and may hold what earlier brokers logged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._begin = path.stat().st_size if path.exists() else 0

    def says_started(self) -> bool:
        """Tell whether the broker serves."""
        return _STARTED in self._read()

    def says_port_taken(self) -> bool:
        """Tell whether the broker ended because another program listens on one of its ports."""
        return b"Address already in use" in self._read()

    def telling_line(self) -> str:
        """Return the line that tells best why the broker ended.

        The innermost cause of the last exception, else the last error, else the last line.
        """
        lines = self._read().decode(errors="replace").splitlines()
        for pattern in (_EXCEPTION, _ERROR):
            found = [match[1] for match in map(pattern.match, lines) if match]
            if found:
                return found[-1]
        said = [line for line in lines if line.strip() and not line.startswith(_JAVA_GAVE_UP)]
        return said[-1].strip() if said else "it said nothing"

    def _read(self) -> bytes:
        if not self.path.exists():
            return b""
        with self.path.open("rb") as file:
            file.seek(self._begin)
            return file.read()
