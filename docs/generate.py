"""Write the pages of docs/ that the code knows better: settings, metrics, the output's schema.

`make docs` runs it; a test fails when a page does not say what the code does.
"""

import json
from pathlib import Path

from prometheus_client import CollectorRegistry

from configuration.reference import settings_table
from producer.settings import ProducerSettings
from worker.messages import Reason
from worker.metrics import WorkerMetrics
from worker.settings import WorkerSettings
from worker.wire import scored_schema

DOCS = Path(__file__).parent

SETTINGS = """\
# Settings

Made from the code by `make docs`. Every option of a command is also an environment variable; the
option wins. A variable that is set to nothing counts as not set.

## Worker

`python -m worker`

{worker}
## Producer

`python -m producer SOURCE` has these beside the options of its source (`--help` tells them).

{producer}"""

METRICS = """\
# Metrics

Made from the code by `make docs`. Every worker serves them at `/metrics`, by default on
http://127.0.0.1:8000. Counters count what is committed: a batch that was aborted and done again
counts once.

| metric | type | labels | meaning |
| --- | --- | --- | --- |
{rows}

Values of `stage`: poll (waiting included), prepare, score, publish. Values of `outcome`:
committed, aborted. Values of `reason`: {reasons}. Every value is there before the first record;
a revoked partition takes its `consumer_lag` with it.

## Health

| path | 200 when | else |
| --- | --- | --- |
| `/healthz` | the loop turned within the last minute; lag and broker do not matter | 503 |
| `/readyz` | the model is loaded and the group has given the worker its partitions | 503 |
"""


def settings_page() -> str:
    """Return docs/settings.md."""
    return SETTINGS.format(
        worker=settings_table(WorkerSettings), producer=settings_table(ProducerSettings)
    )


def metrics_page() -> str:
    """Return docs/metrics.md."""
    registry = CollectorRegistry()
    metrics = WorkerMetrics(registry, ["positive"])
    metrics.model("name", "sha256", "engine")
    metrics.assign(frozenset({0}))
    metrics.lag({0: 0})
    rows = []
    for family in registry.collect():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        names = {name for sample in family.samples for name in sample.labels} - {"le"}
        labels = ", ".join(f"`{label}`" for label in sorted(names))
        rows.append(f"| `{name}` | {family.type} | {labels} | {family.documentation} |")
    return METRICS.format(
        rows="\n".join(rows), reasons=", ".join(reason.value for reason in Reason)
    )


def schema_page() -> str:
    """Return docs/scored-tweet.schema.json."""
    return json.dumps(scored_schema(), indent=2) + "\n"


PAGES = {
    "settings.md": settings_page,
    "metrics.md": metrics_page,
    "scored-tweet.schema.json": schema_page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page())
        print(f"docs/{name}")
