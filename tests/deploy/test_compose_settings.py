"""The variables in the compose file are ones that the programs know, with values they take."""

import pytest

from configuration.command_line import setting_fields
from producer.settings import ProducerSettings
from tests.deploy.compose_file import ROOT, arguments_of, dockerfile_of, environment_of, read_yaml
from worker.settings import WorkerSettings

SETTINGS = {"worker": WorkerSettings, "producer": ProducerSettings}


@pytest.fixture(params=SETTINGS)
def program(request, services, monkeypatch):
    """Give a program's name, its variables in the compose file, and its settings made of them."""
    environment = environment_of(services[request.param])
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return request.param, environment, SETTINGS[request.param]()


def test_every_variable_is_a_setting(program):
    name, environment, _ = program
    assert set(environment) <= {field.variable for field in setting_fields(SETTINGS[name])}


def test_every_value_is_taken_as_it_is_written(program):
    name, environment, settings = program
    for field in setting_fields(SETTINGS[name]):
        if field.variable in environment:
            assert str(getattr(settings, field.name)) == environment[field.variable]


def test_programs_go_in_by_the_listener_for_containers(program, services):
    _, _, settings = program
    advertised = environment_of(services["kafka"])["KAFKA_ADVERTISED_LISTENERS"].split(",")
    assert f"INSIDE://{settings.bootstrap_servers}" in advertised


def test_the_worker_is_reached_from_outside_its_container_at_the_port_that_all_name(services):
    environment = environment_of(services["worker"])
    assert environment["SENTIMENT_HTTP_HOST"] == "0.0.0.0"
    port = environment["SENTIMENT_HTTP_PORT"]
    assert services["worker"]["ports"][0].endswith(f":{port}")
    assert arguments_of(dockerfile_of(services["worker"]), "EXPOSE") == [port]
    scrape = read_yaml("deploy/prometheus/prometheus.yml")["scrape_configs"][0]
    assert str(scrape["dns_sd_configs"][0]["port"]) == port
    assert f"http://127.0.0.1:{port}/healthz" in services["worker"]["healthcheck"]["test"][-1]


def test_the_model_is_where_the_worker_looks_for_it(services):
    model = str(WorkerSettings.model_fields["model"].default)
    dockerfile = dockerfile_of(services["worker"])
    assert f"{model} {model}" in arguments_of(dockerfile, "COPY")
    assert "SENTIMENT_MODEL" not in services["worker"]["environment"]
    assert (ROOT / model / "bundle.json").is_file()
