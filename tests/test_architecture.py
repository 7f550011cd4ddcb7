"""What each package may import: the third column of the map in docs/architecture.md."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = {
    "benchmarks",
    "configuration",
    "demo",
    "localkafka",
    "producer",
    "sentiment",
    "trials",
    "worker",
}

# Our own packages that each may import.
MAY_IMPORT = {
    "configuration": set(),
    "localkafka": {"configuration"},
    "sentiment": {"configuration"},
    "producer": {"configuration"},
    "worker": {"configuration", "sentiment"},
    "demo": PACKAGES - {"benchmarks", "trials"},
    "benchmarks": PACKAGES - {"trials"},
    "trials": PACKAGES,
}

# Libraries that only these files of ours may import.
ADAPTERS = {
    "kafka": {
        "benchmarks/__main__.py",
        "benchmarks/baselines/straightforward.py",
        "benchmarks/committed_output.py",
        "benchmarks/held_back_tweets.py",
        "benchmarks/latency_reader.py",
        "benchmarks/open_loop.py",
        "benchmarks/running.py",
        "benchmarks/topics.py",
        "configuration/kafka_client.py",
        "configuration/kafka_logging.py",
        "configuration/kafka_refusals.py",
        "configuration/kafka_topics.py",
        "demo/__main__.py",
        "demo/observer.py",
        "producer/kafka_writer.py",
        "trials/chaos.py",
        "trials/coordinators.py",
        "trials/holding.py",
        "trials/kafka_latencies.py",
        "trials/kafka_load.py",
        "trials/kafka_reader.py",
        "trials/kafka_steady_load.py",
        "trials/kafka_topics.py",
        "trials/late_requests_clients.py",
        "trials/late_requests_try.py",
        "trials/wired_worker.py",
        "worker/__main__.py",
        "worker/kafka_bulk_producer.py",
        "worker/kafka_committed_reader.py",
        "worker/kafka_group.py",
        "worker/kafka_heir.py",
        "worker/kafka_outbox.py",
        "worker/kafka_positions.py",
        "worker/kafka_producer_client.py",
        "worker/kafka_publisher.py",
        "worker/kafka_raw_consumer.py",
        "worker/kafka_refusals.py",
        "worker/kafka_replay.py",
        "worker/kafka_source.py",
    },
    "keras_hub": {"sentiment/teaching/transformer.py"},
    "prometheus_client": {
        "benchmarks/running.py",
        "demo/stream.py",
        "worker/__main__.py",
        "worker/batch_histogram.py",
        "worker/http_answers.py",
        "worker/http_server.py",
        "worker/metrics.py",
    },
    "safetensors": {"sentiment/teaching/transformer.py"},
    "tokenizers": {"sentiment/teaching/teacher_tokenizer.py"},
}


def imports(path):
    """Yield every module that a file imports, also inside functions, and the names taken."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ()
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module, tuple(alias.name for alias in node.names)


def files(package):
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_a_package_imports_only_what_the_map_allows(package):
    assert files(package)
    for path in files(package):
        ours = {module.split(".")[0] for module, _ in imports(path)} & PACKAGES
        assert ours <= MAY_IMPORT[package] | {package}, path


def test_the_worker_takes_only_what_sentiment_exports():
    import sentiment  # noqa: PLC0415

    for path in files("worker"):
        for module, names in imports(path):
            assert not module.startswith("sentiment."), path
            if module == "sentiment":
                assert set(names) <= set(sentiment.__all__), path


@pytest.mark.parametrize("library", sorted(ADAPTERS))
def test_a_library_is_spoken_to_by_its_adapters_only(library):
    users = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in files(package)
        if any(module.split(".")[0] == library for module, _ in imports(path))
    }
    assert users == ADAPTERS[library]
