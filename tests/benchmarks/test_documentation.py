"""docs/performance.md says what was measured."""

import re

import msgspec
import pytest

from benchmarks import results
from benchmarks.capacity_page import capacity
from benchmarks.documentation import DATA, PAGE, PLOTS, REGION, filled_in
from benchmarks.errors import BadResults
from benchmarks.report import REGIONS, report


@pytest.fixture
def measured():
    return results.read(DATA)


def test_the_tables_of_the_page_are_those_of_the_results(measured):
    page = PAGE.read_text()

    assert filled_in(page, measured) == page, "run `python -m benchmarks write-docs`"


def test_every_table_that_can_be_made_stands_in_the_page():
    found = [name for _, name, _ in REGION.findall(PAGE.read_text())]

    assert sorted(found) == sorted([*REGIONS, "capacity"])


def test_every_part_of_the_committed_results_has_been_measured(measured):
    for name, make in REGIONS.items():
        assert "Not measured" not in make(measured), name
    assert "Needs" not in capacity(measured)


def test_every_committed_plot_is_shown():
    shown = set(re.findall(r"\]\(performance/([\w-]+\.png)\)", PAGE.read_text()))

    assert shown == {path.name for path in PLOTS.glob("*.png")}


def test_the_committed_results_name_no_place_and_no_person(measured):
    assert "/" not in measured.subject.texts
    assert not re.search(r"/(home|root|tmp|work)\b", DATA.read_text())


def test_results_survive_being_stored(measured, tmp_path):
    results.write(measured, tmp_path / results.FILE)

    assert results.read(tmp_path / results.FILE) == measured


def test_a_report_of_nothing_says_so(measured):
    nothing = msgspec.structs.replace(
        measured,
        engines=None,
        throughput=None,
        stages=None,
        latency=None,
        growth=None,
        memory=None,
    )

    assert report(nothing).count("Not measured yet.") == len(REGIONS) - 1
    assert capacity(nothing) == "Needs the parts throughput and memory."


def test_results_that_cannot_be_read_are_told_of_in_a_line(tmp_path):
    with pytest.raises(BadResults, match="there are no results in"):
        results.read(tmp_path / results.FILE)
    (tmp_path / results.FILE).write_text("{}")
    with pytest.raises(BadResults, match="cannot be read"):
        results.read(tmp_path / results.FILE)


def test_a_region_that_nothing_makes_is_refused(measured):
    with pytest.raises(BadResults, match="'weather'"):
        filled_in("<!-- begin weather -->\n<!-- end weather -->", measured)
