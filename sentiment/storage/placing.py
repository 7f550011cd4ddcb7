"""Directories that are written beside their place and then moved there, whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sentiment.errors import BundleError


def check_place(out: Path, mark: str, what: str, *, replace: bool) -> None:
    """Refuse, before any work is done, a directory that must not be written.

    Args:
        out: Where to.
        mark: Name of the file by which a directory of this kind is known.
        what: What such a directory is: "a model".
        replace: Whether one that is there already is replaced.

    Raises:
        BundleError: It exists and is not to be replaced, is something else, or cannot be written.
    """
    if os.path.ismount(out):
        raise BundleError(f"{out} is a mount point, which nothing can replace: name a folder in it")
    empty = out.is_dir() and not any(out.iterdir())
    if not empty and (out.exists() or out.is_symlink()):
        if not (out / mark).is_file():
            raise BundleError(f"{out} exists and is not {what}: choose another --out")
        if not replace:
            raise BundleError(f"{out} holds {what}: choose another --out, or add --force")
    existing = next(folder for folder in out.resolve().parents if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise BundleError(f"{existing} cannot be written: choose another --out")


@contextmanager
def put_in_place(out: Path) -> Iterator[Path]:
    """Give a new directory to write into, and move it to `out` at the end, unless that fails.

    What is in `out` is replaced; where it is a symbolic link, what that names.

    Raises:
        BundleError: It cannot be written.
    """
    target = out.resolve()
    staging = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        staging.mkdir(parents=True)
        yield staging
        move(staging, target)
    except OSError as error:
        raise BundleError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def move(staging: Path, target: Path) -> None:
    """Move a directory to where there may be another one, which is then removed."""
    if not target.exists():
        staging.rename(target)
        return
    old = staging.with_suffix(".old")
    target.rename(old)
    try:
        staging.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)  # The new one is in its place whatever comes of it.
