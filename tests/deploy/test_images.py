"""The images hold what their programs need, and nothing else."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import PurePosixPath

import pytest

from tests.deploy.compose_file import ROOT, arguments_of, base_of, dockerfile_of

PROGRAMS = ("worker", "producer")


@pytest.fixture(params=PROGRAMS)
def program(request):
    return request.param


@pytest.fixture
def dockerfile(program, services):
    return dockerfile_of(services[program])


@pytest.fixture
def image(program, dockerfile, tmp_path):
    """Give a function that runs Python on what the image holds: its files and its packages."""
    app, packages = tmp_path / "app", tmp_path / "packages"
    for arguments in arguments_of(dockerfile, "COPY"):
        source, target = arguments.split()
        (app / target).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, app / target)
    packages.mkdir()
    for installed in _installed(locked(program)):
        for entry in {file.parts[0] for file in installed.files} - {"..", "__pycache__"}:
            with suppress(FileExistsError):  # two packages share a folder
                (packages / entry).symlink_to(installed.locate_file(entry))

    def run(*arguments):
        return subprocess.run(
            # Without `site`, neither this checkout nor the development environment is found.
            [sys.executable, "-S", *arguments],
            cwd=app,
            env={"PYTHONPATH": str(packages), "PATH": "", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def _installed(names):
    for name in names:
        with suppress(PackageNotFoundError):  # locked for other platforms only
            yield distribution(name)


def locked(program):
    text = (ROOT / "requirements" / f"{program}.txt").read_text()
    return set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))


def test_the_program_starts_on_what_its_image_holds(program, dockerfile, image):
    assert arguments_of(dockerfile, "ENTRYPOINT") == [f'["python", "-m", "{program}"]']
    result = image("-m", program, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("usage: ")


@pytest.mark.parametrize("program", ["worker"], indirect=True)
def test_the_model_scores_on_what_the_image_holds(image):
    result = image(
        "-c",
        "from sentiment import Scorer; scorer = Scorer.load('models/default');"
        "scorer.check_reference(); print(*scorer.labels)",
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "negative neutral positive\n"


@pytest.mark.parametrize("program", ["worker"], indirect=True)
def test_the_image_is_built_with_tables_that_any_user_takes(dockerfile, image, tmp_path):
    (make,) = [run for run in arguments_of(dockerfile, "RUN") if run.startswith("python ")]
    steps = [name for name, arguments in dockerfile]
    assert dockerfile.index(("RUN", make)) < steps.index("USER")  # Root's are anyone's to take.
    result = image(*shlex.split(make)[1:])
    assert (result.returncode, result.stderr) == (0, "")
    made = list((tmp_path / ".cache/tweet-sentiment").glob("*/[!.]*"))
    assert {path.parent.name for path in made} == {"tables", "kernels"}
    assert {path.stat().st_mode & 0o777 for path in made} == {0o644}


@pytest.mark.parametrize("program", ["worker"], indirect=True)
def test_the_worker_can_add_to_the_tables_of_its_image(dockerfile, tmp_path):
    (give,) = [run for run in arguments_of(dockerfile, "RUN") if run.startswith("find ")]
    (folder,) = [
        value
        for _, value in (each.split("=") for each in arguments_of(dockerfile, "ENV"))
        if value.startswith("/var")
    ]
    (user,) = arguments_of(dockerfile, "USER")
    program, where, *rest = shlex.split(give)
    assert (where, rest[rest.index("chown") + 1]) == (folder, user)
    for name in ("tables/t", "tables/.lock"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    rest[rest.index("chown") : rest.index("chown") + 2] = ["echo"]
    told = subprocess.run([program, tmp_path, *rest], capture_output=True, text=True, check=True)
    given = {tmp_path, tmp_path / "tables", tmp_path / "tables" / ".lock"}
    assert set(told.stdout.split()) == set(map(str, given))


@pytest.mark.parametrize("program", ["producer"], indirect=True)
def test_the_image_without_tensorflow_cannot_import_it(image):
    result = image("-c", "import tensorflow")
    assert "No module named 'tensorflow'" in result.stderr


def test_only_the_worker_installs_tensorflow():
    assert [program for program in PROGRAMS if "tensorflow" in locked(program)] == ["worker"]


def test_what_is_installed_was_seen_before(program, dockerfile):
    (install,) = [run for run in arguments_of(dockerfile, "RUN") if "pip install" in run]
    assert "--require-hashes" in install
    assert f"--requirement requirements/{program}.txt" in install


def test_nothing_of_a_package_is_run_while_it_is_installed(dockerfile):
    (install,) = [run for run in arguments_of(dockerfile, "RUN") if "pip install" in run]
    assert "--only-binary :all:" in install


def test_no_shell_is_needed_where_it_runs(dockerfile, program, services):
    for instruction in ("ENTRYPOINT", "CMD", "SHELL"):
        for arguments in arguments_of(dockerfile, instruction):
            assert json.loads(arguments)[0] == "python"
    assert isinstance(services[program].get("command", []), list)
    assert services[program].get("healthcheck", {"test": ["CMD"]})["test"][0] == "CMD"


def test_nothing_is_fetched_but_what_is_locked(dockerfile):
    for name, arguments in dockerfile:
        assert name != "ADD"
        for tool in ("apt", "curl", "wget", "git "):
            assert tool not in arguments


def test_the_program_does_not_run_as_root(dockerfile):
    (user,) = arguments_of(dockerfile, "USER")
    assert int(user) > 0
    assert any(f"--uid {user} " in command for command in arguments_of(dockerfile, "RUN"))
    assert dockerfile.index(("USER", user)) > max(
        place for place, (name, _) in enumerate(dockerfile) if name in ("RUN", "COPY")
    )


def test_the_base_image_is_pinned_to_one_release_of_the_oldest_python_that_is_promised(dockerfile):
    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+(@sha256:[0-9a-f]{64})?", base_of(dockerfile))


def test_both_images_share_their_base(services):
    bases = {base_of(dockerfile_of(services[name])) for name in PROGRAMS}
    assert len(bases) == 1


def test_the_builder_is_sent_what_the_images_copy(dockerfile):
    sent = _sent_to_builder()
    for arguments in arguments_of(dockerfile, "COPY"):
        source = PurePosixPath(arguments.split()[0])
        assert {str(source), *map(str, source.parents)} & sent, source


def test_nothing_is_sent_to_the_builder_that_no_image_copies(services):
    copied = {
        arguments.split()[0]
        for name in PROGRAMS
        for arguments in arguments_of(dockerfile_of(services[name]), "COPY")
    }
    for sent in _sent_to_builder():
        assert any(source == sent or source.startswith(f"{sent}/") for source in copied), sent


def _sent_to_builder():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    return {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
