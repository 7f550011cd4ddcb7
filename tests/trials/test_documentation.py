"""The last figures of docs/reliability.md are those of the results that lie beside it."""

import subprocess
import sys
from pathlib import Path

from tests.trials.test_soak import report
from trials.documentation import DATA, MAKERS, NOTHING_YET, PAGE, filled_in

ROOT = Path(__file__).parent.parent.parent


def test_the_page_says_what_the_last_trials_found():
    page = PAGE.read_text()
    for name in MAKERS:
        assert f"<!-- begin {name} -->" in page
    assert NOTHING_YET not in page
    assert filled_in(page, DATA) == page


def test_other_results_would_change_the_page(tmp_path):
    report(disordered=3).write(tmp_path)
    page = filled_in(PAGE.read_text(), tmp_path)
    assert "3 out of order or twice" in page
    assert "reliability/soak.png" in page


def test_a_folder_without_results_is_bad_usage(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "trials", "write-docs", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "soak.json" in done.stderr
