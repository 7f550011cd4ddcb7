"""The n-grams of a text that moved its probabilities, as a reader is told of them."""

from msgspec import Struct


class Evidence(Struct, frozen=True, gc=False):
    """An n-gram that moved the probabilities.

    `text` is what stands in the original text from `start` to before `end`, which count code
    points (JavaScript counts UTF-16 units, of which an emoji has two or more). `label` is the one
    that it speaks for most, and `weight` by how much: what it adds to the logarithm of that label's
    probability, less what it adds to those of all labels on average.
    """

    text: str
    start: int
    end: int
    label: str
    weight: float
