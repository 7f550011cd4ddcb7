"""What may happen to the input topic. Each tells when that was over."""

import random
import time

from trials.ledger import Gap
from trials.system import System

BEHIND_SECONDS = 2.0


def add_partition(system: System, _chance: random.Random) -> float:
    """Give the input topic one partition more."""
    system.topics.add_partition()
    return time.monotonic()


def retention(system: System, _chance: random.Random) -> float:
    """Let the broker delete what the workers, frozen meanwhile, have not read yet."""
    workers = list(system.fleet.wanted)
    for worker in workers:
        worker.freeze()
    try:
        time.sleep(BEHIND_SECONDS)
        committed, ends = system.topics.committed(), system.topics.ends()
        before = {
            partition: end - (end - committed.get(partition, 0)) // 2
            for partition, end in ends.items()
        }
        incarnation = system.load.incarnation
        system.topics.delete_before(before)
        for partition, end in before.items():
            gap = Gap(incarnation, partition, committed.get(partition, 0), end)
            system.ledger.gaps.append(gap)
    finally:
        for worker in workers:
            worker.thaw()
    return time.monotonic()


def remake_topic(system: System, _chance: random.Random) -> float:
    """Delete the input topic and make it anew, under the workers' hands."""
    system.load.pause()
    committed = system.topics.committed()
    incarnation = system.load.incarnation
    for partition in system.topics.partitions:
        gap = Gap(incarnation, partition, committed.get(partition, 0), None)
        system.ledger.gaps.append(gap)
    try:
        system.topics.remake(system.wait_until)
    finally:
        system.load.go_on(remade=True)
    return time.monotonic()
