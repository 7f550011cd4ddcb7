"""One trial from its start to its verdict: faults while tweets flow, and then the audit."""

import random
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kafka.errors import KafkaError

from localkafka import LocalCluster, LocalKafkaError
from trials.audit import audit
from trials.errors import BadPlan, NeverBegan, Stuck
from trials.faults import KILLS, OTHERS, Fault
from trials.fleet import Fleet, Kill
from trials.holding import Say
from trials.kafka_load import Load
from trials.kafka_reader import Arrivals, read_outputs
from trials.kafka_topics import Topics
from trials.ledger import Ledger
from trials.proxy import Proxy
from trials.report import SESSION_SECONDS, Event, KillSeen, Report
from trials.schedule import Planned, schedule
from trials.system import System
from trials.workers import Command

PARTITIONS = 4
# Each fault comes once in about so many minutes.
MINUTES_A_ROUND = 7
BEGINS_WITHIN_SECONDS = 120.0
# From the last record sent to the last one committed, after whatever came last.
ENDS_WITHIN_SECONDS = 120.0


@dataclass(frozen=True)
class Plan:
    """What to try.

    Attributes:
        seed: Of the schedule and the records.
        minutes: How long tweets flow; longer where the faults take longer.
        kills: How many workers are killed at least.
        rounds: How often the other faults come; once in seven minutes if None.
        workers: How many run.
        brokers: How many brokers; of three any one may die.
        rate: Tweets a second.
        faults: Names of the faults; all of them when empty.
        limit_seconds: Within which the stream flows again after a kill.
        frozen_seconds: How long a frozen broker stays so.
        model: The bundle to score with.
        out: Folder for report and logs.
    """

    seed: int
    minutes: float
    kills: int
    rounds: int | None
    workers: int
    brokers: int
    rate: float
    faults: Sequence[str]
    limit_seconds: float
    frozen_seconds: float
    model: Path
    out: Path


def run(plan: Plan, say: Say) -> Report:
    """Hold a trial.

    Raises:
        BadPlan: there is no such fault.
        LocalKafkaError: no broker can be started.
        NeverBegan: tweets do not flow although nothing was broken yet.
        KafkaError: the broker does not answer the trial itself.
    """
    known = {fault.name: fault for fault in (*KILLS, *OTHERS) if fault.brokers <= plan.brokers}
    planned = _schedule(plan, known)
    plan.out.mkdir(parents=True, exist_ok=True)
    for left in plan.out.glob("orders-*"):
        shutil.rmtree(left)  # Of a trial that was interrupted; its workers' orders are not ours.
    events: list[Event] = []
    with _system(plan) as system:
        began = system.load.started_seconds
        try:
            system.wait_until_flowing(began)
        except Stuck as error:
            raise NeverBegan(f"{error}: look into {plan.out}") from error
        say(f"tweets flow; {len(planned)} faults to come")
        started = time.monotonic()
        for number, due in enumerate(planned, start=1):
            time.sleep(max(0.0, started + due.due_seconds - time.monotonic()))
            event = _inject(system, known[due.fault], due.seed)
            events.append(event)
            say(f"{number:4} {event.line()}")
        time.sleep(max(0.0, started + plan.minutes * 60 - time.monotonic()))
        lasted = time.monotonic() - started
        backlog = _finish(system)
        say(f"{system.ledger.sent} records sent; reading what came out")
        outputs = read_outputs(
            system.cluster.bootstrap_servers, system.topics.output, system.topics.dead_letters
        )
        result = audit(system.ledger, plan.seed, outputs, PARTITIONS)
        return Report.of(
            seed=plan.seed,
            seconds=lasted,
            rate=plan.rate,
            workers=plan.workers,
            brokers=plan.brokers,
            limit_seconds=plan.limit_seconds,
            audit=result,
            backlog=backlog,
            events=events,
            exits=system.fleet.exits,
        )


