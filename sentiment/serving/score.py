"""Texts in, scored JSONL out, in order and without holding more than a batch."""

import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from sentiment.data.folder import Folder
from sentiment.data.left_out import LeftOut
from sentiment.data.lines import Lines
from sentiment.data.row import Columns, Malformed, Row
from sentiment.data.rows import Format, read_rows
from sentiment.scorer import Scorer
from sentiment.serving import evidence_fields

_LARGEST_BATCH = 1024


def score_rows(
    scorer: Scorer,
    lines: Lines | Folder,
    columns: Columns,
    form: Format | None,
    output: BinaryIO,
    warn: Callable[[str], None],
    explain: evidence_fields.Most | None = None,
) -> None:
    """Score each row and write it as a line of JSON.

    A batch is what one read gave, so a line that is typed is answered at once and a file goes
    through in large batches. Malformed rows are left out; `warn` gets a line for the first few.

    Args:
        scorer: The model.
        lines: The texts; of a folder, those in the subfolders.
        columns: Where they are in a row.
        form: What a row looks like; where it is None, the file tells.
        output: Receives the lines.
        warn: Receives what the user should know.
        explain: How many n-grams that moved the probabilities are added to each line.

    Raises:
        SettingsError: N-grams are asked for, and Keras computes the network.
        DataError: The input cannot be read to its end, or lacks the column.
        OSError: The output cannot be written.
    """
    left_out = LeftOut(lines.name, warn)
    given = lines.rows() if isinstance(lines, Folder) else read_rows(lines, columns, form)
    for batch in _batches(lines, given):
        rows = []
        for row in batch:
            if isinstance(row, Malformed):
                left_out.add(row)
            else:
                rows.append(row)
        scored = evidence_fields.score(scorer, [row.text for row in rows], explain)
        output.writelines(map(_encoder(scorer), rows, *scored))
        output.flush()
    left_out.end()
    if note := lines.note():
        warn(note)


def _batches(
    lines: Lines | Folder, rows: Iterator[Row | Malformed]
) -> Iterator[list[Row | Malformed]]:
    batch: list[Row | Malformed] = []
    for row in rows:
        batch.append(row)
        if lines.drained or len(batch) == _LARGEST_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _encoder(scorer: Scorer) -> Callable[[Row, list[float], dict[str, Any]], bytes]:
    def encode(row: Row, probabilities: list[float], more: dict[str, Any]) -> bytes:
        record = {} if row.id is None else {"id": row.id}
        scored = record | {
            "text": row.text,
            "label": scorer.labels[probabilities.index(max(probabilities))],
            "probabilities": {
                label: round(share, 6)
                for label, share in zip(scorer.labels, probabilities, strict=True)
            },
            "model": scorer.model_id,
            **more,
        }
        # Half of an emoji, as "\ud83d" in JSON makes it, is no UTF-8: it leaves as it came.
        return json.dumps(scored, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"

    return encode
