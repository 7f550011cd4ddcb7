"""The dashboard asks for what workers expose, in a Grafana that finds it."""

import itertools
import json
import re

import pytest

from tests.deploy.compose_file import ROOT, environment_of, read_yaml
from tests.deploy.promql import parse, unknown_to

GRID_COLUMNS = 24
# What a metric's samples have after its name.
SUFFIX = re.compile("_(total|bucket|sum|count|created)$")


@pytest.fixture(scope="module")
def dashboard():
    return json.loads((ROOT / "deploy/grafana/dashboards/tweet-sentiment.json").read_text())


@pytest.fixture(scope="module")
def panels(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


@pytest.fixture(scope="module")
def targets(panels):
    return [target for panel in panels for target in panel["targets"]]


@pytest.fixture(scope="module")
def source():
    (source,) = read_yaml("deploy/grafana/provisioning/datasources/prometheus.yml")["datasources"]
    return source


def test_every_panel_reads_from_the_provisioned_source(panels, targets, source):
    for asking in (*panels, *targets):
        assert asking["datasource"] == {"type": source["type"], "uid": source["uid"]}


def test_the_source_is_the_prometheus_of_the_compose_file(source, services):
    assert source["url"] == "http://prometheus:9090"
    assert "prometheus" in services


def test_rates_span_the_scrapes_that_prometheus_makes(source):
    scrape = read_yaml("deploy/prometheus/prometheus.yml")["global"]["scrape_interval"]
    assert source["jsonData"]["timeInterval"] == scrape


def test_grafana_finds_the_dashboard_and_opens_with_it(services):
    grafana = services["grafana"]
    mounts = dict(volume.split(":")[:2] for volume in grafana["volumes"])
    folder = mounts["./deploy/grafana/dashboards"]
    (provider,) = read_yaml("deploy/grafana/provisioning/dashboards/tweet-sentiment.yml")[
        "providers"
    ]
    assert provider["options"]["path"] == folder
    home = environment_of(grafana)["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{folder}/tweet-sentiment.json"
    for kind in ("datasources", "dashboards"):
        source = f"./deploy/grafana/provisioning/{kind}"
        assert mounts[source] == f"/etc/grafana/provisioning/{kind}"


def test_queries_ask_for_metrics_and_labels_that_exist(targets, exposed):
    for target in targets:
        assert unknown_to(exposed, target["expr"]) == set(), target["expr"]


def test_counters_are_only_looked_at_as_rates(targets):
    for target in targets:
        for metric, _ in parse(target["expr"]).selectors:
            as_rate = re.search(rf"(rate|increase)\({metric}\[", target["expr"])
            assert bool(as_rate) == bool(SUFFIX.search(metric)), target["expr"]


def test_every_metric_of_the_worker_is_shown(targets, exposed):
    shown = {metric for target in targets for metric, _ in parse(target["expr"]).selectors}
    there = {SUFFIX.sub("", sample) for sample in exposed}
    assert there - {SUFFIX.sub("", metric) for metric in shown} == set()


def test_legends_name_labels_that_their_queries_keep(targets):
    for target in targets:
        for label in re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]):
            assert label in parse(target["expr"]).grouped_by


def test_panels_lie_side_by_side_without_overlap(dashboard):
    places = [(panel["title"], panel["gridPos"]) for panel in dashboard["panels"]]
    for title, place in places:
        assert place["x"] + place["w"] <= GRID_COLUMNS, title
    for (one, a), (other, b) in itertools.combinations(places, 2):
        apart = (
            a["x"] + a["w"] <= b["x"]
            or b["x"] + b["w"] <= a["x"]
            or a["y"] + a["h"] <= b["y"]
            or b["y"] + b["h"] <= a["y"]
        )
        assert apart, f"{one} and {other}"


def test_every_panel_says_what_it_shows(dashboard, panels):
    assert all(panel["title"] and panel["description"] for panel in panels)
    numbers = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(numbers)) == len(numbers)
    assert all(
        panel["fieldConfig"]["defaults"].get("unit") for panel in panels if panel["type"] != "table"
    )
