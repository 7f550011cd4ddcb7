"""Dead letters of a real worker: looked at, mended or not, and sent through again."""

import json
import os
import pty
import subprocess
import sys
from contextlib import closing

import pytest
from kafka import KafkaProducer

from tests.conftest import ROOT, make_topics
from tests.end_to_end.conftest import PATIENCE_SECONDS, WorkerProcess
from tests.reading import read_topic
from worker.__main__ import main

EVIL = b'{"text": "\x1b[2J\x00\xe2\x80\xae\xff'
BROKEN = [
    (b"{", "invalid-json", 1_700_000_000_000),
    (EVIL, "invalid-utf8", 1_700_000_060_000),
    (b'{"id": "1"}', "missing-text", 1_700_000_120_000),
    (b'{"text": 42}', "wrong-type", 1_700_000_180_000),
    (b'{"text": "%s"}' % (b"x" * 1_000_000), "too-large", 1_700_000_240_000),
]
CUT_AND_WHOLE = ("0:4", "0:2")
CUTTING = ("--max-output-bytes", "131072")


class DeadLetters:
    """The command, on the topics of one test."""

    def __init__(self, kafka, topics):
        self.servers = kafka.bootstrap_servers
        self.topics = topics

    def start(self, *options, **streams):
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "worker", "dead-letters", *options),
                *("--bootstrap-servers", self.servers, "--input-topic", self.topics.input),
                *("--dead-letter-topic", self.topics.dead),
            ],
            cwd=ROOT,
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
            | streams,
        )

    def run(self, *options, code=0, **streams):
        """Run the command to its end; return what it wrote to both streams."""
        with self.start(*options, **streams) as process:
            out, err = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == code, err.decode()
        assert b"Traceback" not in err
        return out, err.decode()

    def lines(self, *options):
        return self.run("list", *options)[0].decode().splitlines()

    def inputs(self):
        return read_topic(self.servers, self.topics.input)


def made_by_a_worker(kafka, topics, log_file):
    """Return the command after a real worker has made the five dead letters `0:0` to `0:4`."""
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers, max_request_size=2_000_000)
    with closing(producer):
        for number, (value, _, time_ms) in enumerate(BROKEN):
            headers = [("trace", b"%d" % number)]
            producer.send(topics.input, value, b"k%d" % number, headers, 0, time_ms)
    with closing(WorkerProcess(kafka.bootstrap_servers, topics, log_file, *CUTTING)) as worker:
        read_topic(kafka.bootstrap_servers, topics.dead, at_least=5)
        worker.terminate()
    return DeadLetters(kafka, topics)


@pytest.fixture(scope="module")
def dead(kafka, tmp_path_factory):
    """Give the command, and dead letters that no test replays."""
    log_file = tmp_path_factory.mktemp("dead") / "worker.log"
    return made_by_a_worker(kafka, make_topics(kafka.bootstrap_servers), log_file)


@pytest.fixture
def own(kafka, topics, tmp_path):
    """Give the command, and dead letters of this test's own."""
    return made_by_a_worker(kafka, topics, tmp_path / "first-worker.log")


def attempts_and_reasons(dead, at_least):
    """Return for each dead letter how often it had been replayed, and its reason."""
    told = []
    for record in read_topic(dead.servers, dead.topics.dead, at_least):
        headers = dict(record.headers)
        if "sentiment.error.reason" in headers:
            reason = headers["sentiment.error.reason"].decode()
            told.append((headers.get("sentiment.replay.attempts"), reason))
    return told


def test_every_dead_letter_is_a_line_and_every_reason_is_counted(dead):
    out, err = dead.run("list")
    lines = out.decode().splitlines()
    assert [line.split()[0] for line in lines] == ["0:0", "0:1", "0:2", "0:3", "0:4"]
    for line, (_, reason, _) in zip(lines, BROKEN, strict=True):
        assert reason in line
    assert "2023-11-14T22:13:20.000Z" in lines[0]
    assert f"{dead.topics.input}/0:0" in lines[0]
    assert lines[4].endswith("[cut]")
    assert "5 dead letters: " in err
    assert "1 wrong-type" in err


def test_reason_time_and_number_choose(dead):
    def places(*options):
        return [line.split()[0] for line in dead.lines(*options)]

    assert places("--reason", "wrong-type", "--reason", "invalid-json") == ["0:0", "0:3"]
    assert places("--since", "2023-11-14T22:14:20Z", "--until", "2023-11-14T22:16:20") == [
        "0:1",
        "0:2",
    ]
    assert places("--since", "1h") == []
    assert places("--limit", "2") == ["0:0", "0:1"]


def test_scripts_get_objects(dead):
    letters = [json.loads(line) for line in dead.lines("--json")]
    assert [letter["reason"] for letter in letters] == [reason for _, reason, _ in BROKEN]
    assert letters[3]["source"] == {"topic": dead.topics.input, "partition": 0, "offset": 3}
    assert letters[4]["cut"] is True


def test_a_dead_letter_is_shown_harmlessly_and_can_be_had_as_it_is(dead):
    out, _ = dead.run("show", "0:1", "0:4")
    assert rb"\x1b[2J\x00\u202e\\xff" in out
    assert b"3a 20 22 1b 5b 32 4a 00 e2" in out
    assert b"trace = 1 (1 bytes)" in out
    assert b"cut       of 1000" in out
    assert all(byte == 0x0A or 0x20 <= byte < 0x7F for byte in out)
    assert dead.run("show", "0:1", "--raw")[0] == EVIL


