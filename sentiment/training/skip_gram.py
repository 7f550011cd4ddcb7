"""Word vectors from unlabelled texts, by gensim.

Skip-gram with negative sampling: a word's vector is what best tells the words beside it (Mikolov et
al., "Distributed Representations of Words and Phrases and their Compositionality", NIPS 2013).
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sentiment.cpus import available_cpus
from sentiment.data.left_out import LeftOut
from sentiment.data.lines import Lines
from sentiment.data.row import Columns, Malformed
from sentiment.data.rows import read_rows
from sentiment.errors import DataError
from sentiment.measuring.page import check_folder
from sentiment.settings import PreprocessorSettings
from sentiment.text.preprocessor import tokens

# Of a text at once.
_MOST_WORDS = 10_000


class SkipGram(NamedTuple):
    """How vectors are trained.

    Attributes:
        dimensions: Of a vector.
        epochs: Passes over the texts.
        window: Words before and after a word that it should tell.
        least_count: How often a word has to be there to get a vector.
        seed: Of where they start. With more than one thread no two runs are the same.
    """

    dimensions: int = 100
    epochs: int = 5
    window: int = 5
    least_count: int = 5
    seed: int = 1


def train_vectors(
    paths: Sequence[Path],
    columns: Columns,
    encoding: str,
    out: Path,
    settings: SkipGram,
    say: Callable[[str], None],
) -> int:
    """Train vectors of the tokens that the texts have, write them, and return how many there are.

    Texts are read anew for each pass, so that they need not fit into memory. Where `out` ends with
    `.bin` it is written as word2vec's binary file, else as its text; with `.gz` behind it, gzip.

    Raises:
        DataError: A file cannot be read, no word is there often enough, or `out` cannot be written.
    """
    from gensim.models import Word2Vec  # noqa: PLC0415  (slow)

    for path in paths:
        if not path.is_file():
            raise DataError(f"{path} is no file, and texts are read several times: name a file")
    check_folder(out.parent)
    texts = _Texts(paths, columns, encoding, say)
    model = Word2Vec(
        vector_size=settings.dimensions,
        window=settings.window,
        min_count=settings.least_count,
        sg=1,
        seed=settings.seed,
        workers=available_cpus(),
        epochs=settings.epochs,
    )
    model.build_vocab(texts)
    found = len(model.wv)
    if not found:
        raise DataError(
            f"no word is there {settings.least_count} times: add texts, or lower --least-count"
        )
    words = model.corpus_total_words
    say(f"{texts.count:,} texts with {words:,} words; {found:,} are there often enough")
    model.train(texts, total_examples=model.corpus_count, epochs=settings.epochs)
    _write(model.wv, out)
    return found


class _Texts:
    """The tokens of each text, as often as they are asked for."""

    def __init__(
        self, paths: Sequence[Path], columns: Columns, encoding: str, say: Callable[[str], None]
    ) -> None:
        self.count = 0
        self._paths, self._columns, self._encoding, self._say = paths, columns, encoding, say

    def __iter__(self) -> Iterator[list[str]]:
        say = self._say if not self.count else lambda _: None
        self.count = 0
        settings = PreprocessorSettings(max_tokens=1 << 16, max_characters=1 << 20)
        for path in self._paths:
            left_out = LeftOut(str(path), say)
            lines = Lines(path, self._encoding)
            for row in read_rows(lines, self._columns):
                if isinstance(row, Malformed):
                    left_out.add(row)
                else:
                    self.count += 1
                    found = tokens(row.text, settings)
                    # Of a longer one gensim would leave out the rest.
                    for start in range(0, len(found), _MOST_WORDS):
                        yield found[start : start + _MOST_WORDS]
            left_out.end()
            if note := lines.note():
                say(note)


def _write(vectors: object, out: Path) -> None:
    """Write them beside their place, and then move them there."""
    plain = out.with_suffix("") if out.suffix == ".gz" else out
    compressed = ".gz" if out.suffix == ".gz" else ""
    beside = out.with_name(f".{out.name}.{os.getpid()}{compressed}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        vectors.save_word2vec_format(str(beside), binary=plain.suffix == ".bin")  # type: ignore[attr-defined]
        beside.replace(out)
    except OSError as error:
        raise DataError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)
