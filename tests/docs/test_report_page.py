"""docs/report.md tells of every field of report.json, and of no other."""

import re
from pathlib import Path

import pytest

from sentiment.measuring.baselines import Baseline
from sentiment.measuring.bootstrap import Difference, Differences, Interval, Intervals
from sentiment.measuring.calibration import Bin, Calibration
from sentiment.measuring.comparison import (
    Change,
    ChangedText,
    Comparison,
    McNemar,
    SliceDifference,
)
from sentiment.measuring.curves import Curve
from sentiment.measuring.evaluation import Evaluation, LearningStep
from sentiment.measuring.mistakes import Mistake
from sentiment.measuring.report import ClassReport, Report
from sentiment.measuring.slices import Slice

PAGE = (Path(__file__).parent.parent.parent / "docs" / "report.md").read_text()
OF_A_REPORT = set(Report.__struct_fields__)
SECTIONS = {
    "report.json of one model": set(Evaluation.__struct_fields__) - OF_A_REPORT,
    "A report": OF_A_REPORT,
    "Figures of a label": ClassReport,
    "Intervals": Intervals,
    "An interval": Interval,
    "Calibration": Calibration,
    "Bins": Bin,
    "Curves": Curve,
    "Kinds of texts": Slice,
    "Mistakes": Mistake,
    "Epochs": LearningStep,
    "Simple classifiers": Baseline,
    "Differences": Differences,
    "A difference": Difference,
    "report.json of two models": Comparison,
    "Test of the accuracies": McNemar,
    "Changed labels": Change,
    "Texts that changed": ChangedText,
    "Kinds of texts, compared": SliceDifference,
}


@pytest.mark.parametrize("title", SECTIONS)
def test_a_section_tells_of_every_field_and_of_no_other(title):
    _, section = re.split(rf"^##+ {re.escape(title)}$", PAGE, flags=re.MULTILINE)
    section = re.split(r"^##", section, flags=re.MULTILINE)[0]
    fields = SECTIONS[title]
    fields = fields if isinstance(fields, set) else set(fields.__struct_fields__)
    told = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(told) == sorted(fields)


def test_there_is_a_section_for_every_table_and_links_lead_to_one():
    titles = re.findall(r"^##+ (.+)$", PAGE, re.MULTILINE)
    assert set(titles) == {*SECTIONS, "How the figures are computed"}
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= anchors
