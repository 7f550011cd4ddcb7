"""What was seen of late requests: as JSON, as tables, and as a verdict on our publisher."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from trials.late_requests_cases import OUR_PUBLISHER, Case, Seen
from trials.report_files import store

VERIFICATION = "transaction.partition.verification.enable"
# What a table adds up over the tries, and what it calls it.
HARM = {
    "torn": "torn",
    "went_back": "went back",
    "lost": "records lost",
    "doubled": "records doubled",
    "stuck": "readers stuck",
}
COUNTED = HARM | {"failures": "done again", "fenced": "worker left"}


class Result(msgspec.Struct, frozen=True):
    """What was seen of a case, with a client, on a broker that verifies partitions or does not."""

    client: str
    verifies: bool
    case: Case
    tries: Sequence[Seen]

    @property
    def setting(self) -> tuple[str, bool]:
        """With which client, and on a broker that verifies or not."""
        return self.client, self.verifies

    def count(self, what: str) -> int:
        """Return one of COUNTED, over all tries."""
        return sum(int(getattr(seen, what)) for seen in self.tries)

    def row(self) -> str:
        """Return it as a row of the table."""
        tries, case = self.tries, self.case
        answers = ", ".join(
            f"{answer} ({count})" if len(tries) > 1 else answer
            for answer, count in Counter(seen.answer for seen in tries).most_common()
        )
        how = f"{case.late.name}, unnoticed" if case.silently else case.late.name
        counts = map(self.count, COUNTED)
        return _row(how, case.moment.value, case.then.value, answers, *counts)


class LateRequests(msgspec.Struct, frozen=True):
    """A whole trial: every case with every client on both kinds of broker."""

    results: Sequence[Result]

    @property
    def broken(self) -> list[str]:
        """Return every promise of our publisher that was broken, in words."""
        return [
            f"{name}: {count}, {VERIFICATION}={str(result.verifies).lower()}, {result.row()}"
            for result in self.results
            if result.client == OUR_PUBLISHER
            for what, name in HARM.items()
            if (count := result.count(what))
        ]

    def write(self, folder: Path) -> None:
        """Write `late-requests.json` and `late-requests.md`."""
        store(folder, "late-requests", self, self.markdown())

    def markdown(self) -> str:
        """Return a verdict, and a table for each client and setting of the broker."""
        lines = ["# Late requests", "", *self._verdict(), ""]
        for (client, verifies), results in self._by_setting():
            tries = sum(len(each.tries) for each in results)
            lines += [
                f"## {client}, `{VERIFICATION}={str(verifies).lower()}`, {tries} tries",
                "",
                _row("late", "arrives", "the worker", "answer", *COUNTED.values()),
                _row(*["---"] * 4, *["---:"] * len(COUNTED)),
                *(each.row() for each in results),
                "",
            ]
        return "\n".join(lines)

    def figures(self) -> str:
        """Return one row for each client and setting of the broker, all cases together."""
        lines = [
            _row("producer", "the broker verifies partitions", "tries", *HARM.values()),
            _row("---", "---", *["---:"] * (1 + len(HARM))),
        ]
        for (client, verifies), results in self._by_setting():
            tries = sum(len(each.tries) for each in results)
            sums = [sum(each.count(what) for each in results) for what in HARM]
            lines.append(_row(client, "yes" if verifies else "no", tries, *sums))
        return "\n".join(lines)

    def _verdict(self) -> list[str]:
        kept = ["Nothing was lost, doubled or torn with our publisher: every promise was kept."]
        return [f"- **broken** - {promise}" for promise in self.broken] or kept

    def _by_setting(self) -> Iterator[tuple[tuple[str, bool], list[Result]]]:
        for setting in dict.fromkeys(each.setting for each in self.results):
            yield setting, [each for each in self.results if each.setting == setting]


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"
