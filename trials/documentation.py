"""`python -m trials write-docs`: the last figures in docs/reliability.md, from what trials wrote.

What stands between `<!-- begin NAME -->` and `<!-- end NAME -->` is made here; the rest of the page
is written by people.
"""

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from benchmarks.documentation import REGION
from configuration.command_line import OneLineParser
from trials.late_requests_report import LateRequests
from trials.report import Report
from trials.soak_report import SoakReport

DONE, BAD_USAGE = 0, 2
DOCS = Path(__file__).parent.parent / "docs"
PAGE, DATA = DOCS / "reliability.md", DOCS / "reliability"
PLOT = "soak.png"

PLOT_LINK = f"![memory, files, threads and latency over time](reliability/{PLOT})"
NOTHING_YET = "No run has been published yet."


def main(argv: Sequence[str]) -> int:
    """Put what trials found into the documentation; return the exit code."""
    parser = OneLineParser(
        prog="python -m trials write-docs",
        description="Put the results of a folder into docs/reliability.md.",
    )
    parser.add_argument("folder", type=Path, help="where trials wrote their results")
    folder = parser.parse_args(argv).folder
    found = [name for name in MAKERS if (folder / f"{name}.json").exists()]
    if not found:
        wanted = ", ".join(f"{name}.json" for name in MAKERS)
        return parser.complain(f"{folder} holds none of {wanted}: hold a trial", BAD_USAGE)
    DATA.mkdir(exist_ok=True)
    for name in found:
        shutil.copy(folder / f"{name}.json", DATA)
    if (folder / PLOT).exists():
        shutil.copy(folder / PLOT, DATA)
    PAGE.write_text(filled_in(PAGE.read_text(), DATA))
    print(f"docs/{PAGE.name}: {', '.join(found)}")
    return DONE


def filled_in(page: str, data: Path) -> str:
    """Return the page with every region made from the results in `data`, where there are any."""

    def make(region: re.Match[str]) -> str:
        begin, name, end = region.groups()
        results = data / f"{name}.json"
        made = MAKERS[name](results.read_bytes()).strip() if results.exists() else NOTHING_YET
        return f"{begin}\n{made}\n\n{end}"

    return REGION.sub(make, page)


def _soak(content: bytes) -> str:
    return f"{msgspec.json.decode(content, type=SoakReport).markdown()}\n{PLOT_LINK}"


MAKERS: dict[str, Callable[[bytes], str]] = {
    "chaos": lambda content: msgspec.json.decode(content, type=Report).markdown(),
    "soak": _soak,
    "late-requests": lambda content: msgspec.json.decode(content, type=LateRequests).figures(),
}
