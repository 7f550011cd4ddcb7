"""The audit finds every kind of broken promise, or its zeros would prove nothing."""

import pytest

from trials.audit import Kind, Seen, audit
from trials.ledger import Gap, Ledger, Place
from trials.records import record

SEED = 3
COUNT = 400
PARTITIONS = 2


@pytest.fixture
def ledger():
    """Give a ledger of records that alternate between two partitions."""
    ledger = Ledger()
    for number in range(COUNT):
        assert ledger.send(number / 100) == number
        ledger.places[number] = Place(0, number % 2, number // 2)
    return ledger


def outcome(number, **changes):
    """What a worker that keeps its promises makes of a record."""
    made = record(SEED, number)
    place = (number % 2, number // 2)
    if made.reason is not None:
        fate = {"value": made.value, "reason": made.reason}
        seen = Seen(number, Kind.DEAD_LETTER, place, place[0], made.key, **fate)
    elif made.value is None:
        seen = Seen(number, Kind.DELETION, None, place[0], made.key)
    else:
        texts = {"tweet_id": str(number), "text": made.text}
        seen = Seen(number, Kind.SCORED, place, place[0], made.key, **texts)
    return seen._replace(**changes)


def audited(ledger, outputs):
    return audit(ledger, SEED, outputs, PARTITIONS)


def outcomes():
    return [outcome(number) for number in range(COUNT)]


def numbers(kind):
    return [number for number in range(COUNT) if outcome(number).kind is kind]


def test_a_stream_that_kept_its_promises_holds(ledger):
    result = audited(ledger, outcomes())
    assert result.holds, result.examples
    assert result.acknowledged == sum(result.seen.values()) == COUNT
    assert all(result.seen.values())
    assert result.examples == {}


@pytest.mark.parametrize("kind", Kind)
def test_a_record_of_which_nothing_came_is_lost(ledger, kind):
    (gone, *_) = numbers(kind)
    result = audited(ledger, [seen for seen in outcomes() if seen.number != gone])
    assert (result.lost, result.holds) == (1, False)
    assert result.examples["lost"] == [f"{gone} at {ledger.places[gone]}"]


@pytest.mark.parametrize("kind", Kind)
def test_a_record_that_came_out_again_is_seen_twice(ledger, kind):
    (again, *_) = numbers(kind)
    result = audited(ledger, [*outcomes(), outcome(again)])
    assert (result.twice, result.lost, result.holds) == (1, 0, False)


def test_a_tweet_that_was_scored_and_is_a_dead_letter_too_is_seen_twice(ledger):
    number = numbers(Kind.SCORED)[0]
    result = audited(ledger, [*outcomes(), outcome(number, kind=Kind.DEAD_LETTER)])
    assert (result.twice, result.holds) == (1, False)


@pytest.mark.parametrize("kind", [Kind.SCORED, Kind.DEAD_LETTER])
def test_a_record_behind_a_later_one_of_its_partition_is_out_of_order(ledger, kind):
    earlier, later = [number for number in numbers(kind) if number % 2][:2]
    seen = outcomes()
    seen[earlier], seen[later] = seen[later], seen[earlier]
    result = audited(ledger, seen)
    assert (result.out_of_order, result.lost, result.twice, result.holds) == (1, 0, 0, False)


def test_partitions_may_overtake_one_another(ledger):
    seen = sorted(outcomes(), key=lambda seen: seen.number % 2)
    assert audited(ledger, seen).holds


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "something else"},
        {"tweet_id": "7777"},
        {"key": b"somebody"},
        {"source": (0, 9_999)},
        {"kind": Kind.DELETION},
    ],
)
def test_a_tweet_that_is_not_as_it_was_is_altered(ledger, changes):
    number = numbers(Kind.SCORED)[5]
    seen = outcomes()
    seen[number] = outcome(number, **changes)
    result = audited(ledger, seen)
    assert (result.altered, result.lost, result.holds) == (1, 0, False)


def test_a_dead_letter_with_another_reason_is_altered(ledger):
    number = numbers(Kind.DEAD_LETTER)[0]
    seen = outcomes()
    seen[number] = outcome(number, reason="too-large")
    assert audited(ledger, seen).altered == 1


@pytest.mark.parametrize("number", [None, -1, COUNT])
def test_what_nobody_sent_is_unknown(ledger, number):
    stranger = outcome(0)._replace(number=number)
    result = audited(ledger, [*outcomes(), stranger])
    assert (result.unknown, result.holds) == (1, False)


def test_what_the_broker_deleted_unread_is_not_lost_by_us(ledger):
    # Partition 0, offsets 10 to 19: numbers 20, 22 … 38.
    ledger.gaps.append(Gap(0, 0, 10, 20))
    kept = [s for s in outcomes() if s.number % 2 or not 20 <= s.number < 40]
    result = audited(ledger, kept)
    assert (result.deleted_unread, result.lost, result.holds) == (10, 0, True)
    one_more = [seen for seen in kept if seen.number != 40]
    assert audited(ledger, one_more).lost == 1


def test_what_went_with_a_deleted_topic_is_not_lost_by_us(ledger):
    ledger.gaps.append(Gap(0, 1, 100, None))
    kept = [seen for seen in outcomes() if not (seen.number % 2 and seen.number > 200)]
    result = audited(ledger, kept)
    assert (result.deleted_unread, result.lost, result.holds) == (100, 0, True)


def test_offsets_begin_anew_in_a_topic_that_was_remade(ledger):
    number = ledger.send(4.0)
    ledger.places[number] = Place(1, 0, 0)
    made = record(SEED, number)
    assert made.text is not None
    seen = Seen(number, Kind.SCORED, (0, 0), 0, made.key, tweet_id=str(number), text=made.text)
    assert audited(ledger, [*outcomes(), seen]).holds


def test_what_was_never_acknowledged_may_come_out_once_or_not_at_all(ledger):
    del ledger.places[6]
    ledger.refused[6] = "timed out"
    assert audited(ledger, outcomes()).holds
    assert audited(ledger, [seen for seen in outcomes() if seen.number != 6]).holds
    assert audited(ledger, [*outcomes(), outcome(6)]).twice == 1


def test_a_record_in_another_partition_of_the_output_is_altered(ledger):
    """A reader would not see it in the order of its key."""
    (moved, *_) = numbers(Kind.SCORED)
    outputs = outcomes()
    outputs[moved] = outcome(moved, partition=1 - moved % 2)
    result = audited(ledger, outputs)
    assert (result.altered, result.holds) == (1, False)
