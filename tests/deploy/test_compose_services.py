"""The services hold together: images, order of start, ports, files, and room for more workers."""

import re
import shutil
import subprocess

import pytest

from tests.deploy.compose_file import ROOT, arguments_of, dockerfile_of, read_compose
from worker.__main__ import LEAVE_WITHIN_SECONDS

BUILT = ("worker", "producer")


def seconds(duration):
    """A duration as Compose writes it."""
    return int(duration.removesuffix("s"))


def test_everything_that_is_promised_is_there(services):
    assert set(services) == {"kafka", "topics", "worker", "producer", "prometheus", "grafana"}


def test_every_image_is_pinned_to_one_release_or_built_here(services):
    for name, service in services.items():
        if name in BUILT:
            assert "image" not in service
        else:
            assert re.fullmatch(
                r"[\w./-]+:v?\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?", service["image"]
            ), service["image"]


def test_topics_are_made_with_the_tools_of_the_broker_that_runs(services):
    assert services["topics"]["image"] == services["kafka"]["image"]


def test_programs_wait_for_a_healthy_broker_and_for_their_topics(services):
    assert services["kafka"]["healthcheck"]["test"][0] == "CMD"
    assert services["topics"]["depends_on"]["kafka"] == {"condition": "service_healthy"}
    for name in BUILT:
        made = services[name]["depends_on"]["topics"]
        assert made == {"condition": "service_completed_successfully"}


def test_the_topics_service_runs_once(services):
    assert "restart" not in services["topics"]


def test_programs_come_back_after_a_crash(services):
    for name in set(services) - {"topics"}:
        assert services[name]["restart"] == "unless-stopped", name


def test_nothing_stands_in_the_way_of_a_second_worker(services):
    worker = services["worker"]
    assert not {"container_name", "hostname", "volumes", "network_mode"} & set(worker)
    assert "SENTIMENT_WORKER_ID" not in worker["environment"]
    assert [port.split(":") for port in worker["ports"]] == [["127.0.0.1", "", "8000"]]


def test_a_worker_is_given_the_time_that_it_takes_to_leave(services):
    assert seconds(services["worker"]["stop_grace_period"]) > LEAVE_WITHIN_SECONDS + 2


def test_signals_reach_programs_that_are_still_starting(services):
    for name in BUILT:
        assert services[name]["init"] is True


def test_no_service_has_a_capability_or_can_gain_one(services):
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not {"cap_add", "privileged", "devices", "pid", "ipc"} & set(service), name


def test_no_service_runs_as_root(services):
    for name, service in services.items():
        user = str(service["user"]).split(":")[0]
        assert user == "appuser" or int(user) > 0, name
    for name in BUILT:
        (user,) = arguments_of(dockerfile_of(services[name]), "USER")
        assert services[name]["user"] == f"{user}:{user}"


def test_only_kafka_writes_to_its_own_file_system(services):
    assert {name for name in services if not services[name].get("read_only")} == {"kafka", "topics"}


def test_what_is_written_for_a_while_is_small_and_cannot_be_run(services):
    for service in services.values():
        if service.get("read_only"):
            (temporary,) = service["tmpfs"]
            where, options = temporary.split(":")
            assert where == "/tmp"
            assert {"noexec", "nosuid", "nodev", "size=64m"} < set(options.split(","))


def test_no_port_is_open_to_other_machines(services):
    ports = [port for service in services.values() for port in service.get("ports", ())]
    assert len(ports) == 4
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_port_on_the_host_can_be_moved():
    moved = read_compose(KAFKA_PORT="19999", PROMETHEUS_PORT="19998", GRAFANA_PORT="19997")
    services = moved["services"]
    assert services["kafka"]["ports"] == ["127.0.0.1:19999:9092"]
    assert services["prometheus"]["ports"] == ["127.0.0.1:19998:9090"]
    assert services["grafana"]["ports"] == ["127.0.0.1:19997:3000"]


def test_every_volume_is_a_file_of_the_repository_or_declared(services):
    declared, used = set(read_compose()["volumes"]), set()
    for service in services.values():
        for volume in service.get("volumes", ()):
            source, _, *mode = volume.split(":")
            if source.startswith("./"):
                assert (ROOT / source).exists(), source
                assert mode == ["ro"], volume
            else:
                used.add(source)
    assert used == declared


def test_images_are_built_from_the_root_with_their_own_dockerfile(services):
    for name in BUILT:
        build = services[name]["build"]
        assert build == {"context": ".", "dockerfile": f"deploy/{name}/Dockerfile"}
        assert (ROOT / build["dockerfile"]).is_file()


def test_compose_itself_accepts_the_file():
    command = _compose()
    result = _run([*command, "config", "--quiet"])
    assert (result.returncode, result.stderr) == (0, "")


def _compose():
    """The Compose of this machine; versions before 2 do not know the present format."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]):
            version = _run([*command, "version", "--short"]).stdout
            if re.match(r"v?([2-9]|\d\d)\.", version):
                return command
    pytest.skip("Docker Compose 2 or newer is not installed")


def _run(command):
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
