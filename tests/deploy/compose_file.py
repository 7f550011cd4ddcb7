"""docker-compose.yml as Compose reads it: variables filled in, then parsed."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+):-([^}]*)\}")


def read_compose(**environment):
    """Return the file as it is with `environment`; without it, with every default."""
    filled = VARIABLE.sub(lambda match: environment.get(match[1]) or match[2], TEXT)
    return yaml.safe_load(filled)


def read_yaml(path):
    """Return a YAML file of the repository."""
    return yaml.safe_load((ROOT / path).read_text())


def environment_of(service):
    """Return a service's variables as its process will see them: all text."""
    return {name: str(value) for name, value in service.get("environment", {}).items()}


def dockerfile_of(service):
    """Return a built service's Dockerfile as pairs of instruction and arguments."""
    text = (ROOT / service["build"]["dockerfile"]).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def arguments_of(dockerfile, instruction):
    """Return the arguments of every `instruction` of a Dockerfile."""
    return [arguments for name, arguments in dockerfile if name == instruction]


def base_of(dockerfile):
    """Return the image that a Dockerfile builds on unless it is told otherwise."""
    (default,) = [each for each in arguments_of(dockerfile, "ARG") if each.startswith("BASE=")]
    assert arguments_of(dockerfile, "FROM") == ["${BASE}"]
    return default.removeprefix("BASE=")
