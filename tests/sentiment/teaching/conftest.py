"""A teacher of a few thousand weights, made once, and copies of it to be spoilt."""

import shutil

import pytest

from tests.sentiment.teaching.tiny_teacher import make_teacher


@pytest.fixture(scope="session")
def tiny_teacher(tmp_path_factory):
    """Give the directory of a teacher that knows nothing yet."""
    return make_teacher(tmp_path_factory.mktemp("teachers") / "tiny")


@pytest.fixture
def spoilt(tiny_teacher, tmp_path):
    """Give a copy of it."""
    return shutil.copytree(tiny_teacher, tmp_path / "spoilt")
