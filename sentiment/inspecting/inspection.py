"""Labelled texts looked at: what is there, and what is wrong with it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from sentiment.counting import counted
from sentiment.data.class_names import check_number
from sentiment.data.dataset import Dataset, Example, count_labels
from sentiment.data.duplicates import first_of_each, key
from sentiment.data.findings import repeated, short
from sentiment.data.giveaways import Giveaway, find_giveaways
from sentiment.data.near_duplicates import clusters
from sentiment.inspecting.counted import count
from sentiment.inspecting.doubtful import doubtful
from sentiment.inspecting.scripts import script
from sentiment.inspecting.telling import Telling, telling
from sentiment.labels import ordered
from sentiment.text.emoji_text import emoji_to_words
from sentiment.text.normalize import URL, USER, normalize
from sentiment.text.tokenizer import tokenize

# Texts of a kind that are shown.
_SHOWN = 10
# Fewer texts of a label than this are hardly learnt from.
_FEW = 100
# How many times as many texts one label may have as another before it is worth a word.
_IMBALANCE = 5
# Characters of a text that are looked at.
_CHARACTERS = 20_000


class Lengths(msgspec.Struct, frozen=True):
    """Tokens of the texts; `beyond` is the share of texts with more than `max_tokens`."""

    minimum: int
    median: float
    percentile_95: float
    maximum: int
    max_tokens: int
    beyond: float


class Repeats(msgspec.Struct, frozen=True):
    """Texts that say again what another one says, and how many `remain` without them.

    Attributes:
        exact: Word for word the same as an earlier one.
        alike: The same but for handles, links, case and signs.
        near: Of those left, nearly the same as an earlier one.
        disputed: Exact or alike, with another label.
        remain: Texts left without the exact and alike.
    """

    exact: int
    alike: int
    near: int
    disputed: int
    remain: int


class Doubt(msgspec.Struct, frozen=True):
    """A text with the labels it has, and the one it may be meant to have, if that was computed."""

    text: str
    labels: tuple[str, ...]
    expected: str | None = None
    probability: float | None = None


class Inspection(msgspec.Struct, frozen=True):
    """All that was seen.

    Attributes:
        files: Names of the files.
        texts: How many there are.
        malformed: Rows that could not be read.
        labels: Label to number of texts.
        lengths: Tokens of the texts.
        all_lengths: Tokens to number of texts, to draw.
        repeats: Texts that repeat another.
        scripts: Script to number of texts.
        signs: "emoji", "handles", "links" to number of texts with one.
        telling: Label to the tokens that tell most of it.
        giveaways: Tokens that nearly determine the label.
        disputed: Texts that are there with two labels.
        doubted: How many texts have a label that a simple classifier strongly doubts.
        doubtful: The first of these.
        advice: What to mind or mend, a sentence each.
    """

    files: tuple[str, ...]
    texts: int
    malformed: int
    labels: dict[str, int]
    lengths: Lengths
    all_lengths: dict[int, int]
    repeats: Repeats
    scripts: dict[str, int]
    signs: dict[str, int]
    telling: dict[str, tuple[Telling, ...]]
    giveaways: tuple[Giveaway, ...]
    disputed: tuple[Doubt, ...]
    doubted: int
    doubtful: tuple[Doubt, ...]
    advice: tuple[str, ...]

    def to_json(self) -> bytes:
        """Return it as indented JSON."""
        # Half of an emoji, as "\\ud83d" in JSON makes it, is no UTF-8.
        return msgspec.json.format(msgspec.json.encode(self)) + b"\n"


def inspect(data: Dataset, max_tokens: int, *, show_texts: bool = True) -> Inspection:
    """Look at labelled texts; with `show_texts`, some of them are in what is returned.

    Raises:
        DataError: There are more than 20 labels.
    """
    examples = data.examples
    check_number({example.label for example in examples})
    texts = [example.text for example in examples]
    tokens = [tokenize(normalize(text[:_CHARACTERS])) for text in texts]
    keys = [key(text) for text in texts]
    labels = {
        label: count_labels(examples)[label] for label in ordered(each.label for each in examples)
    }
    different = first_of_each(keys)
    counted = count([tokens[place] for place in different])
    distinct = [examples[place] for place in different]
    giveaways = find_giveaways(distinct, [set(tokens[place]) for place in different])
    doubts = doubtful(counted, [each.label for each in distinct])
    repeats = _repeats(examples, keys, different)
    lengths = np.array([len(each) for each in tokens])
    found = Inspection(
        files=data.files,
        texts=len(examples),
        malformed=data.malformed,
        labels=labels,
        lengths=_lengths(lengths, max_tokens),
        all_lengths=dict(sorted(Counter(lengths.tolist()).items())),
        repeats=repeats,
        scripts=dict(Counter(map(script, texts)).most_common()),
        signs={
            "emoji": sum(emoji_to_words(text) != text for text in texts),
            "handles": sum(USER in each for each in tokens),
            "links": sum(URL in each for each in tokens),
        },
        telling={
            label: telling(counted, np.array([each.label == label for each in distinct]))
            for label in labels
        },
        giveaways=tuple(giveaways),
        disputed=tuple(_disputed(examples, keys)) if show_texts else (),
        doubted=len(doubts),
        doubtful=tuple(
            Doubt(
                short(distinct[each.place].text),
                (distinct[each.place].label,),
                each.expected,
                round(each.probability, 3),
            )
            for each in doubts[:_SHOWN]
        )
        if show_texts
        else (),
        advice=(),
    )
    return msgspec.structs.replace(found, advice=tuple(_advice(found)))


def _lengths(lengths: "np.ndarray[tuple[int], np.dtype[np.int64]]", max_tokens: int) -> Lengths:
    return Lengths(
        int(lengths.min()),
        float(np.median(lengths)),
        float(np.percentile(lengths, 95)),
        int(lengths.max()),
        max_tokens,
        round(float((lengths > max_tokens).mean()), 6),
    )


def _repeats(examples: Sequence[Example], keys: Sequence[str], different: Sequence[int]) -> Repeats:
    found = {each.kind: each.texts for each in repeated(examples, keys, removed=True)}
    together = clusters([keys[place] for place in different])
    near = sum(first != place for place, first in enumerate(together))
    return Repeats(
        found.get("exact", 0),
        found.get("alike", 0),
        near,
        found.get("disputed", 0),
        len(different),
    )


def _disputed(examples: Sequence[Example], keys: Sequence[str]) -> Iterator[Doubt]:
    labels: dict[str, set[str]] = defaultdict(set)
    texts: dict[str, str] = {}
    for example, each in zip(examples, keys, strict=True):
        labels[each].add(example.label)
        texts.setdefault(each, example.text)
    several = (each for each, names in labels.items() if len(names) > 1)
    for each, _ in zip(several, range(_SHOWN), strict=False):
        yield Doubt(short(texts[each]), ordered(labels[each]))


def _advice(found: Inspection) -> Iterator[str]:
    counts = found.labels
    least, most = min(counts, key=counts.__getitem__), max(counts, key=counts.__getitem__)
    if len(counts) < 2:
        yield f"All texts have the label {most!r}: there is nothing to tell apart."
    elif counts[most] > _IMBALANCE * counts[least]:
        yield (
            f"{most!r} has {counts[most] / counts[least]:.0f} times as many texts as {least!r}: "
            "read macro recall and macro F1, not accuracy; class weights are on by default."
        )
    if few := [label for label, count in counts.items() if count < _FEW]:
        yield f"{', '.join(map(repr, few))}: fewer than {_FEW} texts; label more of them."
    left_out = found.texts - found.repeats.remain
    if left_out:
        texts = counted(found.repeats.remain, "text")
        yield f"{texts} left when those that repeat another are removed."
    if found.repeats.disputed:
        yield (
            f"{counted(found.repeats.disputed, 'text')} there again with another label: no model "
            "can be right about both."
        )
    if found.lengths.beyond > 0.05:
        yield (
            f"{found.lengths.beyond:.0%} of the texts are longer than {found.lengths.max_tokens} "
            f"tokens: train with --max-tokens {int(found.lengths.percentile_95)} to read more."
        )
    if found.giveaways:
        yield (
            "Some tokens nearly determine the label. If they are no words of mood, but come from "
            "how the texts were gathered, train with --giveaways remove."
        )
    if found.doubted:
        yield f"{counted(found.doubted, 'label')} strongly doubted: look at the first of them."
    if found.malformed:
        yield f"{counted(found.malformed, 'row')} could not be read: left out."
