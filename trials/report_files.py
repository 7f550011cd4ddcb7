"""How a trial's report is kept: as JSON for machines, and as a page for people."""

from pathlib import Path

import msgspec


def store(folder: Path, name: str, report: msgspec.Struct, page: str) -> None:
    """Write a report to `NAME.json` and its page to `NAME.md`."""
    folder.mkdir(parents=True, exist_ok=True)
    content = msgspec.json.format(msgspec.json.encode(report), indent=1)
    (folder / f"{name}.json").write_bytes(content + b"\n")
    (folder / f"{name}.md").write_text(page)
