"""The bills of materials are valid, whole, and the same wherever they are made."""

import json
import re
import tomllib

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.requirements.test_audit import ROOT, script

sbom = script("sbom")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module", params=sbom.IMAGES)
def image(request, tmp_path_factory):
    """Give an image's name and its bill of materials as text."""
    folder = tmp_path_factory.mktemp("sbom")
    return request.param, sbom.write(request.param, folder).read_text()


def test_it_is_valid(image):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(image[1]) is None
    assert json.loads(image[1])["specVersion"] == "1.6"


def test_it_is_of_this_project(image):
    root = json.loads(image[1])["metadata"]["component"]
    told = (root["type"], root["name"], root["version"])
    assert told == ("application", PROJECT["name"], PROJECT["version"])
    assert root["licenses"]


def test_every_locked_release_is_in_it_with_its_hashes(image):
    name, text = image
    lock = (ROOT / "requirements" / f"{name}.txt").read_text()
    locked = set(re.findall(r"^([a-z0-9-]+)==([^\s\\;]+)", lock, re.MULTILINE))
    components = json.loads(text)["components"]
    assert {(each["name"], each["version"]) for each in components} == locked
    assert len(locked) > 10
    hashes = {
        known["content"]
        for each in components
        for reference in each["externalReferences"]
        for known in reference["hashes"]
    }
    assert hashes == set(re.findall(r"--hash=sha256:([0-9a-f]{64})", lock))


def test_only_the_worker_has_tensorflow(image):
    name, text = image
    names = {each["name"] for each in json.loads(text)["components"]}
    assert ("tensorflow" in names) == (name == "worker")


def test_it_names_no_index_but_the_public_one_and_no_place_on_this_machine(image):
    _, text = image
    assert set(re.findall(r"https://[^/\"]+/simple", text)) == {"https://pypi.org/simple"}
    assert str(ROOT) not in text


def test_it_is_the_same_when_it_is_made_again(image, tmp_path):
    name, text = image
    assert sbom.write(name, tmp_path).read_text() == text
