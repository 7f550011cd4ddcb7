"""Signatures of models: Ed25519 over the bytes of `bundle.json`, which holds all other hashes.

A hash tells that a model is whole, a signature tells who made it. The signature is the 64 bytes
that `openssl pkeyutl -sign -rawin` writes, too; keys are PEM files, as openssl makes them.
"""

from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
)

from sentiment.errors import BundleError, SettingsError
from sentiment.storage.bundle_files import MANIFEST, SIGNATURE, read_file

_MOST_BYTES = 1 << 16


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Read the key that signatures are checked with.

    Raises:
        SettingsError: There is none in the file.
    """
    content = _read(path)
    try:
        key = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SettingsError(
            f"{path} holds no public key in PEM: make it of the private key with "
            "'openssl pkey -in PRIVATE.pem -pubout -out PUBLIC.pem'"
        ) from error
    if not isinstance(key, Ed25519PublicKey):
        raise SettingsError(f"{path} holds a public key that is not Ed25519: name one that is")
    return key


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """Read the key that models are signed with.

    Raises:
        SettingsError: There is none in the file.
    """
    content = _read(path)
    try:
        key = load_pem_private_key(content, password=None)
    except TypeError as error:
        raise SettingsError(
            f"the key in {path} is under a passphrase, which is not asked for here: sign "
            "bundle.json with 'openssl pkeyutl -sign -rawin', which asks for it"
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SettingsError(
            f"{path} holds no private key in PEM: make one with "
            "'openssl genpkey -algorithm ed25519 -out PRIVATE.pem'"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(f"{path} holds a private key that is not Ed25519: name one that is")
    return key


def check_signature(folder: Path, content: bytes, public_key: Path) -> None:
    """Check that the owner of a key signed a model's `bundle.json`.

    Args:
        folder: The model's directory, where the signature is.
        content: What is in its `bundle.json`.
        public_key: A PEM file.

    Raises:
        BundleError: It is not signed, or not by that key, or says something else than was signed.
        SettingsError: There is no such key.
    """
    key = read_public_key(public_key)
    if not (folder / SIGNATURE).exists():
        raise BundleError(
            f"the model in {folder} is not signed, and {public_key} asks for its signature: sign "
            "it with 'python -m sentiment sign', or name a model that is signed"
        )
    try:
        key.verify(read_file(folder, SIGNATURE), content)
    except InvalidSignature:
        raise BundleError(
            f"{folder / SIGNATURE} is no signature of the {MANIFEST} beside it by the key in "
            f"{public_key}: restore the model, or have that key's owner sign it again"
        ) from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        raise SettingsError(f"the key {path} cannot be read: {error.strerror}") from error
