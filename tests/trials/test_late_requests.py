"""A request of one transaction that arrives in the next, at a real broker."""

import msgspec
import pytest

from trials.__main__ import main
from trials.late_requests import proxied_kafka
from trials.late_requests_cases import (
    OUR_PUBLISHER,
    RECORDS,
    Case,
    Late,
    Moment,
    Seen,
    Then,
    cases,
)
from trials.late_requests_report import VERIFICATION, LateRequests, Result
from trials.late_requests_try import Try

# Each does harm to a client that goes on with the producer whose request was not answered.
COMMIT_OF_HALF_A_TRANSACTION = Case(Late.END, Moment.PRODUCE, Then.LIVES)
OFFSETS_OF_THE_LAST_TRANSACTION = Case(Late.OFFSET_COMMIT, Moment.END, Then.DIES_AFTER)


@pytest.fixture(scope="module")
def proxy():
    with proxied_kafka(verifies=True) as proxy:
        yield proxy


def test_kafka_python_alone_lets_offsets_go_back_and_doubles_records(proxy):
    seen = Try(OFFSETS_OF_THE_LAST_TRANSACTION, "plain producer", proxy).run()
    assert (seen.sent_again, seen.answer) == (True, "NoError")
    assert seen.went_back
    assert seen.doubled == RECORDS


@pytest.mark.parametrize("case", [COMMIT_OF_HALF_A_TRANSACTION, OFFSETS_OF_THE_LAST_TRANSACTION])
def test_what_is_late_for_our_publisher_is_refused_and_nothing_is_lost_or_doubled(proxy, case):
    seen = Try(case, OUR_PUBLISHER, proxy).run()
    assert seen.sent_again
    # The publisher got a new epoch after the transaction in which it had to ask twice.
    assert seen.answer in {"ProducerFencedError", "InvalidProducerEpochError"}
    assert (seen.torn, seen.went_back, seen.fenced, seen.stuck) == (False,) * 4
    assert (seen.lost, seen.doubled, seen.failures) == (0, 0, 0)


def test_every_request_is_tried_at_every_moment_of_the_next_transaction():
    tried = {(case.late, case.moment) for case in cases()}
    for late in Late:
        for moment in (Moment.BETWEEN, Moment.PRODUCE, Moment.OFFSET_COMMIT, Moment.END):
            assert (late, moment) in tried


HARMLESS = Seen(
    sent_again=True,
    answer="NoError",
    torn=False,
    went_back=False,
    lost=0,
    doubled=0,
    failures=0,
    fenced=False,
    stuck=False,
)
HARMFUL = msgspec.structs.replace(
    HARMLESS, answer="InvalidTxnStateError", torn=True, lost=10, failures=1
)


def seen_with(client, *tries):
    return LateRequests([Result(client, False, COMMIT_OF_HALF_A_TRANSACTION, tries)])


def test_the_tables_add_up_what_was_seen_of_each_try():
    report = seen_with(OUR_PUBLISHER, HARMLESS, HARMFUL, HARMFUL)
    table = report.markdown()
    assert f"## our publisher, `{VERIFICATION}=false`, 3 tries" in table
    assert (
        "| END | while its Produce is on the way | it goes on |"
        " InvalidTxnStateError (2), NoError (1) | 2 | 0 | 20 | 0 | 0 | 2 | 0 |"
    ) in table
    assert report.figures().splitlines()[-1] == "| our publisher | no | 3 | 2 | 0 | 20 | 0 | 0 |"


def test_harm_to_what_our_publisher_published_breaks_a_promise():
    report = seen_with(OUR_PUBLISHER, HARMLESS, HARMFUL)
    assert [promise.split(",")[0] for promise in report.broken] == ["torn: 1", "records lost: 10"]
    assert "**broken**" in report.markdown()


def test_harm_to_another_producer_is_what_the_trial_expects():
    assert seen_with("plain producer", HARMFUL).broken == []
    assert seen_with(OUR_PUBLISHER, HARMLESS).broken == []


def test_a_request_that_there_is_not_is_one_line(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["late-requests", "--late", "HEARTBEAT"])
    assert caught.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
