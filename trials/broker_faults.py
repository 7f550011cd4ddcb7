"""What may happen to the broker and the way to it. Each tells when that was over."""

import random
import time
from collections.abc import Callable

from trials.proxy import Direction, Proxy
from trials.system import System

MOST_AWAY_SECONDS = 3.0
# Longer than a worker's session.
MOST_BAD_SECONDS = 8.0
RESETS = 5


def kill_broker(system: System, chance: random.Random) -> float:
    """Kill the broker and start it again."""
    system.broker.kill()
    time.sleep(chance.uniform(0, MOST_AWAY_SECONDS))
    system.broker.start()
    return time.monotonic()


def freeze_broker(system: System, _chance: random.Random) -> float:
    """Freeze the broker, and let it go on."""
    system.broker.freeze()
    time.sleep(system.frozen_seconds)
    system.broker.thaw()
    return time.monotonic()


def reset_connections(system: System, chance: random.Random) -> float:
    """Reset every connection to the broker, again and again."""
    for _ in range(RESETS):
        system.network.reset()
        time.sleep(chance.uniform(0, 1))
    return time.monotonic()


def half_close(system: System, chance: random.Random) -> float:
    """Close every connection in one direction, then in the other."""
    for direction in chance.sample([Direction.TO_BROKER, Direction.TO_CLIENT], 2):
        system.network.half_close(direction)
        time.sleep(1.0)
    return time.monotonic()


def bad_network(worsen: Callable[[Proxy], None]) -> Callable[[System, random.Random], float]:
    """Return the fault of a network that is bad for longer than a session."""

    def inject(system: System, _chance: random.Random) -> float:
        worsen(system.network)
        try:
            time.sleep(min(MOST_BAD_SECONDS, system.frozen_seconds))
        finally:
            system.network.heal()
        return time.monotonic()

    return inject
