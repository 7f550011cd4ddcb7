"""What a search found, as a page, as JSON, and as a table for a terminal."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from sentiment.measuring.drawing import COLOURS, MUTED, new_figure, svg
from sentiment.measuring.markdown import table
from sentiment.measuring.page import Drawing, Paragraph, Section, Table, render
from sentiment.training.search import Trial, best
from sentiment.training.search_space import Dimension, as_options

# Trials in the terminal; the page has all.
_SHOWN = 5
_PLOTS_IN_A_ROW = 4


class Tuning(msgspec.Struct, frozen=True):
    """A search as it stands.

    Attributes:
        method: "random" or "hyperband".
        default: The settings as they were, which nobody searched for.
        trials: All that were done, in order; those that failed have no macro recall.
        options: Those of `train` that mean the best of them; None where none is better than the
            default.
    """

    method: str
    default: Trial
    trials: tuple[Trial, ...]
    options: str | None


def tuning(method: str, given: str, default: Trial, trials: Sequence[Trial]) -> Tuning:
    """Return what a search found that had these options of `train`."""
    found = best(trials)
    better = found is not None and (found.macro_recall or 0) > (default.macro_recall or 0)
    options = f"{given} {as_options(found.values)}".strip() if found and better else None
    return Tuning(method, default, tuple(trials), options)


def as_files(found: Tuning, space: Sequence[Dimension]) -> dict[str, bytes]:
    """Return `tuning.html` and `tuning.json`."""
    return {
        "tuning.html": _page(found, space).encode(),
        "tuning.json": msgspec.json.format(msgspec.json.encode(found)) + b"\n",
    }


def as_text(found: Tuning) -> str:
    """Return the best trials as a table, and how to train with the best of them."""
    shown = [found.default, *_ranked(found.trials)[:_SHOWN]]
    header = ("", "as it is", *(f"no. {place}" for place in range(1, len(shown))))
    rows = [("macro recall", *map(_score, shown))]
    rows += [
        (name, *(_value(each.values.get(name)) for each in shown)) for name in found.default.values
    ]
    return f"{table(header, rows)}\n\n{_advice(found)}"


def _advice(found: Tuning) -> str:
    if found.options is None:
        return "Nothing was better than the settings as they are: give it more time, or more texts."
    return (
        "The best of many is better than it will be on other texts, for luck had a part in it: "
        f"measure it once more.\n\n    train {found.options}"
    )


def _page(found: Tuning, space: Sequence[Dimension]) -> str:
    done = [each for each in found.trials if each.macro_recall is not None]
    names = [each.name for each in space]
    rows = [
        [place, _score(each), *(_value(each.values.get(name)) for name in names)]
        for place, each in [
            ("as it is", found.default),
            *((str(place), each) for place, each in enumerate(_ranked(found.trials), start=1)),
        ]
    ]
    space_rows = [[each.name, each.meaning, _tried(each)] for each in space]
    sections = [
        Section("What to do with it", [Paragraph(_advice(found))]),
        Section("Trials", [Table(["", "macro recall", *names], rows)]),
        Section("What was tried", [Table(["setting", "meaning", "values"], space_rows, words=3)]),
    ]
    if done:
        drawings = [
            Drawing(_draw_progress(found), "Each trial, in order, and the best so far."),
            Drawing(_draw_settings(done, space), "The same trials by each of their settings."),
        ]
        sections.insert(1, Section("Progress", drawings))
    failed = len(found.trials) - len(done)
    lead = (
        f"{len(done)} trials by {found.method}"
        f"{f', {failed} more that failed' if failed else ''}: macro recall on the validation texts."
    )
    return render("Which settings are best?", lead, sections)


def _ranked(trials: Sequence[Trial]) -> list[Trial]:
    return sorted(trials, key=lambda each: -(each.macro_recall or -1))


def _draw_progress(found: Tuning) -> str:
    scores = [each.macro_recall for each in found.trials if each.macro_recall is not None]
    figure, (axes,) = new_figure(8, 3.2)
    numbers = np.arange(1, len(scores) + 1)
    axes.plot(numbers, scores, "o", color=COLOURS[0], markersize=5, label="trial")
    axes.step(numbers, np.maximum.accumulate(scores), where="post", color=COLOURS[1], label="best")
    axes.axhline(found.default.macro_recall, color=MUTED, linestyle="--", label="as it is")
    axes.set(xlabel="trial", ylabel="macro recall")
    axes.legend(loc="lower right")
    return svg(figure, "progress")


def _draw_settings(done: Sequence[Trial], space: Sequence[Dimension]) -> str:
    shown = [each for each in space if any(each.name in trial.values for trial in done)]
    rows = -(-len(shown) // _PLOTS_IN_A_ROW)
    figure, all_axes = new_figure(11, 2.3 * rows, columns=_PLOTS_IN_A_ROW, rows=rows)
    for axes, each in zip(all_axes, shown, strict=False):
        pairs = [
            (trial.values[each.name], trial.macro_recall)
            for trial in done
            if each.name in trial.values
        ]
        values, scores = zip(*pairs, strict=True)
        if each.range:
            least, most = each.values
            axes.set_xscale("log")
            axes.set_xticks([], minor=True)
            ends = [least, (least * most) ** 0.5, most]
            axes.set_xticks(ends, [f"{end:.0e}" for end in ends])
            axes.plot(values, scores, "o", color=COLOURS[0], markersize=4)
        else:
            names = list(dict.fromkeys([*each.values, *sorted(set(values), key=str)]))
            places = [names.index(value) for value in values]
            axes.plot(places, scores, "o", color=COLOURS[0], markersize=4)
            axes.set_xticks(range(len(names)), [_value(name) for name in names])
        axes.set_title(each.name.replace("_", " "))
    for axes in all_axes[len(shown) :]:
        axes.set_visible(False)
    return svg(figure, "settings")


def _tried(each: Dimension) -> str:
    if each.range:
        least, most = each.values
        return f"{least:g} to {most:g}, by the logarithm"
    return ", ".join(map(_value, each.values))


def _score(trial: Trial) -> str:
    return "failed" if trial.macro_recall is None else f"{trial.macro_recall:.4f}"


def _value(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.3g}" if isinstance(value, float) else str(value)
