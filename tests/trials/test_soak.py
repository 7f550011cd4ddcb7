"""A soak tells what grows, and a short one runs."""

from pathlib import Path

import msgspec
import pytest

from benchmarks.machine import this_machine
from trials import soak
from trials.soak_plots import draw
from trials.soak_report import Sample, SoakReport

ROOT = Path(__file__).parent.parent.parent
SAMPLES = 60


def report(sent=SAMPLES * 10_000, seen=None, disordered=0, **changes):
    """Return a soak of ten minutes; each change maps a sample's number to a value of it."""
    steady = {"resident_megabytes": 300.0, "files": 30, "threads": 12, "p50_ms": 20, "p99_ms": 40}
    samples = [
        Sample(
            seconds=10.0 * (number + 1),
            tweets=10_000 * (number + 1),
            **steady | {name: change(number) for name, change in changes.items()},
        )
        for number in range(SAMPLES)
    ]
    return SoakReport(
        machine=this_machine(),
        minutes=10,
        rate=1_000,
        sent=sent,
        seen=sent if seen is None else seen,
        disordered=disordered,
        samples=samples,
    )


def test_what_is_flat_holds():
    assert report().broken == []
    assert "all of it holds" in report().markdown()


def test_what_grows_during_the_warm_up_only_holds():
    assert report(resident_megabytes=lambda number: 200 + min(number, 15)).broken == []


def test_memory_that_grows_is_told_with_its_slope():
    leaky = report(resident_megabytes=lambda number: 300 + number * 0.2)
    assert leaky.megabytes_a_100_000 == pytest.approx(2.0)
    assert leaky.broken == ["memory grows by 2.00 MB in 100,000 tweets"]


@pytest.mark.parametrize("what", ["files", "threads"])
@pytest.mark.parametrize("every", [1, 10])
def test_files_and_threads_that_grow_are_told(what, every):
    (told,) = report(**{what: lambda number: 10 + number // every}).broken
    assert what in told


def test_files_that_come_and_go_hold():
    assert report(files=lambda number: 10 + number % 7).broken == []


def test_a_latency_that_grows_is_told():
    (told,) = report(p99_ms=lambda number: 40 + 3 * number).broken
    assert "p99_ms grows" in told


@pytest.mark.parametrize("last", [0, 30])
def test_nothing_coming_out_is_told(last):
    (told,) = report(p50_ms=lambda number: 20 if number < last else None).broken
    assert "p50_ms grows" in told
    assert "inf" in told


def test_a_load_that_was_not_what_it_was_to_be_is_told():
    (told,) = report(sent=10).broken
    assert told == "only 10 were sent instead of 600,000"


@pytest.mark.parametrize("counts", [{"seen": 599_999}, {"disordered": 1}])
def test_what_is_lost_or_out_of_order_is_told(counts):
    (told,) = report(**counts).broken
    assert told.startswith("600,000 were sent")


def test_a_run_too_short_to_judge_says_so():
    short = msgspec.structs.replace(report(), samples=report().samples[:21])
    assert short.broken == ["too few samples to judge by: let it run longer"]


def test_a_short_soak_of_a_real_worker_accounts_for_every_record(tmp_path):
    plan = soak.SoakPlan(
        seed=1, minutes=0.1, rate=400, model=ROOT / "models" / "default", out=tmp_path
    )
    found = soak.run(plan, lambda line: None)
    assert found.sent > 1_000
    assert (found.seen, found.disordered) == (found.sent, 0)
    assert found.samples[-1].resident_megabytes > 50
    assert found.samples[-1].files > 3
    assert any(sample.p50_ms and 0 < sample.p50_ms <= sample.p99_ms for sample in found.samples)
    found.write(tmp_path)
    again = msgspec.json.decode((tmp_path / "soak.json").read_bytes(), type=SoakReport)
    assert again.samples == found.samples
    draw(found, tmp_path / "soak.png")
    assert (tmp_path / "soak.png").stat().st_size > 5_000
