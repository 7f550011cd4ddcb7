"""`python -m trials late-requests`: what a delayed request of one transaction does to the next.

Kafka clients that know nothing of KIP-890's second part, and kafka-python 3.0 is one, give every
transaction of a producer the same epoch. A request whose connection broke is sent again on a new
one; should the first copy arrive after all, in a later transaction, the broker cannot tell it from
a request of that transaction.
"""

import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
from kafka.errors import KafkaError

from configuration.command_line import OneLineParser, whole_number
from localkafka import LocalKafka, LocalKafkaError
from trials.holding import BROKEN, RESULTS
from trials.late_requests_cases import Case, Late, Seen, cases
from trials.late_requests_process import CLIENTS
from trials.late_requests_try import Try
from trials.proxy import Proxy

DONE = 0
VERIFICATION = "transaction.partition.verification.enable"


class Result(msgspec.Struct, frozen=True):
    """What was seen of a case, with a client, on a broker that verifies partitions or does not."""

    client: str
    verifies: bool
    case: Case
    tries: Sequence[Seen]

    def row(self) -> str:
        """Return it as a row of the table."""
        tries, case = self.tries, self.case
        answers = ", ".join(
            f"{answer} ({count})" if len(tries) > 1 else answer
            for answer, count in Counter(seen.answer for seen in tries).most_common()
        )
        how = f"{case.late.name}, unnoticed" if case.silently else case.late.name
        cells = [
            how,
            case.moment.value,
            case.then.value,
            answers,
            *(sum(getattr(seen, what) for seen in tries) for what in _COUNTED),
        ]
        return "| " + " | ".join(str(cell) for cell in cells) + " |"


# What a table adds up over the tries, and what it calls it.
_COUNTED = {
    "torn": "torn",
    "went_back": "went back",
    "lost": "records lost",
    "doubled": "records doubled",
    "failures": "done again",
    "fenced": "worker left",
    "stuck": "readers stuck",
}


def run(
    wanted: Sequence[Case], clients: Sequence[str], tries: int, say: Callable[[str], None]
) -> Iterator[Result]:
    """Try every case with every client, on a broker that verifies and on one that does not.

    Raises:
        LocalKafkaError: Kafka cannot be started.
        KafkaError: it does not answer.
        TimeoutError: a request that was waited for did not come, or was not answered.
    """
    for verifies in (True, False):
        with proxied_kafka(verifies=verifies) as proxy:
            for client in clients:
                for case in wanted:
                    seen = [Try(case, client, proxy).run() for _ in range(tries)]
                    result = Result(client, verifies, case, seen)
                    say(f"{client}, verification {'on' if verifies else 'off'}: {result.row()}")
                    yield result


@contextlib.contextmanager
def proxied_kafka(*, verifies: bool) -> Iterator[Proxy]:
    """Start a broker that verifies partitions of transactions, or does not, behind a proxy.

    Raises:
        LocalKafkaError: Kafka cannot be started.
    """
    properties = {VERIFICATION: str(verifies).lower()}
    with (
        Proxy() as proxy,
        LocalKafka(advertised_port=proxy.port, properties=properties) as kafka,
    ):
        proxy.broker_port = kafka.port
        yield proxy


def markdown(results: Sequence[Result]) -> str:
    """Return a table for each client and setting of the broker."""
    lines = ["# Late requests", ""]
    for client, verifies in dict.fromkeys((each.client, each.verifies) for each in results):
        chosen = [each for each in results if (each.client, each.verifies) == (client, verifies)]
        tries = sum(len(each.tries) for each in chosen)
        lines += [
            f"## {client}, `{VERIFICATION}={str(verifies).lower()}`, {tries} tries",
            "",
            f"| late | arrives | the worker | answer | {' | '.join(_COUNTED.values())} |",
            "| --- | --- | --- | --- |" + " ---: |" * len(_COUNTED),
            *(each.row() for each in chosen),
            "",
        ]
    return "\n".join(lines)


def figures(results: Sequence[Result]) -> str:
    """Return one row for each client and setting of the broker, all cases together."""
    columns = "tries | torn | went back | records lost | records doubled | readers stuck"
    lines = [f"| producer | the broker verifies partitions | {columns} |"]
    lines.append("| --- | --- |" + " ---: |" * 6)
    for client, verifies in dict.fromkeys((each.client, each.verifies) for each in results):
        seen = [
            one
            for each in results
            if (each.client, each.verifies) == (client, verifies)
            for one in each.tries
        ]
        sums = [
            sum(getattr(one, what) for one in seen)
            for what in ("torn", "went_back", "lost", "doubled", "stuck")
        ]
        cells = [client, "yes" if verifies else "no", len(seen), *sums]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main(argv: Sequence[str]) -> int:
    """Run the trial and write its tables; return the exit code."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    wanted = [case for case in cases() if case.late.name in arguments.late]
    try:
        results = list(
            run(wanted, arguments.clients, arguments.tries, lambda line: print(line, flush=True))
        )
    except (KafkaError, LocalKafkaError, TimeoutError) as error:
        return parser.complain(error, BROKEN)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "late-requests.json").write_bytes(msgspec.json.encode(results))
    (arguments.out / "late-requests.md").write_text(markdown(results))
    print(f"the tables are in {arguments.out / 'late-requests.md'}")
    return DONE


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="python -m trials late-requests",
        description="Delay one request of a transaction until a later one has begun, and tell what"
        " it did there: to our publisher, and to kafka-python's producer alone.",
    )
    names = [late.name for late in Late]
    parser.add_argument(
        "--late", nargs="+", choices=names, default=names, metavar="REQUEST", help="only these"
    )
    parser.add_argument(
        "--clients", nargs="+", choices=list(CLIENTS), default=list(CLIENTS), help="only these"
    )
    parser.add_argument(
        "--tries", type=whole_number(1), default=3, metavar="N", help="of each case (default: 3)"
    )
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="DIR", help="where tables go")
    return parser
