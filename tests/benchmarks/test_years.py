"""Networks are measured with the tweets of years that they know nothing of."""

import gzip
import json
import signal
import subprocess
import sys

import pytest

from benchmarks import years
from benchmarks.errors import BadPlan
from sentiment.storage.soft_label_file import read_teaching
from tests.sentiment.teaching.tiny_teacher import make_teacher
from tests.sentiment.texts import make_texts

# Ids that were given out on the first of July of these years.
JULY = {
    2012: 219218760299446272,
    2014: 483761902187446272,
    2015: 616033473131446272,
}
TEACHING = ["--teaching", "--teacher /there/is/none"]
OPTIONS = [*TEACHING, "--training", "network=--epochs 1 --keep last"]


def lines(count=3):
    """Give as many tweets of each of these years, in the order of no year, and of all labels."""
    for place, (text, label) in enumerate(make_texts(count * len(JULY))):
        year = sorted(JULY)[place // 3 % 3]
        yield json.dumps({"id": str(JULY[year] + place), "text": text, "label": label})


@pytest.fixture
def tweets(tmp_path):
    """Give a file of such tweets."""
    path = tmp_path / "tweets.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(lines()).encode()))
    return path


@pytest.fixture
def measure(tmp_path, tweets):
    """Give a function that measures with that file, unless another is named."""

    def run(*options, texts=tweets):
        return years.main(["--texts", str(texts), "--out", str(tmp_path / "out"), *options])

    return run


def test_tweets_are_told_apart_by_the_years_of_their_ids(tweets):
    found = years.by_year(tweets)
    assert list(found) == [2012, 2014, 2015]
    expected = [json.loads(line)["text"] for line in lines()]
    assert [each.text for each in found[2014]] == expected[3:6]


def test_each_year_is_held_out_once():
    apart = [(2011,), (2012,), (2014,)]
    assert years.held_out_together([2011, 2012, 2014], []) == apart
    together = years.held_out_together([2011, 2012, 2014], [frozenset({2014, 2011})])
    assert together == [(2011, 2014), (2012,)]


@pytest.mark.parametrize(
    ("together", "why"),
    [
        ([{2013}], "--together 2013: no tweet is of that year"),
        ([{2011, 2012}, {2012, 2014}], "--together names a year twice"),
        ([{2011, 2012, 2014}], "nothing would be left to learn from: all tweets are of 2011, 2012"),
    ],
)
def test_years_that_cannot_be_held_out_are_told(together, why):
    with pytest.raises(BadPlan, match=why):
        years.held_out_together([2011, 2012, 2014], [frozenset(some) for some in together])


@pytest.mark.parametrize(
    ("content", "code", "why"),
    [
        (b'{"id": "1", "text": "so nice", "label": "good"}', 2, "does not tell its year"),
        (b'{"id": [1], "text": "so nice", "label": "good"}', 2, "does not tell its year"),
        (b'{"id": 616033473131446272.0, "text": "no", "label": "bad"}', 2, "does not tell its"),
        (b'{"text": "so nice"}', 1, "has no labelled text"),
        (b"[" * 100_000, 1, "has no labelled text"),
        # Without the time, which would be in the name of the case, another in each process.
        (gzip.compress(b"so nice" * 1_000, mtime=0)[:-9], 1, "cannot be read"),
        (b"", 1, "has no labelled text"),
    ],
)
def test_what_is_no_file_of_tweets_is_told_in_one_line(
    measure, tmp_path, capsys, content, code, why
):
    path = tmp_path / "texts.jsonl"
    path.write_bytes(content)
    assert measure(*OPTIONS, texts=path) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert str(path) in line
    assert why in line
    assert not (tmp_path / "out").exists()


def test_a_file_or_a_folder_that_cannot_be_is_told_in_one_line(measure, tmp_path, capsys):
    assert measure(*OPTIONS, texts=tmp_path / "none") == 1
    assert "none cannot be read: No such file" in capsys.readouterr().err
    (tmp_path / "out").touch()
    assert measure(*OPTIONS) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "Not a directory" in line


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ([*TEACHING, "--training", "network=--nonsense"], "unrecognized arguments: --nonsense"),
        ([*OPTIONS, "--teaching", "--teachers 1"], "teach: argument --teachers: '1' is not a"),
        ([*OPTIONS, "--training", "other=it's"], "No closing quotation"),
        ([*OPTIONS, "--training", "a/b=--epochs 1"], "'a/b=--epochs 1' is not NAME=OPTIONS"),
        ([*OPTIONS, "--training", "..="], "'..=' is not NAME=OPTIONS"),
        ([*OPTIONS, "--training", "--epochs=1"], "expected one argument"),
        ([*OPTIONS, "--training", "network="], "two trainings have one name"),
    ],
)
def test_bad_options_are_told_before_anything_is_made(measure, tmp_path, capsys, options, why):
    with pytest.raises(SystemExit) as ended:
        measure(*options)
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert why in line
    assert not (tmp_path / "out").exists()


