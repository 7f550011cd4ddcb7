import numpy as np

from sentiment.text.encoded_texts import EncodedTexts


def encoded(*rows):
    return EncodedTexts.of([np.array(row, np.int32).tobytes() for row in rows])


def test_texts_lie_one_after_the_other():
    batch = encoded([5, 6], [], [7])
    assert batch.ids.tolist() == [5, 6, 7]
    assert batch.ids.dtype == np.int32
    assert batch.offsets.tolist() == [0, 2, 2, 3]
    assert len(batch) == 3


def test_padding_comes_after_the_text():
    assert encoded([5, 6], [], [7]).padded([0, 1, 2]).tolist() == [[5, 6], [0, 0], [7, 0]]


def test_rows_are_padded_in_the_order_asked_for():
    assert encoded([5, 6], [8], [7]).padded([2, 1]).tolist() == [[7], [8]]


def test_a_matrix_is_as_wide_as_a_multiple():
    assert encoded([5, 6, 7]).padded([0], multiple=4).tolist() == [[5, 6, 7, 0]]


def test_texts_without_tokens_are_one_column_of_padding():
    assert encoded([], []).padded([0, 1]).tolist() == [[0], [0]]
