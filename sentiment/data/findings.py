"""What was found in labelled texts that makes figures look better than they are."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from sentiment.counting import counted
from sentiment.data.dataset import Example

Method = Literal["shuffle", "time", "group"]

_SHOWN = 3
_SHOWN_CHARACTERS = 60


class Finding(NamedTuple):
    """One kind of thing that was found.

    Attributes:
        kind: A short name of it, the same in every run.
        texts: How many it is about.
        what: What these texts are, without a verb; goes on from "7 texts ..." or "1 text ...".
        outcome: What became of them.
        shown: A few of them, shortened.
    """

    kind: str
    texts: int
    what: str
    outcome: str
    shown: tuple[str, ...] = ()

    def line(self) -> str:
        """Return it as one line."""
        shown = "; ".join(f"“{text}”" for text in self.shown)
        told = f"{counted(self.texts, 'text')} {self.what}: {self.outcome}"
        return f"{told} ({shown})" if shown else told


class Rules(NamedTuple):
    """How texts come into parts, and what is taken out of these.

    Attributes:
        method: Drawn at random within each label; the latest texts held out; or all texts of one
            author in one part.
        duplicates: Whether texts that say what another one says are left out.
        near: Whether texts that are nearly the same as a held-out one are left out.
    """

    method: Method = "shuffle"
    duplicates: bool = True
    near: bool = True


DEFAULT_RULES = Rules()


def outcome(option: str, *, removed: bool) -> str:
    """Return what became of texts that an option is about, and how to have it otherwise."""
    if removed:
        return f"left out; {option} keep leaves them in"
    return f"kept, which flatters the figures; {option} remove leaves them out"


def shortened(examples: Iterable[Example]) -> tuple[str, ...]:
    """Return the first few texts, each on one line."""
    first = [example for example, _ in zip(examples, range(_SHOWN), strict=False)]
    return tuple(short(example.text) for example in first)


def short(text: str) -> str:
    """Return the beginning of a text, on one line and without what would upset a terminal."""
    first = " ".join(text[:500].split())
    shown = textwrap.shorten(first, _SHOWN_CHARACTERS, placeholder=" …")
    if shown in ("", "…"):  # One long word.
        shown = first[:_SHOWN_CHARACTERS]
    return "".join(each if each.isprintable() else "\ufffd" for each in shown)


def repeated(examples: Sequence[Example], keys: Sequence[str], *, removed: bool) -> list[Finding]:
    """Return what is to be told of texts that say what an earlier one says.

    Args:
        examples: The texts.
        keys: What they say: the same for texts that say the same.
        removed: Whether all but the first of them are left out.
    """
    first: dict[str, Example] = {}
    exact: list[Example] = []
    alike: list[Example] = []
    disputed: list[Example] = []
    for each, example in zip(keys, examples, strict=True):
        if each not in first:
            first[each] = example
            continue
        before = first[each]
        (exact if before.text.split() == example.text.split() else alike).append(example)
        if before.label != example.label:
            disputed.append(example)
    became = outcome("--duplicates", removed=removed)
    kinds = (
        ("exact", exact, "with the very words of an earlier one", became),
        ("alike", alike, "other than an earlier one only in handles, links and signs", became),
        (
            "disputed",
            disputed,
            "with another label than an earlier one that says the same",
            "the first label counts" if removed else "kept with both labels",
        ),
    )
    return [
        Finding(kind, len(found), what, done, shortened(found))
        for kind, found, what, done in kinds
        if found
    ]


def overruled(examples: Sequence[Example]) -> Finding | None:
    """Return what is to be told of probabilities at odds with a label; None without any."""
    soft = [(each, each.probabilities) for each in examples if each.probabilities]
    at_odds = [each for each, shares in soft if shares.get(each.label, 0) < max(shares.values())]
    if not at_odds:
        return None
    return Finding(
        "overruled",
        len(at_odds),
        f"with another likeliest label than their own, of {len(soft):,} with probabilities",
        "both count, as --soft-share weighs them",
        shortened(at_odds),
    )


def by_authors_and_times(
    examples: Sequence[Example], theirs: Sequence[Example], method: Method
) -> list[Finding]:
    """Return what is to be told where texts come into parts by author or by time.

    Args:
        examples: The texts.
        theirs: Texts that were left out for their authors.
        method: How texts come into parts.
    """
    nobody = [each for each in examples if method == "group" and each.group is None]
    never = [each for each in examples if method == "time" and each.time is None]
    kinds = (
        ("author", theirs, "by the author of a given held-out one", "left out"),
        ("no author", nobody, "without an author that could be read", "each is on its own"),
        ("no time", never, "without a time that could be read", "never held out"),
    )
    return [
        Finding(kind, len(found), what, became, shortened(found))
        for kind, found, what, became in kinds
        if found
    ]
