"""A page of HTML that needs nothing but itself: headings, paragraphs, tables and drawings.

Whatever comes from outside is escaped, for texts and labels are those of strangers; only what
`drawing.svg` drew is taken as it is. The page loads nothing, and its policy lets it run nothing.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sentiment.errors import DataError


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences; a `loud` one is set in a frame that nobody overlooks."""

    text: str
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, as texts.

    Attributes:
        header: A name for each column.
        rows: Each as long as the header.
        caption: What the table shows.
        words: Columns of words, from the left; the others are numbers and stand to the right.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    words: int = 1


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing that `drawing.svg` made, and what it shows."""

    svg: str
    caption: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: Sequence[Paragraph | Table | Drawing]


def render(title: str, lead: str, sections: Iterable[Section]) -> str:
    """Return the page: `lead` stands below the title, then a list of the sections, then these."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415  (slow)

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.tests |= {
        "paragraph": lambda block: isinstance(block, Paragraph),
        "table": lambda block: isinstance(block, Table),
    }
    page = environment.from_string(_PAGE).render(title=title, lead=lead, sections=list(sections))
    # Half of an emoji, as "\ud83d" in JSON makes it, is no UTF-8.
    return page.encode("utf-8", "replace").decode() + "\n"


def check_folder(folder: Path) -> None:
    """Refuse, before any work is done, a folder that no files can be written to.

    Raises:
        DataError: It is a file, or lies where nothing can be written; it has a model, whose
            bundle.json vouches for the report beside it.
    """
    if (folder / "bundle.json").exists():
        raise DataError(
            f"no report can be written to {folder}: it has a model, whose own report that would "
            "replace: name another --out"
        )
    existing = next(path for path in (folder.resolve(), *folder.resolve().parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise DataError(
            f"no report can be written to {folder}: {existing} is no folder that can be written: "
            "name another --out"
        )


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Write files, each whole or not at all, into a folder, which is made if need be.

    Raises:
        DataError: They cannot be written.
    """
    beside = {name: folder / f".{name}.{os.getpid()}.partial" for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            beside[name].write_bytes(content)
        for name, path in beside.items():
            path.replace(folder / name)
    except OSError as error:
        reason = error.strerror or error
        raise DataError(
            f"no report can be written to {folder}: {reason}: name another --out"
        ) from error
    finally:
        for path in beside.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)


_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" \
content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>{{ title }}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff;
       max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin-top: 2.5rem; border-bottom: 1px solid #ccc; }
nav ul { columns: 3 12rem; padding-left: 1.2rem; }
a { color: #0072b2; }
.lead { color: #555; }
.loud { border: 2px solid #d55e00; border-left-width: .6rem; padding: .6rem 1rem;
        font-weight: 600; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #555; padding-bottom: .3rem; }
th, td { padding: .25rem .8rem .25rem 0; text-align: right; vertical-align: top;
         border-bottom: 1px solid #e5e5e5; }
th { border-bottom: 1px solid #888; font-weight: 600; }
.word { text-align: left; overflow-wrap: anywhere; min-width: 4rem; unicode-bidi: isolate; }
figure { margin: 1rem 0; }
figure svg { max-width: 100%; height: auto; }
figcaption { color: #555; }
</style>
</head>
<body>
<h1>{{ title }}</h1>
<p class="lead">{{ lead }}</p>
<nav><ul>
{% for section in sections %}
<li><a href="#section-{{ loop.index }}">{{ section.title }}</a></li>
{% endfor %}
</ul></nav>
{% for section in sections %}
<section>
<h2 id="section-{{ loop.index }}">{{ section.title }}</h2>
{% for block in section.blocks %}
{% if block is paragraph %}
<p{% if block.loud %} class="loud"{% endif %}>{{ block.text }}</p>
{% elif block is table %}
<div class="wide"><table>
{% if block.caption %}
<caption>{{ block.caption }}</caption>
{% endif %}
<thead><tr>
{% for cell in block.header %}
<th scope="col"{% if loop.index <= block.words %} class="word"{% endif %}>{{ cell }}</th>
{% endfor %}
</tr></thead>
<tbody>
{% for row in block.rows %}
<tr>
{% for cell in row %}
<td{% if loop.index <= block.words %} class="word"{% endif %}>{{ cell }}</td>
{% endfor %}
</tr>
{% endfor %}
</tbody>
</table></div>
{% else %}
<figure>
{{ block.svg | safe }}
<figcaption>{{ block.caption }}</figcaption>
</figure>
{% endif %}
{% endfor %}
</section>
{% endfor %}
</body>
</html>"""
