"""The stream on a terminal: drawn with rich, four times a second."""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from demo.observer import View
from demo.report import latency
from demo.tweet_line import colour, underlined

# Lines of the screen that are not latest tweets.
FIXED_LINES = 16
# Columns left free on the right: where a terminal draws a script or an emoji wider than rich
# reckons, a full line would wrap and push the screen up.
SLACK = 8


def draw(view: View, hints: Sequence[str], console: Console) -> RenderableType:
    """Return the whole screen for `view`, fitted to the terminal's height."""
    tweets = max(3, console.height - FIXED_LINES)
    return Group(
        _figures(view),
        _beside(_labels(view), _dead_letters(view)),
        # No box: terminals disagree on how wide some emoji are, and its right edge would dance.
        Rule("latest"),
        _latest(view, tweets),
        Text("\n".join(hints), style="dim", no_wrap=True, overflow="ellipsis"),
    )


def _figures(view: View) -> Panel:
    tally = view.tally
    grid = Table.grid(expand=True)
    figures = {
        "tweets/s": f"{view.rate:,.0f}",
        "published": f"{view.published:,}",
        "scored": f"{tally.scored:,}",
        "dead letters": f"{tally.dead:,}",
        "lag": "?" if view.lag is None else f"{view.lag:,}",
        "end to end": latency(view) or "?",
    }
    for _ in figures:
        grid.add_column(justify="center")
    grid.add_row(*(Text(value, style="bold") for value in figures.values()))
    grid.add_row(*(Text(name, style="dim") for name in figures))
    state = "all accounted for, exactly once" if view.complete else "scoring"
    if tally.duplicates:
        state = f"{tally.duplicates} seen twice"
    return Panel(grid, title="tweet sentiment", subtitle=f"{view.elapsed_seconds:.0f} s, {state}")


def _labels(view: View) -> Panel:
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(width=10, no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_column(justify="right", width=14)
    total = max(1, sum(view.tally.labels.values()))
    for label, count in sorted(view.tally.labels.items())[:5]:
        style = colour(label)
        bar = ProgressBar(total=total, completed=count, complete_style=style, finished_style=style)
        grid.add_row(Text(label, style=style), bar, f"{count:,} {100 * count / total:3.0f} %")
    return Panel(grid, title="labels", height=7)


def _dead_letters(view: View) -> Panel:
    text = Text(no_wrap=True, overflow="ellipsis")
    for reason, count in sorted(view.tally.reasons.items())[:3]:
        text.append(f"{count:,} {reason}\n", style="magenta")
    for letter in list(view.tally.latest_dead)[-2:]:
        text.append(f"{letter.value!r}: {letter.message}\n", style="dim")
    return Panel(text, title="dead letters", height=7)


def _beside(left: RenderableType, right: RenderableType) -> Table:
    grid = Table.grid(expand=True)
    grid.add_column(ratio=1)
    grid.add_column(ratio=1)
    grid.add_row(left, right)
    return grid


def _latest(view: View, lines: int) -> Table:
    table = Table.grid(expand=True, padding=(0, 1))
    table.add_column(width=10, no_wrap=True)
    table.add_column(width=5, justify="right")
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column(width=SLACK)
    for tweet in list(view.tally.latest)[-lines:]:
        confidence = f"{100 * max(tweet.probabilities.values()):.0f} %"
        label = Text(tweet.label, style=f"bold {colour(tweet.label)}")
        table.add_row(label, confidence, underlined(tweet))
    for _ in range(lines - len(table.rows)):
        table.add_row()
    return table
