"""A signal is an exception at once, but inside a held section at its end."""

import signal

import pytest

from producer.interruption import Interrupted, Interruptions


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_raised_where_we_are(number, exit_code):
    with Interruptions(), pytest.raises(Interrupted) as raised:
        signal.raise_signal(number)
    assert raised.value.exit_code == exit_code


def test_a_held_section_is_finished_first():
    done = []

    def two_steps():
        with interruptions.held:
            signal.raise_signal(signal.SIGINT)
            done.append("all of it")
        done.append("not this")

    with Interruptions() as interruptions, pytest.raises(Interrupted):
        two_steps()
    assert done == ["all of it"]


def test_a_signal_is_raised_once():
    with Interruptions() as interruptions:
        with pytest.raises(Interrupted), interruptions.held:
            signal.raise_signal(signal.SIGTERM)
        with interruptions.held:
            pass


def test_an_interruption_is_no_exception_that_others_catch():
    assert not issubclass(Interrupted, Exception)


def test_handlers_are_given_back():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Interruptions():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
