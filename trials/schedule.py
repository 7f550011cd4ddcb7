"""Which faults come when: made from a seed alone, so that a trial can be held again."""

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Planned(NamedTuple):
    """A fault to come.

    Attributes:
        fault: Its name.
        due_seconds: When, from the beginning of the trial; later if those before it take longer.
        seed: Of whatever the fault leaves to chance.
    """

    fault: str
    due_seconds: float
    seed: int


def schedule(
    seed: int, seconds: float, kills: int, kill_faults: Mapping[str, int], others: Sequence[str]
) -> list[Planned]:
    """Return faults spread over `seconds`, in order.

    Args:
        seed: what is drawn depends on it only.
        seconds: how long tweets flow.
        kills: how many workers are to be killed at least.
        kill_faults: how many workers each fault of this sort kills. Each kind is taken about as
            often.
        others: each of these comes as often as it stands here.
    """
    chance = random.Random(seed)
    names = list(others)
    left = kills
    round_: list[str] = []
    while left > 0 and kill_faults:
        round_ = round_ or chance.sample(sorted(kill_faults), len(kill_faults))
        name = round_.pop()
        names.append(name)
        left -= kill_faults[name]
    chance.shuffle(names)
    slot = seconds / max(1, len(names))
    return [
        Planned(name, slot * (number + chance.random() / 2), chance.randrange(2**32))
        for number, name in enumerate(names)
    ]