def test_bytes_as_they_are_do_not_go_to_a_terminal(dead):
    ours, theirs = pty.openpty()
    try:
        _, err = dead.run("show", "0:1", "--raw", code=2, stdout=theirs)
    finally:
        os.close(ours)
        os.close(theirs)
    assert "--raw" in err
    assert err.count("\n") == 1


def test_places_that_hold_nothing_are_told_and_the_others_shown(dead):
    out, err = dead.run("show", "0:99", "0:0", "7:0", code=1)
    assert b"invalid-json" in out
    assert f"{dead.topics.dead} has no dead letter at 0:99: partition 0 holds offsets 0 to" in err
    assert "no partition 7, only 0 to 1" in err
    assert err.count("\n") == 2


def test_a_record_that_fails_again_counts_its_attempts(own, start_worker):
    worker = start_worker(*CUTTING)
    own.run("replay", "--reason", "wrong-type", "--reason", "missing-text", "--yes")
    told = attempts_and_reasons(own, 9)  # five letters, two notes, two letters
    assert told.count((b"1", "missing-text")) == told.count((b"1", "wrong-type")) == 1
    again = [json.loads(line) for line in own.lines("--json")]
    (place,) = [
        f"{letter['partition']}:{letter['offset']}"
        for letter in again
        if letter["attempts"] == 1 and letter["reason"] == "wrong-type"
    ]
    own.run("replay", place, "--yes")
    assert (b"2", "wrong-type") in attempts_and_reasons(own, 11)
    assert worker.terminate()[0] == 0
    record = own.inputs()[-1]
    assert (record.key, record.value, record.partition) == (b"k3", b'{"text": 42}', 0)
    assert record.timestamp_ms == BROKEN[3][2]
    assert record.headers == [("trace", b"3"), ("sentiment.replay.attempts", b"2")]


def test_what_was_replayed_is_left_out_unless_it_is_wanted_again(own):
    assert "replayed 1 of 1" in own.run("replay", "0:0", "--yes")[1]
    _, err = own.run("replay", "0:0", "--yes")
    assert "1 replayed before" in err
    assert "nothing to replay" in err
    assert len(own.inputs()) == 6
    assert own.lines("--limit", "1")[0].endswith("[replayed]")
    own.run("replay", "0:0", "--yes", "--again")
    assert [dict(record.headers).get("sentiment.replay.attempts") for record in own.inputs()] == [
        *[None] * 5,
        b"1",
        b"2",
    ]


def test_what_was_cut_is_told_and_the_rest_replayed(own):
    _, err = own.run("replay", *CUT_AND_WHOLE, "0:77", "--yes", code=1)
    assert "not 0:4: it was cut (of 1000" in err
    assert "not 0:77: there is no dead letter" in err
    assert "replayed 1 of 1" in err
    assert [record.key for record in own.inputs()[5:]] == [b"k2"]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(dead):
    out, _ = dead.run("replay", "--reason", "invalid-json", "--dry-run")
    assert out.decode() == "would replay 0:0, attempt 1\n"
    assert len(dead.inputs()) == 5
    assert not any(line.endswith("[replayed]") for line in dead.lines())


@pytest.mark.parametrize(("answer", "code", "inputs"), [(b"y\n", 0, 6), (b"\n", 1, 5)])
def test_on_a_terminal_we_are_asked(own, answer, code, inputs):
    ours, theirs = pty.openpty()
    try:
        with own.start("replay", "0:0", stdin=theirs) as process:
            os.write(ours, answer)
            _, err = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        os.close(ours)
        os.close(theirs)
    assert f"Replay 1 from {own.topics.dead} into {own.topics.input}? [y/N]" in err.decode()
    assert process.returncode == code
    assert len(own.inputs()) == inputs


def test_a_reader_of_ours_that_has_enough_is_no_error(dead):
    with dead.start("list") as process:
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
    assert b"Traceback" not in err
    assert b"BrokenPipe" not in err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["replay", "--yes"], ["PARTITION:OFFSET", "--all"]),
        (["replay", "--all"], ["--yes", "--dry-run"]),
        (["replay", "0:1", "--all", "--yes"], ["not both"]),
        (["show", "0:1", "0:2", "--raw"], ["--raw", "name one"]),
        (["show", "1851"], ["PARTITION:OFFSET", "'1851'"]),
        (["list", "--reason", "bad"], ["'bad'", "invalid-utf8", "too-large"]),
        (["list", "--since", "noon"], ["'noon'", "2h"]),
        ([], ["list|show|replay"]),
    ],
)
def test_bad_usage_is_one_line(capsys, options, words):
    try:
        code = main(["dead-letters", *options])
    except SystemExit as ended:
        code = ended.code
    told = capsys.readouterr().err
    assert code == 2
    assert told.count("\n") == 1
    for word in words:
        assert word in told


def test_a_missing_topic_and_a_missing_broker_are_one_line(run_worker, kafka):
    for options, word in (
        (("--bootstrap-servers", kafka.bootstrap_servers), "nowhere.dead"),
        (("--bootstrap-servers", "127.0.0.1:1"), "KAFKA_BOOTSTRAP_SERVERS"),
    ):
        for command in (["list"], ["show", "0:0"], ["replay", "--all", "--yes"]):
            completed = run_worker(
                "dead-letters", *command, *options, "--dead-letter-topic", "nowhere.dead"
            )
            assert completed.returncode == 1
            assert completed.stderr.count("\n") == 1, completed.stderr
            assert word in completed.stderr
