"""Each part in a tiny form."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from benchmarks import growth, latency, results, stages, start_and_memory, throughput
from benchmarks.contestants import WORKER
from benchmarks.growth_curves import BATCH
from benchmarks.latency import Entrant
from benchmarks.network_bundle import NOTHING, random_bundle, vocabulary_of
from benchmarks.report import report
from benchmarks.results import Results
from sentiment import Scorer
from tests.conftest import ROOT


@pytest.fixture
def only(on_kafka):
    """Give a function that narrows the scenario down to some names."""

    def narrow(*names):
        scenario = replace(on_kafka.scenario, only=frozenset(names))
        return replace(on_kafka, scenario=scenario)

    return narrow


def run_benchmarks(*options, **environment):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *options],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_throughput_counts_every_score(only):
    (run,) = throughput.measure(only("worker"))

    assert (run.contestant, run.tweets, run.missing, run.duplicates) == ("worker", 200, 0, 0)
    assert 0 < run.seconds < 60
    assert {"poll", "prepare", "score", "publish"} <= run.stage_seconds.keys()
    assert run.resident_bytes > run.private_bytes > 0


def test_each_stage_is_measured_alone(on_kafka):
    alone = stages.stages_alone(on_kafka, 50)

    assert [run.stage for run in alone] == ["poll", "prepare", "score", "serialise", "publish"]
    assert all(run.tweets == 50 for run in alone)


def test_a_profile_tells_of_functions_at_work_and_of_none_that_wait(on_kafka):
    seen = stages.profile(on_kafka)

    assert seen
    assert not [name for name in seen if name.startswith(("threading.", "worker.__main__."))]


@pytest.mark.long
def test_latency_is_measured_from_when_a_tweet_was_due(on_kafka):
    (run,) = latency.run_once(on_kafka, Entrant(WORKER, [100]), counted_seconds=0.5)

    assert (run.tweets, run.missing) == (50, 0)
    assert run.from_due.p50 > 0
    assert run.from_due.p50 <= run.from_due.p99


@pytest.mark.long
def test_growth_of_the_texts_is_measured_on_the_engine(only, monkeypatch):
    monkeypatch.setattr(growth, "NETWORK", NOTHING)

    runs = growth.measure(only("length"))

    assert [run.size for run in runs] == [10, 25, 50, 100]
    assert all(run.tweets == 200 and run.seconds > 0 for run in runs)


def test_growth_of_the_batch_is_measured_on_the_worker(on_kafka):
    run = growth.worker_run(on_kafka, BATCH, 8)

    assert (run.curve, run.size, run.tweets) == ("batch", 8, 52)


@pytest.mark.long
def test_a_worker_that_lives_for_long_tells_its_memory(only):
    found = start_and_memory.measure(only("worker"))

    assert [run.contestant for run in found.starts] == ["worker"]
    assert found.life.tweets == 1_000
    assert found.life.after.resident >= found.life.after.private > 0


@pytest.mark.long
def test_the_command_measures_engines_and_leaves_tables(tmp_path):
    model = ROOT / "models" / "default"
    options = ["engines", "--model", model, "--tweets", "100", "--runs", "1", "--out", tmp_path]

    done = run_benchmarks(*map(str, options), "--only", "folded", XDG_CACHE_HOME=str(tmp_path))

    assert done.returncode == 0, done.stderr
    found = results.read(tmp_path / results.FILE)
    (run,) = found.engines
    assert run.engine == "folded"
    assert run.texts == 100
    assert run.largest_difference < 1e-5
    assert (tmp_path / "results.md").read_text() == report(found)
    assert isinstance(found, Results)
    assert str(tmp_path) not in (tmp_path / results.FILE).read_text()

    again = run_benchmarks(*map(str, options), "--runs", "2", XDG_CACHE_HOME=str(tmp_path))
    assert again.returncode == 2
    assert "holds results of another machine" in again.stderr


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["weather"], 2, "'weather' is none of engines, throughput"),
        (["engines", "--only", "nobody"], 2, "--only nobody is none of"),
        (["engines", "--texts", "missing.jsonl"], 1, "there is no file missing.jsonl"),
        (["write-docs", "examples"], 1, "there are no results in examples/results.json"),
    ],
)
def test_a_mistake_is_told_of_in_one_line(options, code, said, tmp_path):
    done = run_benchmarks(*options, XDG_CACHE_HOME=str(tmp_path))

    assert done.returncode == code
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_made_up_network_is_made_once_and_has_its_full_size(tmp_path):
    vocabulary = vocabulary_of(["so good", "so bad"], 50)
    assert vocabulary.tokens[:4] == ("<padding>", "<unknown>", "so", "bad")
    assert len(vocabulary) == 50

    first = random_bundle(vocabulary, NOTHING, tmp_path)
    written = (first / "bundle.json").stat().st_mtime_ns
    again = random_bundle(vocabulary, NOTHING, tmp_path)

    assert (again / "bundle.json").stat().st_mtime_ns == written
    Scorer.load(again, engine="keras").check_reference()
