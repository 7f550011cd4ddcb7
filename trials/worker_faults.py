"""What may happen to workers. Each tells when that was over."""

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from configuration.kept_folders import user_cache
from trials.errors import Stuck
from trials.system import System
from trials.wired_worker import Point
from trials.workers import Worker

TOLD_TO_LEAVE, FENCED = 0, 3
# An order to die is obeyed with the next batch.
ORDER_SECONDS = 60.0
MOST_COMMIT_SECONDS = 0.006
# The shortest session that brokers allow, and then some.
FROZEN_SECONDS = 8.0
# Of 512 bytes: the log still fits, the tables do not.
SMALL_FILE_BLOCKS = 16_384


def kill_one(system: System, chance: random.Random) -> float:
    """Kill a worker; it is started again under its id."""
    return system.fleet.kill(_any(system, chance))


def kill_two(system: System, chance: random.Random) -> float:
    """Kill two workers at once."""
    return system.fleet.kill(*chance.sample(system.fleet.wanted, 2))


def kill_renamed(system: System, chance: random.Random) -> float:
    """Kill a worker; it comes back under an id that nobody knows."""
    return system.fleet.kill(_any(system, chance), rename=True)


def kill_at(point: Point, *, rename: bool = False) -> Callable[[System, random.Random], float]:
    """Return the fault that kills a worker at a chosen point of its work.

    It is started again under its id, or with `rename` under one that nobody knows.
    """

    def inject(system: System, chance: random.Random) -> float:
        worker = chance.choice([w for w in system.fleet.wanted if w.number % 2])
        in_commit = point is Point.COMMITTING
        delay_seconds = chance.uniform(0, MOST_COMMIT_SECONDS) if in_commit else 0.0
        before = len(system.fleet.kills)
        worker.unstable = rename
        worker.orders.kill(point, delay_seconds)
        try:
            system.wait_until(
                lambda: len(system.fleet.kills) > before, f"dead when {point}", ORDER_SECONDS
            )
        finally:
            worker.orders.withdraw()
            worker.unstable = False
        return system.fleet.kills[-1].moment_seconds

    return inject


def freeze(system: System, chance: random.Random) -> float:
    """Freeze a worker until the group has gone on without it, and let it go on."""
    worker = _any(system, chance)
    frozen = time.monotonic()
    worker.freeze()
    try:
        flowing = system.wait_until_flowing(frozen)
        system.notes.append(f"the others took over after {flowing - frozen:.1f} s")
        time.sleep(max(0.0, frozen + FROZEN_SECONDS - time.monotonic()))
    finally:
        worker.thaw()
    return time.monotonic()


def zombie(system: System, chance: random.Random) -> float:
    """Freeze a worker, start another under its id, and let it go on: it must be fenced."""
    worker = _any(system, chance)
    worker.freeze()
    heir = system.fleet.replace(worker)
    try:
        flowing = system.wait_until_flowing(heir.started_seconds)
        system.notes.append(f"its successor took over after {flowing - heir.started_seconds:.1f} s")
        worker.thaw()
        moment = time.monotonic()
        system.expect_exit(worker, {FENCED}, "the zombie")
    finally:
        worker.close()
    return moment


def join_and_leave(system: System, chance: random.Random) -> float:
    """Let a worker join while tweets flow, and another leave."""
    _wait_for_partitions(system, system.fleet.add())
    system.wait_until_flowing(time.monotonic())
    # Those with odd numbers take orders, and the faults to come may need one of them.
    worker = chance.choice([w for w in system.fleet.wanted if not w.number % 2])
    system.fleet.leave(worker)
    moment = time.monotonic()
    try:
        system.expect_exit(worker, {TOLD_TO_LEAVE}, "who was told to leave")
    finally:
        worker.close()
    return moment


def full_disk(system: System, chance: random.Random) -> float:
    """Start a worker anew that cannot keep its tables: no file may grow to their size."""
    worker = _any(system, chance)
    limited = ("sh", "-c", f'ulimit -f {SMALL_FILE_BLOCKS}; exec "$@"', "sh")
    cache = Path(tempfile.mkdtemp(prefix="empty-cache-", dir=system.folder))
    # The machine code fits; without it this worker would compile for half a minute first.
    (cache / "kernels").symlink_to(user_cache() / "kernels")
    system.fleet.restart(worker, f"SENTIMENT_CACHE={cache}", *limited)
    _wait_for_partitions(system, worker)
    system.wait_until_flowing(time.monotonic())
    if "nothing can be kept" not in worker.log():
        raise Stuck("a worker without room for its tables has not said so")
    system.fleet.restart(worker)
    _wait_for_partitions(system, worker)
    return time.monotonic()


def step_clock(system: System, chance: random.Random) -> float:
    """Step a worker's wall clock an hour back, a day forth, and right again."""
    worker = chance.choice([w for w in system.fleet.wanted if w.number % 2])
    for seconds in (-3_600.0, 86_400.0, 0.0):
        worker.orders.set_clock(seconds)
        moment = time.monotonic()
        system.wait_until_flowing(moment)
    return moment


def _wait_for_partitions(system: System, worker: Worker) -> None:
    system.wait_until(lambda: worker.has_partitions, "given partitions")


def _any(system: System, chance: random.Random) -> Worker:
    return chance.choice(system.fleet.wanted)
