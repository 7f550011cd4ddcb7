"""Where a token's vector starts: from the tokens that it stands beside in the training texts.

Left singular vectors of the positive pointwise mutual information between tokens and those near
them (Levy & Goldberg, "Neural Word Embedding as Implicit Matrix Factorization", NIPS 2014; contexts
smoothed and weighted by nearness as in Levy, Goldberg & Dagan, TACL 2015).
"""

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import svds

from sentiment.text.encoded_texts import EncodedTexts

WINDOW = 5
# Frequent contexts say less; 0.75 is the exponent of the papers above.
CONTEXT_EXPONENT = 0.75
# Standard deviation of the vectors' entries: the network learns at the pace that random ones allow.
SCALE = 0.08
UNSEEN_SCALE = 0.02
# Times the length that entries of `SCALE` give.
LONGEST = 3.0
# Up to so many tokens all singular vectors are computed, in a second: ARPACK's way of finding a few
# starts again at random where there are fewer than asked for.
DENSE_TOKENS = 1_500


def token_vectors(
    texts: EncodedTexts, tokens: int, size: int, seed: int
) -> npt.NDArray[np.float32]:
    """Return a vector for each token id: float32 (tokens, size).

    Tokens without a neighbour get small random vectors, and so do all where there are no more
    tokens than dimensions.
    """
    random = np.random.default_rng(seed)
    vectors = random.normal(0, UNSEEN_SCALE, (tokens, size)).astype(np.float32)
    information = _positive_information(_counts(texts, tokens))
    seen = np.diff(information.indptr) > 0
    if tokens <= size or not seen.any():
        return vectors
    left, strength = _left_singular(information, size, seed)
    found = left[seen] * np.sqrt(strength)
    found -= found.mean(axis=0)
    found *= SCALE / max(float(found.std()), 1e-12)
    # Where few texts leave one direction to a handful of tokens, theirs would drown the others.
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    longest = LONGEST * SCALE * np.sqrt(size)
    vectors[seen] = found * np.minimum(1, longest / np.maximum(lengths, 1e-12))
    return vectors


def _left_singular(
    information: sparse.csr_array, size: int, seed: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return singular vectors (tokens, size) and values (size,), the same for the same input.

    What belongs to no singular value worth the name is arbitrary, and is zero here.
    """
    if information.shape[0] <= DENSE_TOKENS:
        left, strength, _ = np.linalg.svd(information.toarray().astype(np.float64))
        left, strength = left[:, :size], strength[:size]
    else:
        left, strength, _ = svds(
            information.astype(np.float64), k=size, rng=np.random.default_rng(seed)
        )
    signs = np.sign(left[np.abs(left).argmax(axis=0), np.arange(left.shape[1])])
    real = strength > 1e-6 * strength.max()
    return left * np.where(real, signs, 0), np.where(real, strength, 0)


def _counts(texts: EncodedTexts, tokens: int) -> sparse.csr_array:
    """How often each two tokens stand near one another, a distance of k counted as 1/k."""
    text_of = np.repeat(np.arange(len(texts)), texts.lengths)
    rows, columns, weights = [], [], []
    for distance in range(1, WINDOW + 1):
        together = text_of[:-distance] == text_of[distance:]
        first, second = texts.ids[:-distance][together], texts.ids[distance:][together]
        rows += [first, second]
        columns += [second, first]
        weights.append(np.full(2 * len(first), 1 / distance, np.float32))
    places = (np.concatenate(rows), np.concatenate(columns))
    return sparse.coo_array((np.concatenate(weights), places), (tokens, tokens)).tocsr()


def _positive_information(counts: sparse.csr_array) -> sparse.csr_array:
    pairs = counts.tocoo()
    totals = np.asarray(counts.sum(axis=1)).ravel()
    contexts = totals**CONTEXT_EXPONENT
    contexts /= max(contexts.sum(), 1e-12)
    rows, columns = pairs.coords
    information = np.log(pairs.data / (totals[rows] * contexts[columns]))
    kept = information > 0
    values = information[kept].astype(np.float32)
    return sparse.csr_array((values, (rows[kept], columns[kept])), shape=counts.shape)
