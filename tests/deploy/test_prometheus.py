"""Prometheus finds every worker, and its alerts ask for what workers expose."""

import pytest

from tests.deploy.compose_file import read_yaml
from tests.deploy.promql import parse, unknown_to


@pytest.fixture(scope="module")
def configuration():
    return read_yaml("deploy/prometheus/prometheus.yml")


@pytest.fixture(scope="module")
def alerts():
    (group,) = read_yaml("deploy/prometheus/alerts.yml")["groups"]
    return group["rules"]


def test_every_replica_of_the_worker_is_scraped(configuration, services):
    (job,) = configuration["scrape_configs"]
    (discovery,) = job["dns_sd_configs"]
    assert discovery["type"] == "A"
    assert discovery["names"] == ["worker"]
    assert set(discovery["names"]) <= set(services)


def test_metrics_are_scraped_at_the_path_where_the_worker_serves_them(configuration):
    (job,) = configuration["scrape_configs"]
    assert job.get("metrics_path", "/metrics") == "/metrics"


def test_the_folder_that_is_mounted_holds_the_configuration_and_its_rules(configuration, services):
    assert "./deploy/prometheus:/etc/prometheus:ro" in services["prometheus"]["volumes"]
    assert "command" not in services["prometheus"]  # the image reads /etc/prometheus itself
    assert configuration["rule_files"] == ["alerts.yml"]


def test_there_is_an_alert_for_each_way_to_fail(alerts):
    names = [alert["alert"] for alert in alerts]
    assert names == ["WorkerDown", "LagGrows", "NothingCommitted", "ManyDeadLetters"]


def test_every_alert_waits_before_it_disturbs_and_says_what_to_do(alerts):
    for alert in alerts:
        assert alert["for"] in {"1m", "2m", "10m"}
        assert alert["labels"]["severity"] in {"warning", "critical"}
        assert set(alert["annotations"]) == {"summary", "description"}


def test_alerts_ask_for_metrics_and_labels_that_exist(alerts, exposed):
    for alert in alerts:
        assert unknown_to(exposed, alert["expr"]) == set(), alert["alert"]


def test_alerts_know_the_workers_by_the_name_of_their_job(configuration, alerts):
    (job,) = configuration["scrape_configs"]
    (down,) = [alert for alert in alerts if alert["alert"] == "WorkerDown"]
    assert {selector.matchers["job"] for selector in parse(down["expr"]).selectors} == {
        job["job_name"]
    }
