"""`python -m trials late-requests`: what a delayed request of one transaction does to the next.

Kafka clients that know nothing of KIP-890's second part, and kafka-python 3.0 is one, give every
transaction of a producer the same epoch. A request whose connection broke is sent again on a new
one; should the first copy arrive after all, in a later transaction, the broker cannot tell it from
a request of that transaction.
"""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from configuration.command_line import OneLineParser, whole_number
from localkafka import LocalKafka
from trials.errors import Stuck
from trials.holding import RESULTS, Say, hold
from trials.late_requests_cases import Case, Late, Seen, cases
from trials.late_requests_process import CLIENTS
from trials.late_requests_report import VERIFICATION, LateRequests, Result
from trials.late_requests_try import Try
from trials.proxy import Proxy


def run(wanted: Sequence[Case], clients: Sequence[str], tries: int, say: Say) -> Iterator[Result]:
    """Try every case with every client, on a broker that verifies and on one that does not.

    Raises:
        LocalKafkaError: Kafka cannot be started.
        KafkaError: it does not answer.
        Stuck: a request that was waited for did not come, or was not answered.
    """
    for verifies in (True, False):
        with proxied_kafka(verifies=verifies) as proxy:
            for client in clients:
                for case in wanted:
                    seen = [_seen(case, client, proxy) for _ in range(tries)]
                    result = Result(client, verifies, case, seen)
                    say(f"{client}, verification {'on' if verifies else 'off'}: {result.row()}")
                    yield result


def _seen(case: Case, client: str, proxy: Proxy) -> Seen:
    try:
        return Try(case, client, proxy).run()
    except TimeoutError as error:
        raise Stuck(f"{client}, {case}: {error}") from error


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


def main(argv: Sequence[str]) -> int:
    """Hold the trial and write its tables; return 0 where our publisher did no harm."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    wanted = [case for case in cases() if case.late.name in arguments.late]

    def trial(say: Say) -> LateRequests:
        report = LateRequests(list(run(wanted, arguments.clients, arguments.tries, say)))
        report.write(arguments.out)
        return report

    return hold(parser, trial, str(arguments.out / "late-requests.md"))


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
