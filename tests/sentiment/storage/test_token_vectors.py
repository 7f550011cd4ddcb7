import io

import numpy as np
import pytest

from sentiment.storage.archive import BadArchive
from sentiment.storage.token_vectors import MOST_BYTES, TokenVectors, from_npz, that_fit

WORDS = TokenVectors(("happy", "ärger", "!!"), np.eye(3, 2, dtype=np.float32))


def test_what_is_kept_is_read():
    again = from_npz(WORDS.to_npz())
    assert again.words == WORDS.words
    assert again.vectors.dtype == np.float32
    np.testing.assert_array_equal(again.vectors, WORDS.vectors)


def test_no_words_at_all_can_be_kept():
    nothing = TokenVectors((), np.zeros((0, 4), np.float32))
    assert from_npz(nothing.to_npz()).vectors.shape == (0, 4)


def test_a_token_without_a_vector_has_zeros():
    assert WORDS.of(["ärger", "sad", "happy"]).tolist() == [[0, 1], [0, 0], [1, 0]]


def test_no_more_words_are_asked_for_than_may_be_kept():
    words = [f"{number}ä" for number in range(400)]
    fitting = that_fit(words, 384, most_bytes=200_000)
    assert fitting == words[:257]
    vectors = np.random.default_rng(0).normal(size=(257, 384)).astype(np.float32)
    content = TokenVectors(tuple(fitting), vectors).to_npz()
    assert 180_000 < len(content) <= 200_000  # Chance can hardly be packed.
    assert that_fit(words, 384) == words
    assert len(that_fit(["word"] * 3, MOST_BYTES // 5)) == 2
    assert that_fit([], 384) == []


def packed(**arrays):
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


ONE = np.frombuffer(b"one", np.uint8)
HALF = np.zeros((1, 2), np.float16)


@pytest.mark.parametrize(
    ("arrays", "why"),
    [
        ({"words": ONE}, "has no vectors of float16 in 2"),
        ({"words": ONE, "vectors": HALF[0]}, "has no vectors of float16 in 2"),
        ({"words": ONE, "vectors": HALF.astype(np.float32)}, "has no vectors of float16"),
        ({"words": np.array(["one"]), "vectors": HALF}, "has no words of uint8"),
        ({"words": np.frombuffer(b"\xff", np.uint8), "vectors": HALF}, "not UTF-8"),
        ({"words": np.frombuffer(b"a\nb", np.uint8), "vectors": HALF}, "1 vectors, and not as"),
        (
            {"words": np.frombuffer(b"a\na", np.uint8), "vectors": np.zeros((2, 2), np.float16)},
            "2 vectors, and not as many different words",
        ),
        ({"words": ONE, "vectors": HALF + np.float16("nan")}, "no finite numbers"),
    ],
)
def test_what_holds_no_vectors_of_words_is_refused(arrays, why):
    with pytest.raises(BadArchive, match=why):
        from_npz(packed(**arrays))
