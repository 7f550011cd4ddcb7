"""The documentation says what the code does."""

import re
import subprocess
from pathlib import Path

import pytest

from docs.generate import PAGES

ROOT = Path(__file__).parent.parent.parent
FOLDERS = (
    "benchmarks|configuration|demo|deploy|docs|localkafka|producer|requirements|sentiment|tests"
    "|trials|worker"
)
WRITTEN = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_generated_page_is_up_to_date(name):
    assert (ROOT / "docs" / name).read_text() == PAGES[name](), "run `make docs`"


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page):
    for path in re.findall(rf"`((?:{FOLDERS})/[\w./]+)`", page.read_text()):
        assert (ROOT / path).exists(), path


def test_every_make_target_that_is_told_of_exists():
    told = {
        target
        for page in [*WRITTEN, ROOT / "CHANGELOG.md"]
        for target in re.findall(r"(?:^|`)make ([a-z][a-z-]*)", page.read_text(), re.MULTILINE)
    }
    assert {"demo", "test", "test-long", "bench", "chaos", "soak", "audit", "sbom"} <= told
    for target in told:
        dry = subprocess.run(
            ["make", "--dry-run", target, "TEXTS=README.md"],  # Any file, where one is asked for.
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert dry.returncode == 0, dry.stderr
