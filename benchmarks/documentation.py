"""`python -m benchmarks write-docs`: the tables of docs/performance.md, from a results file.

What stands between `<!-- begin NAME -->` and `<!-- end NAME -->` is made here; the rest of the page
is written by people.
"""

import re
import shutil
from pathlib import Path

import msgspec

from benchmarks import results
from benchmarks.capacity import Assumptions
from benchmarks.capacity_page import capacity
from benchmarks.errors import BadResults
from benchmarks.report import REGIONS
from benchmarks.results import Results

DOCS = Path(__file__).parent.parent / "docs"
PAGE, DATA, PLOTS = DOCS / "performance.md", DOCS / "performance.json", DOCS / "performance"
REGION = re.compile(r"(<!-- begin ([\w-]+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)


def write_docs(folder: Path, assumptions: Assumptions) -> list[Path]:
    """Put the results of `folder` into the documentation; return the files written.

    Raises:
        BadResults: there are none.
    """
    found = results.read(folder / results.FILE)
    found = msgspec.structs.replace(found, assumptions=assumptions)
    results.write(found, DATA)
    PAGE.write_text(filled_in(PAGE.read_text(), found))
    PLOTS.mkdir(exist_ok=True)
    plots = sorted(folder.glob("*.png"))
    return [DATA, PAGE, *(Path(shutil.copy(plot, PLOTS)) for plot in plots)]


def filled_in(page: str, found: Results) -> str:
    """Return the page with every region made from the results.

    Raises:
        BadResults: the page has a region that nothing makes.
    """
    makers = {**REGIONS, "capacity": capacity}

    def make(region: re.Match[str]) -> str:
        begin, name, end = region.groups()
        if name not in makers:
            raise BadResults(f"no results make the region {name!r} of {PAGE.name}")
        return f"{begin}\n{makers[name](found)}\n\n{end}"

    return REGION.sub(make, page)
