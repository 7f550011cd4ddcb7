"""The documentation says what the code does."""

import re
import subprocess
from pathlib import Path

import pytest

from docs.generate import PAGES

ROOT = Path(__file__).parent.parent.parent
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
    named = re.findall(
        r"`((?:worker|sentiment|producer|demo|deploy|docs)/[\w./]+)`", page.read_text()
    )
    for path in named:
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize(
    "target",
    [
        *("demo", "test", "test-long", "bench", "chaos", "soak"),
        *("docs", "lock", "audit", "sbom", "clean"),
    ],
)
def test_every_make_target_that_is_told_of_exists(target):
    dry = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert dry.returncode == 0, dry.stderr
