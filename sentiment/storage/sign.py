"""Signs a model, so that others can tell whose it is."""

import hashlib
import os
from pathlib import Path

from sentiment.errors import BundleError
from sentiment.storage.bundle import Bundle
from sentiment.storage.bundle_files import MANIFEST, SIGNATURE, read_file
from sentiment.storage.signature import read_private_key


def sign(folder: Path, private_key: Path) -> Path:
    """Write the signature of a model that was found whole, and return where it is.

    Args:
        folder: The model's directory.
        private_key: A PEM file with an Ed25519 key.

    Raises:
        BundleError: The model is not whole, or the signature cannot be written.
        SettingsError: There is no such key.
    """
    key = read_private_key(private_key)
    bundle = Bundle.load(folder)
    content = read_file(folder, MANIFEST)
    if hashlib.sha256(content).hexdigest() != bundle.sha256:
        raise BundleError(f"{folder / MANIFEST} changed meanwhile: sign it again")
    signature = folder / SIGNATURE
    beside = folder / f".{SIGNATURE}.{os.getpid()}.partial"
    try:
        beside.write_bytes(key.sign(content))
        beside.replace(signature)
    except OSError as error:
        raise BundleError(f"{signature} cannot be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
    return signature
