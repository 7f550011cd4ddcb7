"""A small model, trained once for all of these tests."""

import shutil
from pathlib import Path

import pytest

from sentiment import Scorer
from sentiment.__main__ import main
from tests.sentiment.texts import make_texts, write_jsonl


@pytest.fixture
def training_file(tmp_path):
    """Give a file of 240 labelled texts."""
    return write_jsonl(tmp_path / "labelled.jsonl", make_texts(240))


@pytest.fixture(scope="session")
def small_bundle(tmp_path_factory) -> Path:
    """Give the directory of a small model that the train command made."""
    folder = tmp_path_factory.mktemp("small")
    data = write_jsonl(folder / "labelled.jsonl", make_texts(600))
    command = f"train --data {data} --out {folder / 'small'} --epochs 30 --batch-size 16"
    sizes = ("--embedding-size", "16", "--filters", "8", "--widths", "1", "2", "3")
    assert main([*command.split(), *sizes]) == 0
    return folder / "small"


@pytest.fixture(scope="session")
def small_scorer(small_bundle):
    """Give a scorer with that model."""
    return Scorer.load(small_bundle)


@pytest.fixture
def bundle(small_bundle, tmp_path):
    """Give a copy of that model's directory, to be spoilt."""
    return shutil.copytree(small_bundle, tmp_path / "copy")
