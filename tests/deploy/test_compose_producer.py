"""What `docker compose up` replays."""

import os
import subprocess
import sys

from tests.deploy.compose_file import ROOT, read_compose

NO_BROKER = "127.0.0.1:1"


def run_producer(**environment):
    """Run the service's command here, its mounted files looked up in the repository."""
    service = read_compose(**environment)["services"]["producer"]
    mounts = {target: source for source, target, _ in (v.split(":") for v in service["volumes"])}
    command = [mounts.get(argument, argument) for argument in service["command"]]
    return subprocess.run(
        [sys.executable, "-m", "producer", *command],
        cwd=ROOT,
        env={**os.environ, "KAFKA_BOOTSTRAP_SERVERS": NO_BROKER},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_producer_understands_its_command_and_finds_its_file():
    # It looks for the broker only when the command and the file are in order.
    result = run_producer()
    assert result.returncode == 1
    assert f"no Kafka broker answers at {NO_BROKER}" in result.stderr


def test_the_rate_can_be_chosen():
    result = run_producer(RATE="-5")
    assert result.returncode == 2
    assert "--rate" in result.stderr


def test_the_replay_never_ends_and_leaves_room_for_own_tweets():
    command = read_compose()["services"]["producer"]["command"]
    assert "--loop" in command
    assert float(command[command.index("--rate") + 1]) <= 100
