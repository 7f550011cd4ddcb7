"""What a trial found: as JSON for machines, as Markdown for people, and as a verdict."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import inf
from pathlib import Path
from typing import Any, Self

import msgspec

from benchmarks.machine import Machine, this_machine
from benchmarks.percentiles import median, percentile
from trials.audit import PROMISES, Audit
from trials.fleet import Exit
from trials.report_files import store

# Of the workers of a trial: an heir has to wait for its end.
SESSION_SECONDS = 6
OPEN = {"Ongoing", "PrepareCommit", "PrepareAbort"}


class KillSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A kill and the time from it until the stream flowed again in full; None if never."""

    point: str
    transaction: str
    same_id: bool
    flowing_after_seconds: float | None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One fault and what became of the stream.

    Attributes:
        fault: Its name.
        prompt: Whether the stream has to flow again within the limit.
        kills: The workers that it killed.
        took_seconds: From its beginning until every worker had partitions, or it was given up.
        flowing_after_seconds: From its last act until the stream flowed again in full; None if
            that never came.
        whole_after_seconds: And until every worker had partitions; None if that never came.
        notes: What else was seen.
        stuck: What should have happened by itself and did not.
    """

    fault: str
    prompt: bool
    kills: Sequence[KillSeen]
    took_seconds: float
    flowing_after_seconds: float | None
    whole_after_seconds: float | None
    notes: Sequence[str]
    stuck: str | None

    def line(self) -> str:
        """Return the event as a line of progress."""
        after = self.flowing_after_seconds
        whole = self.whole_after_seconds
        flowing = "STUCK" if after is None else f"flowing after {after:.2f} s"
        flowing += ", but not whole" if whole is None else f", whole after {whole:.2f} s"
        return "; ".join([f"{self.fault}: {flowing}", *self.notes, *filter(None, [self.stuck])])


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole trial.

    Attributes:
        backlog: Records that were not committed in the end; None if nobody could tell.
        exits: Of workers that ended by themselves: exit code and last words, and how often.
    """

    seed: int
    seconds: float
    rate: float
    workers: int
    brokers: int
    limit_seconds: float
    machine: Machine
    audit: Audit
    backlog: int | None
    events: Sequence[Event]
    exits: dict[str, int]

    @classmethod
    def of(cls, *, exits: Sequence[Exit], **rest: Any) -> Self:
        """Return the report of a trial on this machine."""
        ends = Counter(f"exit code {end.code}: {end.last_words}" for end in exits)
        return cls(machine=this_machine(), exits=dict(ends), **rest)

    @property
    def kills(self) -> list[KillSeen]:
        """Return every kill of every fault."""
        return [kill for event in self.events for kill in event.kills]

    @property
    def broken(self) -> list[str]:
        """Return every promise that was broken, in words."""
        audit = self.audit
        broken = [f"{name}: {n}" for name in PROMISES if (n := getattr(audit, name))]
        if self.backlog != 0:
            broken.append(f"never committed: {self.backlog}")
        broken += [f"{event.fault}: {event.stuck}" for event in self.events if event.stuck]
        broken += [f"{n} times a worker ended by itself, {end}" for end, n in self.exits.items()]
        for same_id, limit_seconds, name in (
            (True, self.limit_seconds, "its id"),
            (False, self.limit_seconds + SESSION_SECONDS, "another id"),
        ):
            after = [
                inf if kill.flowing_after_seconds is None else kill.flowing_after_seconds
                for event in self.events
                if event.prompt
                for kill in event.kills
                if kill.same_id == same_id
            ]
            if slow := sum(seconds > limit_seconds for seconds in after):
                broken.append(
                    f"{slow} of {len(after)} times the stream flowed only more than "
                    f"{limit_seconds:g} s after a kill, back under {name}"
                )
        return broken

    def write(self, folder: Path) -> None:
        """Write `chaos.json` and `chaos.md`."""
        store(folder, "chaos", self, self.markdown())

    def markdown(self) -> str:
        """Return the report as a page."""
        return "\n".join([*self._verdict(), "", *self._fault_table(), "", *self._kill_table(), ""])

    def _verdict(self) -> Iterator[str]:
        audit = self.audit
        yield (
            f"{audit.acknowledged:,} records in {self.seconds / 60:.1f} minutes, "
            f"{self.workers} workers, {self.brokers} brokers, {len(self.kills)} kills, "
            f"{len(self.events)} faults, seed {self.seed}. All on one machine: "
            f"{self.machine.hardware}; {self.machine.software}."
        )
        yield ""
        yield "| lost | twice | out of order | altered | unknown | deleted unread by the broker |"
        yield "| ---: | ---: | ---: | ---: | ---: | ---: |"
        counts = [getattr(audit, name) for name in PROMISES]
        yield f"| {' | '.join(str(count) for count in (*counts, audit.deleted_unread))} |"
        yield ""
        for broken in self.broken or ["every promise was kept"]:
            yield f"- {broken}"

    def _fault_table(self) -> Iterator[str]:
        yield (
            "| fault | times | seconds until the stream flowed again: median | most "
            "| until every worker had partitions: median | most |"
        )
        yield "| --- | ---: | ---: | ---: | ---: | ---: |"
        events = defaultdict(list)
        for event in self.events:
            events[event.fault].append(event)
        for fault, some in sorted(events.items()):
            flowing = _spread([event.flowing_after_seconds for event in some])
            whole = _spread([event.whole_after_seconds for event in some])
            yield f"| {fault} | {len(some)} | {flowing} | {whole} |"

    def _kill_table(self) -> Iterator[str]:
        yield (
            "| kill | back under | kills | in an open transaction "
            "| seconds until the stream flowed again: median | most |"
        )
        yield "| --- | --- | ---: | ---: | ---: | ---: |"
        kills = defaultdict(list)
        for kill in self.kills:
            kills[kill.point, kill.same_id].append(kill)
        for (point, same_id), some in sorted(kills.items()):
            in_open = sum(kill.transaction in OPEN for kill in some)
            spread = _spread([kill.flowing_after_seconds for kill in some])
            name = "its id" if same_id else "another id"
            yield f"| {point} | {name} | {len(some)} | {in_open} | {spread} |"


def _spread(all_seconds: Sequence[float | None]) -> str:
    known = [float("inf") if seconds is None else seconds for seconds in all_seconds]
    return f"{median(known):.2f} | {percentile(known, 1.0):.2f}"
