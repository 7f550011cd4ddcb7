"""A short trial of everything: real workers, a real Kafka, and faults while tweets flow."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
# Some minutes on a starved machine; nothing here is judged by the clock.
PATIENCE_SECONDS = 900
FEW = (
    *("two workers killed", "worker killed: sent, not committed", "worker killed: in the commit"),
    *("zombie: frozen and replaced", "connections reset", "input topic remade"),
)
MANY = (
    *FEW,
    *("worker killed: committed, not told", "worker joins, worker leaves", "clock steps"),
    *("broker killed", "broker frozen", "connections half closed", "network swallows"),
    *("partition added", "records deleted unread"),
)


def trial(*options):
    return subprocess.run(
        [sys.executable, "-m", "trials", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@pytest.mark.parametrize("faults", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_whatever_dies_every_tweet_comes_out_once_and_in_order(tmp_path, faults):
    done = trial(
        *("chaos", "--seed", "7", "--minutes", "0.1", "--kills", "10", "--workers", "2"),
        *("--brokers", "1", "--rate", "300", "--limit-seconds", "120", "--frozen-seconds", "4"),
        *("--out", str(tmp_path), "--faults", *faults),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "chaos.json").read_bytes())
    audit = report["audit"]
    assert audit["acknowledged"] > 1_000
    assert {audit[name] for name in ("lost", "twice", "out_of_order", "altered", "unknown")} == {0}
    assert audit["refused"] == 0
    kills = [kill for event in report["events"] for kill in event["kills"]]
    assert len(kills) >= 10
    for kill in kills:
        if kill["point"] == "sent, not committed":
            assert kill["transaction"] == "Ongoing"
    assert {event["fault"] for event in report["events"]} == set(faults)
    assert all(event["whole_after_seconds"] is not None for event in report["events"])
    assert "every promise was kept" in (tmp_path / "chaos.md").read_text()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["nothing"], "usage: python -m trials"),
        ([], "usage: python -m trials"),
        (["chaos", "--faults", "plague"], "there is no fault plague"),
        (["chaos", "--kills", "many"], "many"),
        (["chaos", "--workers", "1"], "at least 2"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(options, told):
    done = trial(*options)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_help_names_the_faults():
    done = trial("chaos", "--help")
    assert done.returncode == 0
    assert "input topic remade" in " ".join(done.stdout.split())
