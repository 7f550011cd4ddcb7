"""Tokens that give the label away, as headers, names of files and "via ..." do.

Such a token is no more than suspicious: ":(" gives the label away too, and rightly. So they are
told, and taken out only where that is asked for.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from sentiment.counting import counted
from sentiment.data.dataset import Example, count_labels
from sentiment.data.findings import Finding, short, shortened
from sentiment.errors import DataError
from sentiment.text.normalize import normalize
from sentiment.text.tokenizer import tokenize

# Of the texts with the token, how many have its label at least.
_PRECISION = 0.98
# Texts with the token and its label at least; also this share of all texts of that label.
_TEXTS = 20
_SHARE = 0.005
# How probable it may be that chance alone makes any token so.
_CHANCE = 0.001
# Characters of a text that are looked at; giveaways stand at its beginning as a rule.
_CHARACTERS = 20_000


class Giveaway(NamedTuple):
    """A token that nearly always comes with one label.

    Attributes:
        token: As the network sees it.
        label: The label it comes with.
        texts: Texts that have both.
        precision: Their share of the texts that have the token.
    """

    token: str
    label: str
    texts: int
    precision: float


def tokens_of(text: str) -> list[str]:
    """Return the tokens of a text, as the network sees them."""
    return tokenize(normalize(text[:_CHARACTERS]))


def find_giveaways(
    examples: Sequence[Example], tokens: Sequence[Collection[str]] | None = None
) -> list[Giveaway]:
    """Return the tokens whose presence nearly determines the label, the most frequent first.

    A token is one when at least 98 % of its texts have one label, these are at least 20 and 0.5 %
    of that label's, and with texts of these labels in random order it is less probable than 0.001
    that any token does as well (binomial tail, times the number of tokens).

    Args:
        examples: The texts.
        tokens: The different tokens of each, if they are at hand.
    """
    from scipy.stats import binom  # noqa: PLC0415  (slow)

    each = tokens or [set(tokens_of(example.text)) for example in examples]
    of_label = Counter(example.label for example in examples)
    seen = Counter(token for present in each for token in present)
    frequent = {token for token, count in seen.items() if count >= _TEXTS}
    together = Counter(
        (token, example.label)
        for example, present in zip(examples, each, strict=True)
        for token in present
        if token in frequent
    )
    found = [
        Giveaway(token, label, count, count / seen[token])
        for (token, label), count in together.items()
        if count >= max(_TEXTS, _SHARE * of_label[label]) and count >= _PRECISION * seen[token]
    ]
    shares = np.array([of_label[giveaway.label] / len(examples) for giveaway in found])
    texts = np.array([giveaway.texts for giveaway in found])
    by_chance = binom.sf(texts - 1, [seen[giveaway.token] for giveaway in found], shares)
    far = [
        giveaway
        for giveaway, probability in zip(found, by_chance, strict=True)
        if probability * len(frequent) < _CHANCE
    ]
    return sorted(far, key=lambda giveaway: (-giveaway.texts, giveaway.token))


def without_giveaways(examples: Sequence[Example], tokens: Collection[str]) -> list[Example]:
    """Return the texts without some tokens; what has no other token is left out."""
    # What becomes of a piece between two spaces depends on nothing else.
    pieces: dict[str, str] = {}

    def without(piece: str) -> str:
        if piece not in pieces:
            there = tokens_of(piece)
            left = [token for token in there if token not in tokens]
            pieces[piece] = piece if len(left) == len(there) else " ".join(left)
        return pieces[piece]

    changed = (
        example._replace(text=" ".join(filter(None, map(without, example.text.split()))))
        for example in examples
    )
    return [example for example in changed if example.text]


def look_for_giveaways(
    examples: Sequence[Example], *, remove: bool
) -> tuple[list[Example], Finding | None]:
    """Return the texts, without giveaways if these are to go, and what is to be told of them.

    Raises:
        DataError: Without its giveaways, a label has no text left.
    """
    giveaways = find_giveaways(examples)
    left = list(examples)
    if remove:
        left = without_giveaways(examples, {giveaway.token for giveaway in giveaways})
    if lost := set(count_labels(examples)) - set(count_labels(left)):
        raise DataError(
            f"--giveaways remove leaves no text of the label {short(min(lost))!r}: its texts are "
            "made of tokens that give it away: leave --giveaways out"
        )
    return left, finding(giveaways, examples, removed=remove, emptied=len(examples) - len(left))


def finding(
    giveaways: Sequence[Giveaway], examples: Sequence[Example], *, removed: bool, emptied: int = 0
) -> Finding | None:
    """Return what is to be told of giveaways; None where there are none.

    Args:
        giveaways: All of them.
        examples: The texts with them.
        removed: Whether they are taken out.
        emptied: Texts that then had no token left.
    """
    if not giveaways:
        return None
    named = {giveaway.token for giveaway in giveaways}
    having = [example for example in examples if not named.isdisjoint(tokens_of(example.text))]
    listed = ", ".join(
        f"{giveaway.token!r} ({short(giveaway.label)}, {giveaway.precision:.0%} of "
        f"{giveaway.texts:,})"
        for giveaway in giveaways[:5]
    )
    more = f" and {len(giveaways) - 5:,} more" if len(giveaways) > 5 else ""
    became = (
        "taken out of the texts to learn from, not out of those to measure with"
        if removed
        else "kept; where they are no words of mood, --giveaways remove hides them from the network"
    )
    if emptied:
        became += f"; {counted(emptied, 'text')} with no other token left out"
    return Finding(
        "giveaways",
        len(having),
        f"with a token that gives the label away, {listed}{more}",
        became,
        shortened(having),
    )
