"""What may happen to the broker and the way to it. Each tells when that was over."""

import random
import time
from collections.abc import Callable

from trials.coordinators import coordinator_of_group, coordinator_of_transactions
from trials.proxy import Direction, Proxy
from trials.system import System
from worker.identity import transactional_id

MOST_AWAY_SECONDS = 3.0
# Longer than a worker's session.
MOST_BAD_SECONDS = 8.0
RESETS = 5


def kill_broker(system: System, chance: random.Random) -> float:
    """Kill a broker and start it again."""
    broker = chance.choice(system.cluster.brokers)
    broker.kill()
    time.sleep(chance.uniform(0, MOST_AWAY_SECONDS))
    broker.start()
    return time.monotonic()


def kill_with_worker(system: System, chance: random.Random) -> float:
    """Kill a worker, and a broker right after: nobody is there to end the worker's transaction."""
    system.fleet.kill(chance.choice(system.fleet.wanted))
    return kill_broker(system, chance)


def kill_coordinator(system: System, chance: random.Random) -> float:
    """Kill the broker that looks after the group or a worker's transactions, and do without it."""
    servers, group = system.cluster.bootstrap_servers, system.topics.group
    worker = chance.choice(system.fleet.wanted)
    if chance.random() < 0.5:
        what, node = "the group's coordinator", coordinator_of_group(servers, group)
    else:
        what = "a worker's transaction coordinator"
        node = coordinator_of_transactions(servers, transactional_id(group, worker.worker_id))
    broker = system.cluster.brokers[node - 1]
    killed = time.monotonic()
    broker.kill()
    try:
        flowing = system.wait_until_flowing(killed)
        system.notes.append(f"without {what} it flowed after {flowing - killed:.1f} s")
    finally:
        broker.start()
    return time.monotonic()


def rolling_restart(system: System, _chance: random.Random) -> float:
    """Restart every broker in order, each when the stream flows with the one before it."""
    for broker in system.cluster.brokers:
        broker.stop()
        broker.start()
        moment = time.monotonic()
        system.wait_until_flowing(moment)
    return moment


def freeze_broker(system: System, chance: random.Random) -> float:
    """Freeze a broker, and let it go on."""
    broker = chance.choice(system.cluster.brokers)
    broker.freeze()
    time.sleep(system.frozen_seconds)
    broker.thaw()
    return time.monotonic()


def reset_connections(system: System, chance: random.Random) -> float:
    """Reset every connection to the broker, again and again."""
    for _ in range(RESETS):
        for network in system.networks:
            network.reset()
        time.sleep(chance.uniform(0, 1))
    return time.monotonic()


def half_close(system: System, chance: random.Random) -> float:
    """Close every connection in one direction, then in the other."""
    for direction in chance.sample([Direction.TO_BROKER, Direction.TO_CLIENT], 2):
        for network in system.networks:
            network.half_close(direction)
        time.sleep(1.0)
    return time.monotonic()


def bad_network(worsen: Callable[[Proxy], None]) -> Callable[[System, random.Random], float]:
    """Return the fault of a network that is bad for longer than a session."""

    def inject(system: System, _chance: random.Random) -> float:
        for network in system.networks:
            worsen(network)
        try:
            time.sleep(min(MOST_BAD_SECONDS, system.frozen_seconds))
        finally:
            for network in system.networks:
                network.heal()
        return time.monotonic()

    return inject
