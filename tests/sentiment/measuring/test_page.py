import re
from html.parser import HTMLParser

import numpy as np
import pytest

from sentiment.errors import DataError
from sentiment.measuring.curves import curves
from sentiment.measuring.drawing import LINES, new_figure, svg
from sentiment.measuring.evaluation import LearningStep
from sentiment.measuring.page import (
    Drawing,
    Paragraph,
    Section,
    Table,
    check_folder,
    render,
    write_files,
)
from sentiment.measuring.plots import draw_curves, draw_learning

HOSTILE = '<script>alert("1")</script>'


class Elements(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, page):
        super().__init__()
        self.names, self.attributes, self.texts = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.texts.append(data)


def drawn(name, label="a line"):
    figure, (axes,) = new_figure(4, 3)
    axes.plot([0, 1], [0, 1], label=label)
    axes.legend()
    return Drawing(svg(figure, name), label)


def test_texts_of_strangers_stay_texts_wherever_they_stand():
    page = render(
        HOSTILE,
        HOSTILE,
        [
            Section(
                HOSTILE,
                [
                    Paragraph(HOSTILE),
                    Paragraph(HOSTILE, loud=True),
                    Table((HOSTILE, "texts"), [(HOSTILE, "1")], HOSTILE),
                    drawn("one", HOSTILE),
                ],
            )
        ],
    )
    elements = Elements(page)
    assert "script" not in elements.names
    assert "".join(elements.texts).count(HOSTILE) == 12


def test_a_page_loads_and_runs_nothing():
    page = render("A page", "", [Section("Drawings", [drawn("one")])])
    attributes = dict(Elements(page).attributes)
    assert attributes["content"].startswith("default-src 'none'")
    assert not any(name.startswith("on") or name == "src" for name in attributes)
    assert not re.findall(r"(?:href|url)[=(]\W*https?:", page.replace("http://www.w3.org", ""))


def test_ids_are_those_of_one_drawing_only_and_lead_somewhere():
    page = render(
        "A page", "", [Section("Drawings", [drawn("one"), drawn("two", 'a "#x" id="y"')])]
    )
    ids = re.findall(r'<[^>]* id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for reference in re.findall(r'<[^>]*(?:href="#|url\(#)([^")]+)', page):
        assert reference in ids
    assert 'a "#x" id="y"' in "".join(Elements(page).texts)


@pytest.mark.parametrize("label", ["$\\unknown$", "100 $ and 5 $", "日本", "😀", "_hidden", "a\nb"])
def test_any_label_can_be_drawn_as_it_is(label):
    figure, (axes,) = new_figure(4, 3)
    axes.set_xticks([0], [label])
    drawing = Drawing(svg(figure, "one"), "")
    page = Elements(render("A page", "", [Section("Drawings", [drawing])]))
    assert all(line in page.texts for line in label.split("\n"))


def test_labels_that_begin_with_an_underscore_are_in_the_legend():
    found = curves(
        np.array([[0.9, 0.1], [0.2, 0.8]], np.float32), np.array([0, 1]), ("_hidden", "$5")
    )
    page = Elements(render("A page", "", [Section("Curves", [Drawing(draw_curves(found), "")])]))
    assert "_hidden" in page.texts
    assert "$5" in page.texts


@pytest.mark.parametrize(("loss", "drawn"), [(0.8, True), (None, False)])
def test_the_loss_of_validation_is_drawn_where_a_report_has_it(loss, drawn):
    steps = [
        LearningStep(epoch, 1 / epoch, 0.5, best=True, validation_loss=loss) for epoch in (1, 2)
    ]
    texts = Elements(draw_learning(steps)).texts
    assert "training texts" in texts
    assert ("validation texts" in texts) is drawn


def test_a_drawing_is_the_same_each_time():
    assert drawn("one") == drawn("one")


def test_half_an_emoji_does_not_keep_a_page_from_being_written():
    assert "?" in render("A page", "", [Section("Texts", [Paragraph("\ud83d")])])


def test_as_many_lines_are_told_apart_as_a_model_has_labels():
    assert len(set(LINES)) > 20


def test_a_page_cannot_be_written_into_a_file(tmp_path):
    (tmp_path / "file").touch()
    for write in (check_folder, lambda folder: write_files(folder, {"report.html": b""})):
        with pytest.raises(DataError, match=r"no report can be written to .*: name another --out"):
            write(tmp_path / "file")


def test_a_page_cannot_be_written_beside_a_model(tmp_path):
    (tmp_path / "bundle.json").touch()
    with pytest.raises(DataError, match=r"has a model, whose own report .*: name another --out"):
        check_folder(tmp_path)


def test_files_are_written_into_a_new_folder_and_nothing_else(tmp_path):
    folder = tmp_path / "new" / "deeper"
    check_folder(folder)
    assert not folder.exists()
    write_files(folder, {"report.html": b"1"})
    write_files(folder, {"report.html": b"2", "report.json": b"3"})
    written = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert written == {"report.html": b"2", "report.json": b"3"}


def test_a_file_that_cannot_be_replaced_leaves_nothing_beside_it(tmp_path):
    (tmp_path / "report.html").mkdir()
    with pytest.raises(DataError, match="no report can be written"):
        write_files(tmp_path, {"report.html": b"1"})
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