def _schedule(plan: Plan, known: dict[str, Fault]) -> list[Planned]:
    if strangers := set(plan.faults) - known.keys():
        raise BadPlan(
            f"there is no fault {', '.join(sorted(strangers))}: choose of {'; '.join(known)}"
        )
    chosen = [fault for name, fault in known.items() if not plan.faults or name in plan.faults]
    rounds = plan.rounds or max(1, round(plan.minutes / MINUTES_A_ROUND))
    return schedule(
        plan.seed,
        plan.minutes * 60,
        plan.kills,
        {fault.name: fault.kills for fault in chosen if fault in KILLS},
        [fault.name for fault in chosen if fault in OTHERS] * rounds,
    )


@contextmanager
def _system(plan: Plan) -> Iterator[System]:
    """Start everything; end everything with the block."""
    with ExitStack() as cleanup:
        networks = [cleanup.enter_context(Proxy(seed=plan.seed)) for _ in range(plan.brokers)]
        ports = [network.port for network in networks]
        cluster = cleanup.enter_context(LocalCluster(plan.brokers, advertised_ports=ports))
        for network, broker in zip(networks, cluster.brokers, strict=True):
            network.broker_port = broker.port
        servers = cluster.bootstrap_servers
        topics = cleanup.enter_context(closing(Topics(servers, PARTITIONS)))
        ledger = Ledger()
        arrivals = Arrivals(servers, [topics.output, topics.dead_letters], ledger)
        cleanup.enter_context(closing(arrivals)).start()
        options = (
            *("--bootstrap-servers", servers, "--group-id", topics.group),
            *("--input-topic", topics.input, "--output-topic", topics.output),
            *("--dead-letter-topic", topics.dead_letters, "--model", str(plan.model)),
            *("--session-timeout-seconds", str(SESSION_SECONDS)),
        )
        command = Command(options, plan.out)
        fleet = cleanup.enter_context(closing(Fleet(command, topics.transaction_state)))
        for _ in range(plan.workers):
            fleet.add()
        load = Load(servers, topics.input, ledger, plan.seed, plan.rate)
        cleanup.enter_context(closing(load)).start()
        yield System(cluster, networks, topics, ledger, load, fleet, plan.out, plan.frozen_seconds)


def _inject(system: System, fault: Fault, seed: int) -> Event:
    """Let a fault happen and wait until the stream flows again."""
    system.notes.clear()
    kills_before = len(system.fleet.kills)
    started = time.monotonic()
    moment = started
    stuck = flowing = whole = None
    try:
        moment = fault.inject(system, random.Random(seed))
        flowing = system.wait_until_flowing(moment)
        whole = system.wait_until_whole()
    except (Stuck, KafkaError, LocalKafkaError, OSError) as error:
        stuck = f"{type(error).__name__}: {error}"
    return Event(
        fault=fault.name,
        prompt=fault.prompt,
        kills=[_as_seen(system, kill) for kill in system.fleet.kills[kills_before:]],
        took_seconds=round(time.monotonic() - started, 3),
        flowing_after_seconds=None if flowing is None else round(flowing - moment, 3),
        whole_after_seconds=None if whole is None else round(whole - moment, 3),
        notes=list(system.notes),
        stuck=stuck,
    )


def _as_seen(system: System, kill: Kill) -> KillSeen:
    moment = kill.moment_seconds
    flowing = system.ledger.flows_since(moment, system.topics.partitions)
    return KillSeen(
        point=kill.point,
        transaction=kill.transaction,
        same_id=kill.same_id,
        flowing_after_seconds=None if flowing is None else round(flowing - moment, 3),
    )


def _finish(system: System) -> int | None:
    """Send nothing more and wait until all is committed; return what is not, None if unknown."""
    system.load.pause()
    deadline = time.monotonic() + ENDS_WITHIN_SECONDS
    while (backlog := system.topics.backlog()) != 0 and time.monotonic() < deadline:
        time.sleep(0.1)
    return backlog
