"""What a person sees: the screen in full, and the same in lines."""

import io

import pytest
from rich.console import Console

from demo.observer import View
from demo.report import progress_line, summary
from demo.screen import draw
from demo.tally import SeenDeadLetter, SeenTweet, Tally


@pytest.fixture
def view():
    tally = Tally({}, started_seconds=0.0)
    text = "what [bold]a[/bold] day\n👩🏽‍🚀 " + "very long " * 30
    source = SeenTweet.Source(0, 1)
    tally.latest.append(SeenTweet(text, "positive", {"positive": 0.87}, source))
    tally.latest_dead.append(SeenDeadLetter("wrong-type", "Expected `str`", '{"text": 42}'))
    tally.labels.update(positive=3, negative=1)
    tally.reasons.update({"wrong-type": 1})
    tally.scored, tally.dead = 4, 1
    return View(12.0, published=6, producing=False, lag=1, rate=41.5, tally=tally)


def shown(view, width=110, height=30):
    console = Console(file=io.StringIO(), width=width, height=height)
    console.print(draw(view, ["metrics: curl http://127.0.0.1:1/metrics"], console))
    return console.file.getvalue()


def test_the_screen_tells_everything_and_fits(view):
    text = shown(view)
    lines = text.splitlines()
    assert len(lines) <= 30
    for word in ("tweets/s", "42", "positive", "75 %", "1 wrong-type", "87 %", "lag", "/metrics"):
        assert word in text, word


def test_a_tweet_stays_on_its_line_and_is_not_read_as_markup(view):
    (line,) = [line for line in shown(view).splitlines() if "87 %" in line]
    assert "what [bold]a[/bold] day 👩🚀 very long" in line
    assert line.rstrip().endswith("…")


def test_a_small_terminal_still_shows_the_latest_tweets(view):
    assert "87 %" in shown(view, width=60, height=12)


def test_a_line_tells_the_same(view):
    line = progress_line(view)
    assert "published 6  scored 4  dead 1  42 tweets/s  lag 1" in line
    assert "negative 25 % positive 75 %" in line


def test_the_summary_says_what_is_missing(view):
    assert "1 records were not scored yet when the demo was stopped" in summary(view)


def test_the_summary_does_not_hide_duplicates(view):
    # Four scored and one dead letter, of no known place: five outcomes too many.
    view.tally.deletions = 1
    assert "NOT exactly once: 5 records were seen twice" in summary(view)
