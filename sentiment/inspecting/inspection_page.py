"""What was seen of labelled texts, for a terminal and as a page: `inspect.html`."""

from collections.abc import Iterator
from itertools import cycle

from sentiment.counting import counted
from sentiment.inspecting.inspection import Doubt, Inspection
from sentiment.measuring.drawing import COLOURS, new_figure, shortened, svg
from sentiment.measuring.markdown import markdown
from sentiment.measuring.page import Drawing, Paragraph, Section, Table, render


def as_markdown(found: Inspection) -> str:
    """Return it as headings and tables that a terminal shows as well."""
    lines = [f"# {_title(found)}", _lead(found)]
    for section in _sections(found, drawn=False):
        lines.append(f"## {section.title}")
        for block in section.blocks:
            if isinstance(block, Table):
                lines.append(markdown(block))
            elif isinstance(block, Paragraph):
                lines.append(block.text)
    text = "\n\n".join(lines) + "\n"
    # A label may hold what upsets a terminal, as texts do.
    return "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in text)


def as_files(found: Inspection) -> dict[str, bytes]:
    """Return the files of a report, by name."""
    page = render(_title(found), _lead(found), _sections(found, drawn=True))
    return {"inspect.json": found.to_json(), "inspect.html": page.encode()}


def _title(found: Inspection) -> str:
    return f"{', '.join(found.files)}: {counted(found.texts, 'labelled text')}"


def _lead(found: Inspection) -> str:
    return (
        f"{counted(len(found.labels), 'label')}; {counted(found.malformed, 'row')} could not be "
        "read. Tokens are those that the network sees: words, signs, <user> for handles and <url> "
        "for links."
    )


def _sections(found: Inspection, *, drawn: bool) -> Iterator[Section]:
    said = [Paragraph(advice) for advice in found.advice]
    yield Section("Advice", said or [Paragraph("Nothing stands out.")])
    counts = Table(
        ("label", "texts", "share"),
        [(label, f"{n:,}", f"{n / found.texts:.1%}") for label, n in found.labels.items()],
    )
    yield Section("Labels", [counts, *([_draw_labels(found)] if drawn else [])])
    lengths = found.lengths
    beyond = f"more than {lengths.max_tokens}"
    tokens = Table(
        ("", "least", "median", "95% have at most", "most", beyond),
        [
            (
                "tokens",
                f"{lengths.minimum:,}",
                f"{lengths.median:g}",
                f"{lengths.percentile_95:g}",
                f"{lengths.maximum:,}",
                f"{lengths.beyond:.1%}",
            )
        ],
    )
    yield Section("Lengths", [tokens, *([_draw_lengths(found)] if drawn else [])])
    yield Section("Repeated texts", _repeated(found))
    kinds = [*found.signs.items(), *((f"mostly {name}", n) for name, n in found.scripts.items())]
    rows = [(name, f"{n:,}", f"{n / found.texts:.1%}") for name, n in kinds]
    yield Section("Signs and scripts", [Table(("texts with", "texts", "share"), rows)])
    yield Section("Tokens that tell most", [_telling(found)])
    yield Section("Tokens that give the label away", [_giveaways(found)])
    yield Section("Labels to look at again", list(_doubts(found)))


def _repeated(found: Inspection) -> list[Paragraph | Table | Drawing]:
    repeats = found.repeats
    rows = (
        ("word for word what an earlier one is", repeats.exact),
        ("the same but for handles, links, case and signs", repeats.alike),
        ("of those left, nearly the same as another", repeats.near),
        ("there again with another label", repeats.disputed),
    )
    shown = [(name, f"{n:,}", f"{n / found.texts:.2%}") for name, n in rows]
    return [Table(("texts that are", "texts", "share"), shown)]


def _telling(found: Inspection) -> Table:
    columns = [found.telling[label] for label in found.labels]
    rows = [
        tuple(
            f"{tokens[place].token} ({tokens[place].z:.1f})" if place < len(tokens) else ""
            for tokens in columns
        )
        for place in range(max(map(len, columns), default=0))
    ]
    return Table(
        tuple(found.labels),
        rows,
        "Log-odds ratios in standard deviations, with an informative prior (Monroe et al., 2008).",
        words=len(columns),
    )


def _giveaways(found: Inspection) -> Paragraph | Table:
    if not found.giveaways:
        return Paragraph("None: no frequent token has one label nearly always.")
    rows = [
        (each.token, each.label, f"{each.texts:,}", f"{each.precision:.1%}")
        for each in found.giveaways[:20]
    ]
    return Table(("token", "label", "texts", "of its texts"), rows, words=2)


def _doubts(found: Inspection) -> Iterator[Paragraph | Table]:
    if not (found.repeats.disputed or found.doubted):
        yield Paragraph("None stands out.")
    if found.disputed:
        yield Paragraph("The same text with two labels:")
        rows = [(", ".join(each.labels), each.text) for each in found.disputed]
        yield Table(("labels", "text"), rows, words=2)
    if found.doubted:
        yield Paragraph(
            f"A simple classifier that has not seen them strongly doubts the labels of "
            f"{counted(found.doubted, 'text')}."
        )
    if found.doubtful:
        yield Table(
            ("label", "rather", "probability", "text"), list(map(_doubted, found.doubtful)), words=4
        )


def _doubted(doubt: Doubt) -> tuple[str, ...]:
    return doubt.labels[0], doubt.expected or "", f"{doubt.probability or 0:.3f}", doubt.text


def _draw_labels(found: Inspection) -> Drawing:
    figure, (axes,) = new_figure(8, 1 + 0.35 * len(found.labels))
    names = [shortened(label) for label in found.labels]
    colours = [colour for colour, _ in zip(cycle(COLOURS), names, strict=False)]
    axes.barh(range(len(names)), list(found.labels.values()), color=colours)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("texts")
    return Drawing(svg(figure, "labels"), "Texts of each label.")


def _draw_lengths(found: Inspection) -> Drawing:
    figure, (axes,) = new_figure(8, 3)
    most = int(2 * found.lengths.percentile_95) + 1
    counts = {min(length, most): 0 for length in found.all_lengths}
    for length, texts in found.all_lengths.items():
        counts[min(length, most)] += texts
    axes.bar(list(counts), list(counts.values()), width=1, color=COLOURS[0])
    axes.axvline(found.lengths.max_tokens, color=COLOURS[1], linewidth=1.5, linestyle="--")
    axes.set(xlabel="tokens", ylabel="texts", xlim=(0, max(most, found.lengths.max_tokens) + 1))
    return Drawing(
        svg(figure, "lengths"),
        f"Tokens of a text; the last bar has all longer ones, the dashed line is at "
        f"{found.lengths.max_tokens}.",
    )
