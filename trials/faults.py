"""Every fault by its name, as reports and the command line have it."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from trials import broker_faults, topic_faults, worker_faults
from trials.system import System
from trials.wired_worker import Point

# A quarter of what the load takes: the backlog grows, and so do the batches after it.
SLOW_BYTES_A_SECOND = 20_000


@dataclass(frozen=True)
class Fault:
    """Something that may happen to a worker, a broker or a topic.

    Whatever a fault takes away it gives back, but for what an orchestrator or a cluster would give
    back by itself.

    Attributes:
        name: As in reports and on the command line.
        inject: Does it; returns the monotonic second from which on the stream has to flow again.
        kills: How many workers it kills.
        brokers: How many brokers it takes.
        prompt: Whether the stream must flow again within the limit.
    """

    name: str
    inject: Callable[[System, random.Random], float]
    kills: int = 0
    brokers: int = 1
    prompt: bool = False


KILLS = (
    Fault("worker killed", worker_faults.kill_one, kills=1, prompt=True),
    Fault("two workers killed", worker_faults.kill_two, kills=2, prompt=True),
    *(
        Fault(f"worker killed: {point}", worker_faults.kill_at(point), kills=1, prompt=True)
        for point in Point
    ),
    # Its transaction is open, and whoever inherits its partitions has to end it.
    Fault(
        f"worker killed: {Point.SENT}, back under another id",
        worker_faults.kill_at(Point.SENT, rename=True),
        kills=1,
        prompt=True,
    ),
)
OTHERS = (
    Fault("worker killed, back under another id", worker_faults.kill_renamed, kills=1, prompt=True),
    Fault("worker frozen past its session", worker_faults.freeze),
    Fault("zombie: frozen and replaced", worker_faults.zombie),
    Fault("worker joins, worker leaves", worker_faults.join_and_leave),
    Fault("broker killed", broker_faults.kill_broker),
    Fault("worker and broker killed", broker_faults.kill_with_worker, kills=1),
    Fault("coordinator killed", broker_faults.kill_coordinator, brokers=3),
    Fault("brokers restarted in turn", broker_faults.rolling_restart, brokers=3),
    Fault("broker frozen", broker_faults.freeze_broker),
    Fault("connections reset", broker_faults.reset_connections),
    Fault("connections half closed", broker_faults.half_close),
    Fault("network delays", broker_faults.bad_network(lambda network: network.delay(0.2, 0.3))),
    Fault(
        "network slow",
        broker_faults.bad_network(lambda network: network.limit(SLOW_BYTES_A_SECOND)),
    ),
    Fault("network swallows", broker_faults.bad_network(lambda network: network.swallow())),
    Fault("no room for the cache", worker_faults.full_disk),
    Fault("clock steps", worker_faults.step_clock),
    Fault("partition added", topic_faults.add_partition),
    Fault("records deleted unread", topic_faults.retention),
    Fault("input topic remade", topic_faults.remake_topic),
)