def test_what_a_command_complains_of_ends_it(measure, capfd):
    assert measure(*OPTIONS) == 1
    *_, complaint, last = capfd.readouterr().err.splitlines()
    assert "there is no teacher in /there/is/none" in complaint
    assert last.endswith("ended with 1, see above")


@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)]
)
def test_interrupted_it_ends_when_its_command_has(tmp_path, number):
    tweets = tmp_path / "tweets.jsonl"
    tweets.write_text("\n".join(lines(40)))
    teaching = f"--teacher {make_teacher(tmp_path / 'teacher')} --epochs 1000000"
    command = [sys.executable, "-m", "benchmarks.years", "--texts", tweets, "--out", tmp_path / "o"]
    with subprocess.Popen(
        [*command, "--teaching", teaching, *OPTIONS[2:]],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        while "texts; left out" not in running.stderr.readline():
            assert running.poll() is None
        running.send_signal(number)
        *_, last = running.stderr
    assert running.returncode == 130
    assert last == "interrupted: nothing was written, and --resume has nothing to go on from\n"
    assert not list(tmp_path.glob("o/*/taught"))


@pytest.mark.long
def test_every_training_is_measured_with_each_year(measure, tmp_path, capsys):
    tweets = tmp_path / "tweets.jsonl"
    tweets.write_text("\n".join(lines(120)))
    teacher = make_teacher(tmp_path / "a teacher")
    options = ["--together", "2012", "2014", "--teaching", f"--teacher '{teacher}' --teachers 2"]
    options += ["--training", "with=--soft-labels taught --epochs 20 --keep last"]
    options += ["--training", "plain=--epochs 20 --keep last"]
    assert measure(*options, texts=tweets) == 0
    shown = capsys.readouterr().out
    _, _, *rows = shown.splitlines()
    assert [[cell.strip() for cell in row.split("|")[1:4]] for row in rows] == [
        ["2012", "with", "120"],
        ["2014", "with", "120"],
        ["2012", "plain", "120"],
        ["2014", "plain", "120"],
        ["2012, 2014", "the teachers", "240"],
        ["2015", "with", "120"],
        ["2015", "plain", "120"],
        ["2015", "the teachers", "120"],
    ]
    assert all(1 / 3 < float(row.split("|")[4]) <= 1 for row in rows if "plain" in row)

    held_out_2015, *_ = tmp_path.glob("out/2015-*")
    taught = {row.text for row in read_teaching(held_out_2015 / "taught").rows}
    every = [json.loads(line)["text"] for line in lines(120)]
    assert taught.isdisjoint(text for place, text in enumerate(every) if place // 3 % 3 == 2)
    assert len(taught) > 200

    before = sorted(path.stat().st_mtime_ns for path in tmp_path.glob("out/*/*/*"))
    assert measure(*options, texts=tweets) == 0
    assert capsys.readouterr().out == shown
    assert sorted(path.stat().st_mtime_ns for path in tmp_path.glob("out/*/*/*")) == before
    assert measure(*options[:-1], "plain=--epochs 1 --keep last", texts=tweets) == 0
    assert len(list(tmp_path.glob("out/2015-*/plain-*"))) == 2
