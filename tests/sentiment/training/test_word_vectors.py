"""Files of word vectors as others write them."""

import gzip

import numpy as np
import pytest

from sentiment.errors import DataError
from sentiment.training.cooccurrence import SCALE
from sentiment.training.word_vectors import cover, dimensions_of

WORDS = ("happy", "Sad", "the", "<user>", "NASA")
VECTORS = np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32)
TOKENS = ("<padding>", "happy", "sad", "nasa", "zzz")
TEXT = "".join(
    f"{word} {' '.join(f'{number:.6f}' for number in vector)}\n"
    for word, vector in zip(WORDS, VECTORS, strict=True)
).encode()
BINARY = b"".join(
    word.encode() + b" " + vector.tobytes() + b"\n"
    for word, vector in zip(WORDS, VECTORS, strict=True)
)
HEADER = b"5 7\n"
FILES = {
    "word2vec.bin": HEADER + BINARY,
    "word2vec.bin.gz": gzip.compress(HEADER + BINARY),
    "word2vec.txt": HEADER + TEXT,
    "fasttext.vec": HEADER + TEXT.replace(b"\n", b" \n"),
    "glove.txt": TEXT,
    "glove.txt.gz": gzip.compress(TEXT),
}


@pytest.fixture(params=FILES)
def path(tmp_path, request):
    """Give a file of vectors."""
    (tmp_path / request.param).write_bytes(FILES[request.param])
    return tmp_path / request.param


def test_each_kind_of_file_is_read(path):
    assert dimensions_of(path) == 7
    covered = cover(path, TOKENS)
    assert covered.known.tolist() == [False, True, True, True, False]
    expected = np.zeros((5, 7), np.float32)
    expected[1:4] = VECTORS[[0, 1, 4]]
    expected *= SCALE / expected[1:4].std()
    np.testing.assert_allclose(covered.vectors, expected, atol=1e-6)
    assert covered.facts.dimensions == 7
    assert covered.facts.covered == 3


def test_what_it_covers_is_told(path):
    told = cover(path, TOKENS).told(np.array([0, 50, 25, 5, 20]))
    assert told == (
        f"{path.name} has vectors of 7 dimensions for 3 of the 5 tokens (60.0%), "
        "which are 80.0% of the words of the texts"
    )


BAD = {
    "missing": (None, "No such file"),
    "empty": (b"", "holds no word vectors"),
    "prose": (b"hello world\nfoo bar\n", "holds no word vectors"),
    "cut.bin": ((HEADER + BINARY)[:-20], "as vectors of 7 dimensions .* it is damaged or cut off"),
    "cut.txt": ((HEADER + TEXT)[:-40], "it is damaged or cut off"),
    "glove.txt": (TEXT[:-30], "it is damaged or cut off"),
    "cut.bin.gz": (gzip.compress(HEADER + BINARY)[:-30], "it is damaged or cut off"),
    "wrong.txt": (b"5 8\n" + TEXT, "says .* have 8 dimensions, and the first has 7"),
    "nan.txt": (TEXT.replace(TEXT.split()[1], b"nan", 1), "a number that is none .* of 'happy'"),
    "other.txt": (TEXT.replace(b"happy", b"a").replace(b"Sad", b"b").replace(b"NASA", b"c"),
                  "none of the 5 tokens of the texts"),
    "unnamed": (gzip.compress(HEADER + BINARY), "a name that ends with .gz: rename it"),
    "plain.gz": (HEADER + TEXT, "a name that ends with .gz: rename it"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_used_is_one_line(tmp_path, name):
    content, why = BAD[name]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=why) as error:
        cover(tmp_path / name, TOKENS)
    assert "\n" not in str(error.value)
