"""When did the stream flow again? Told from what was sent, where it went and when it came out."""

import pytest

from trials.ledger import Gap, Ledger, Place


@pytest.fixture
def ledger():
    """Give ten records sent a second apart, in two partitions by turns; none has come out."""
    ledger = Ledger()
    for number in range(10):
        ledger.send(float(number))
        ledger.places[number] = Place(0, number % 2, number // 2)
    return ledger


def test_a_stream_flows_again_when_every_partition_does(ledger):
    ledger.arrived_seconds |= {4: 6.0}
    assert ledger.flows_since(3.5, {0, 1}) is None
    ledger.arrived_seconds |= {5: 7.5}
    assert ledger.flows_since(3.5, {0, 1}) == 7.5


def test_what_was_sent_before_the_fault_proves_nothing(ledger):
    ledger.arrived_seconds |= {0: 9.0, 1: 9.0, 2: 9.0, 3: 9.0}
    assert ledger.flows_since(3.5, {0, 1}) is None


def test_a_partition_that_was_added_counts_too(ledger):
    ledger.arrived_seconds |= {4: 6.0, 5: 6.5}
    assert ledger.flows_since(3.5, {0, 1, 2}) is None
    ledger.places[6] = Place(0, 2, 0)
    ledger.arrived_seconds[6] = 8.0
    assert ledger.flows_since(3.5, {0, 1, 2}) == 8.0


def test_what_is_not_acknowledged_yet_is_left_aside(ledger):
    del ledger.places[4]
    ledger.arrived_seconds |= {4: 6.0, 5: 6.5, 6: 7.0}
    assert ledger.flows_since(3.5, {0, 1}) == 7.0


@pytest.mark.parametrize(
    ("place", "held"),
    [
        (Place(0, 1, 9), False),
        (Place(0, 1, 10), True),
        (Place(0, 1, 19), True),
        (Place(0, 1, 20), False),
        (Place(0, 0, 15), False),
        (Place(1, 1, 15), False),
    ],
)
def test_a_gap_holds_its_offsets_only(place, held):
    assert Gap(0, 1, 10, 20).holds(place) is held
