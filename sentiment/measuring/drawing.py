"""How drawings look, and how they become a part of a page.

Colours are those of Okabe & Ito ("Color Universal Design", 2008), which people of any colour vision
tell apart; lines that share a colour differ in their dashes.
"""

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#222222")
_DASHES = ("-", "--", ":")
# (colour, dashes) of each line of a drawing: more than the 20 labels that a model has at most.
LINES: tuple[tuple[str, str], ...] = tuple(
    (colour, dashes) for dashes, colour in product(_DASHES, COLOURS)
)
MUTED = "#999999"

_TAG = re.compile(r"<[^>]+>")
_ID = re.compile(r'( id="|:href="#|="url\(#)')

_STYLE = {
    # Texts stay texts, in the reader's own font; the same drawing has the same bytes.
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "axes.grid": True,
    "grid.color": "#e5e5e5",
    "axes.axisbelow": True,
}


def new_figure(
    width: float, height: float, columns: int = 1, rows: int = 1
) -> tuple[Any, Sequence[Any]]:
    """Return a figure of this size, in inches, and its axes, row by row."""
    from matplotlib import rc_context  # noqa: PLC0415  (slow)
    from matplotlib.figure import Figure  # noqa: PLC0415

    with rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def svg(figure: Any, name: str) -> str:
    """Return a figure as an element of HTML; `name` tells it from the others on the page."""
    from matplotlib import rc_context  # noqa: PLC0415  (slow)
    from matplotlib.legend import Legend  # noqa: PLC0415
    from matplotlib.text import Text  # noqa: PLC0415

    for legend in figure.findobj(Legend):
        legend.set_frame_on(False)
    for text in figure.findobj(Text):
        text.set_parse_math(False)  # A label may have a "$".
    drawn = io.StringIO()
    metadata = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with rc_context({**_STYLE, "svg.hashsalt": name}), warnings.catch_warnings():
        # It is the reader's browser that needs the characters of a label.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.savefig(drawn, format="svg", metadata=metadata)
    element = drawn.getvalue()
    element = element[element.index("<svg") :].strip()
    # Ids are those of the whole page. In a text there is no "<", for it is escaped.
    return _TAG.sub(lambda tag: _ID.sub(rf"\g<1>{name}-", tag[0]), element)


def add_legend(owner: Any, lines: Mapping[str, Any], **options: Any) -> None:
    """Add a legend to a figure or to axes; `lines` are by their labels."""
    # Lines that are labelled "_..." matplotlib leaves out; texts it draws as they are.
    numbers = [str(number) for number in range(len(lines))]
    legend = owner.legend(list(lines.values()), numbers, **options)
    for text, label in zip(legend.get_texts(), lines, strict=True):
        text.set_text(shortened(label))


def shortened(label: str, longest: int = 18) -> str:
    """Return a label as long as a drawing has room for."""
    return label if len(label) <= longest else f"{label[: longest - 1]}…"
