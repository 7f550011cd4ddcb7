"""Files that hold the same, or worse, are read to their end: no line of them stops a command."""

import gzip
import io
import json
from random import Random

import pytest

from producer.envelope import MAX_RECORD_BYTES, Malformed, Record
from producer.formats import FORMATS, read_records
from producer.sources.file import Files
from producer.tables import Columns
from sentiment.data.lines import Lines
from sentiment.data.row import Columns as ColumnNames
from sentiment.data.rows import Format
from sentiment.errors import DataError
from sentiment.serving.score import score_rows
from tests.hostile.records import KINDS, LARGE, SMALL
from tests.hostile.texts import TEXTS

GOOD = b'{"id": "7", "text": "what a lovely day"}'
SEEDS = range(4)
LENGTHS = (0, 9, 300, 5_000)


def _lines(*, large=True):
    """Give a line of each kind, and a good one after each, as a file of JSONL holds them."""
    values = [make(Random(seed), LENGTHS[seed]) for make, _ in SMALL.values() for seed in SEEDS]
    if large:
        values += [KINDS[name][0](Random(1), 0) for name in LARGE]
    values += [b'{"text": "\\ud83d half of an emoji"}']
    one_line = (value.translate(None, b"\r\n") for value in values)
    # A value that begins as UTF-16 does would be told of the entire file.
    return [GOOD, *(line for value in one_line for line in (value, GOOD))]


LINES = _lines()
NOT_BLANK = sum(1 for line in LINES if line.strip())


def table(separator):
    """Give all texts and all lines as cells, as they are: quotes and separators within."""
    cells = [
        make(Random(seed), LENGTHS[seed]).encode() for make in TEXTS.values() for seed in SEEDS
    ]
    rows = [b"%d%s%s" % (place, separator, cell) for place, cell in enumerate([*cells, *LINES])]
    return b"id%stext\n" % separator + b"\n".join(rows) + b"\n"


def score(scorer, path, form):
    output, warnings = io.BytesIO(), []
    score_rows(scorer, Lines(path), ColumnNames(), form, output, warnings.append)
    scored = [
        json.loads(line, parse_constant=pytest.fail) for line in output.getvalue().splitlines()
    ]
    return scored, warnings


def left_out(warnings):
    """Return how many lines the warnings tell of: five by name, and the number of the others."""
    others = [line for line in warnings if line.endswith("more rows left out")]
    told = sum(int(line.split()[-5].replace(",", "")) for line in others)
    return sum(line.endswith("; left out") for line in warnings) + told


@pytest.mark.parametrize("name", ["hostile.jsonl", "hostile.jsonl.gz"])
def test_score_answers_each_line_of_json_or_leaves_it_out(scorer, tmp_path, name):
    path = tmp_path / name
    content = b"\n".join(LINES)
    path.write_bytes(gzip.compress(content, 1) if name.endswith("gz") else content)
    scored, warnings = score(scorer, path, None)
    assert len(scored) + left_out(warnings) == NOT_BLANK
    assert sum(each["text"] == "what a lovely day" for each in scored) == LINES.count(GOOD)
    assert {each["label"] for each in scored} <= set(scorer.labels)
    assert warnings[0].startswith(f"{path}:")
    assert "\ud83d half of an emoji" in {each["text"] for each in scored}


@pytest.mark.parametrize("form", [form for form in Format if form is not Format.PARQUET])
def test_score_reads_anything_as_any_format(scorer, tmp_path, form):
    path = tmp_path / "hostile"
    path.write_bytes(
        {Format.CSV: table(b","), Format.TSV: table(b"\t")}.get(form, b"\n".join(LINES))
    )
    scored, warnings = score(scorer, path, form)
    assert len(scored) > LINES.count(GOOD) // 2
    assert left_out(warnings) > 0


def test_what_is_no_parquet_is_refused_in_one_line(scorer, tmp_path):
    path = tmp_path / "hostile.parquet"
    path.write_bytes(b"PAR1" + b"\n".join(LINES) + b"PAR1")
    with pytest.raises(DataError, match="cannot be read as Parquet") as refused:
        score(scorer, path, None)
    assert "\n" not in str(refused.value)


def test_score_answers_each_row_of_tabs_or_leaves_it_out(scorer, tmp_path):
    path = tmp_path / "hostile.tsv"
    path.write_bytes(table(b"\t"))
    scored, warnings = score(scorer, path, None)
    rows = path.read_bytes().split(b"\n")[1:]
    assert len(scored) + left_out(warnings) == sum(1 for row in rows if row.rstrip(b"\r"))


@pytest.mark.parametrize("format_name", [*FORMATS, "auto"])
def test_the_producer_makes_a_record_of_each_line_or_names_it(format_name):
    content = {"csv": table(b","), "tsv": table(b"\t")}.get(format_name, b"\n".join(LINES))
    items = list(read_records(io.BytesIO(content), "here", format_name, Columns()))
    for item in items:
        if isinstance(item, Record):
            assert isinstance(json.loads(item.value.decode()), dict)
            assert len(item.key or b"") + len(item.value) <= MAX_RECORD_BYTES
        else:
            assert item.where.startswith("here:")
            assert 0 < len(item.why) < 300
    if format_name not in ("csv", "tsv"):
        assert len(items) == NOT_BLANK
    assert any(isinstance(item, Malformed) for item in items)
    texts = [json.loads(item.value).get("text") for item in items if isinstance(item, Record)]
    good = GOOD.decode() if format_name in ("text", "csv", "tsv") else "what a lovely day"
    assert texts.count(good) >= (LINES.count(good.encode()) if format_name == "text" else 0)


def test_a_gzip_bomb_is_read_line_by_line(tmp_path):
    path = tmp_path / "bomb.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as archive:
        archive.write(GOOD + b"\n")
        for _ in range(50):
            archive.write(b"[" * 1_000_000)
        archive.write(b"\n" * 1_000_000 + GOOD)
    first, malformed, last = Files([path], "auto", Columns()).records()
    assert first == last == Record(b"7", GOOD)
    assert malformed.where == f"{path}:2"
