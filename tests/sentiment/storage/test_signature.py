"""Whose model it is: signed with a key of Ed25519, checked with the other half of it."""

import json
import shutil
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from sentiment import BundleError, Scorer
from sentiment.__main__ import main
from sentiment.errors import SettingsError
from tests.sentiment.spoiling import replace, rewrite

NO_PASSPHRASE = NoEncryption()


def write_keys(folder, name, key, encryption=NO_PASSPHRASE):
    """Write both halves of a key as openssl would; give their paths."""
    private, public = folder / f"{name}.pem", folder / f"{name}.pub.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    public.write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return private, public


@pytest.fixture
def keys(tmp_path):
    """Give the paths of both halves of a key."""
    return write_keys(tmp_path, "ours", Ed25519PrivateKey.generate())


@pytest.fixture
def signed(bundle, keys, capsys):
    """Give a copy of the small model that the command has signed."""
    assert main(["sign", "--model", str(bundle), "--key", str(keys[0])]) == 0
    assert capsys.readouterr().out.endswith(f"is the signature of {bundle}.\n")
    return bundle


def test_a_signed_model_loads_with_the_key_and_without(signed, keys):
    for public_key in (keys[1], None):
        assert Scorer.load(signed, public_key=public_key).name == "small"


def test_signing_changes_nothing_else(signed, small_bundle):
    assert (signed / "bundle.json.sig").stat().st_size == 64
    names = {path.name for path in signed.iterdir()} - {"bundle.json.sig"}
    assert names == {path.name for path in small_bundle.iterdir()}
    assert Scorer.load(signed).sha256 == Scorer.load(small_bundle).sha256


def test_a_model_without_a_signature_is_refused_where_there_is_a_key(bundle, keys):
    with pytest.raises(BundleError, match=r"is not signed, .*sign it with 'python -m sentiment"):
        Scorer.load(bundle, public_key=keys[1])


def test_a_model_signed_by_somebody_else_is_refused(signed, tmp_path):
    _, other = write_keys(tmp_path, "other", Ed25519PrivateKey.generate())
    with pytest.raises(BundleError, match=rf"is no signature of the bundle\.json .*{other}"):
        Scorer.load(signed, public_key=other)


@pytest.mark.parametrize("signature", [b"", b"\0" * 63, b"\0" * 64, b"\0" * 65, b"A" * 4_000])
def test_a_signature_that_is_none_is_refused(signed, keys, signature):
    (signed / "bundle.json.sig").write_bytes(signature)
    with pytest.raises(BundleError, match=r"bundle\.json\.sig is (no signature|larger)"):
        Scorer.load(signed, public_key=keys[1])


def test_a_changed_model_is_refused_though_its_hashes_were_repaired(signed, keys):
    vocabulary = (signed / "vocabulary.txt").read_bytes()
    replace(signed, "vocabulary.txt", vocabulary.replace(b"love", b"hAte"))
    assert Scorer.load(signed).name == "small"  # Without a key, nothing tells.
    with pytest.raises(BundleError, match="restore the model, or have that key's owner sign it"):
        Scorer.load(signed, public_key=keys[1])


def test_a_changed_manifest_is_refused_before_it_is_understood(signed, keys):
    rewrite(signed, lambda manifest: manifest.update(format=99))
    with pytest.raises(BundleError, match="is no signature of"):
        Scorer.load(signed, public_key=keys[1])


def test_a_file_that_changed_after_it_was_signed_is_refused(signed, keys):
    (signed / "weights.npz").write_bytes(b"PK")
    with pytest.raises(BundleError, match="vouches for"):
        Scorer.load(signed, public_key=keys[1])


def test_a_model_that_is_not_whole_is_not_signed(bundle, keys, capsys):
    (bundle / "README.md").write_text("# another\n")
    assert main(["sign", "--model", str(bundle), "--key", str(keys[0])]) == 1
    assert "README.md is not the file that bundle.json vouches for" in capsys.readouterr().err
    assert not (bundle / "bundle.json.sig").exists()


def test_a_signature_is_replaced_whole(signed, tmp_path):
    before = (signed / "bundle.json.sig").read_bytes()
    private, public = write_keys(tmp_path, "new", Ed25519PrivateKey.generate())
    assert main(["sign", "--model", str(signed), "--key", str(private)]) == 0
    assert (signed / "bundle.json.sig").read_bytes() != before
    assert Scorer.load(signed, public_key=public).name == "small"
    assert not [path for path in signed.iterdir() if path.name.startswith(".")]


@pytest.fixture
def wrong(tmp_path, keys):
    """Give, by what is wrong with them, files that are no key to check with."""
    _, curve = write_keys(tmp_path, "curve", ec.generate_private_key(ec.SECP256R1()))
    (tmp_path / "text.pem").write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n")
    return {
        "missing": (tmp_path / "none.pem", "cannot be read: No such file"),
        "a folder": (tmp_path, "cannot be read: Is a directory"),
        "no key": (tmp_path / "text.pem", "holds no public key in PEM: make it"),
        "the private half": (keys[0], "holds no public key in PEM: make it of the private key"),
        "of another kind": (curve, "is not Ed25519"),
    }


@pytest.mark.parametrize(
    "name", ["missing", "a folder", "no key", "the private half", "of another kind"]
)
def test_a_key_that_is_none_is_told_and_nothing_is_trusted(signed, wrong, name, capsys, tmp_path):
    path, why = wrong[name]
    with pytest.raises(SettingsError, match=why):
        Scorer.load(signed, public_key=path)
    (tmp_path / "texts.txt").write_text("I love it\n")
    command = ["score", "--model", str(signed), "--model-public-key", str(path)]
    assert main([*command, str(tmp_path / "texts.txt")]) == 2
    assert why in capsys.readouterr().err


def test_keys_to_sign_with_are_told_apart(bundle, keys, tmp_path, capsys):
    secret = BestAvailableEncryption(b"secret-word")
    locked, _ = write_keys(tmp_path, "locked", Ed25519PrivateKey.generate(), secret)
    curve, _ = write_keys(tmp_path, "curve", ec.generate_private_key(ec.SECP256R1()))
    for path, why in (
        (locked, "is under a passphrase"),
        (curve, "is not Ed25519"),
        (keys[1], "holds no private key in PEM: make one with 'openssl genpkey"),
        (tmp_path / "none.pem", "cannot be read"),
    ):
        assert main(["sign", "--model", str(bundle), "--key", str(path)]) == 2
        err = capsys.readouterr().err
        assert why in err
        assert err.count("\n") == 1


def test_the_variable_asks_for_a_signature_too(bundle, keys, tmp_path, monkeypatch, capsys):
    (tmp_path / "texts.txt").write_text("I love it\n")
    command = ["score", "--model", str(bundle), str(tmp_path / "texts.txt")]
    monkeypatch.setenv("SENTIMENT_MODEL_PUBLIC_KEY", "")
    assert main(command) == 0
    monkeypatch.setenv("SENTIMENT_MODEL_PUBLIC_KEY", str(keys[1]))
    assert main(command) == 1
    assert "is not signed" in capsys.readouterr().err
    assert main(["sign", "--model", str(bundle), "--key", str(keys[0])]) == 0
    capsys.readouterr()
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "I love it"


def test_cryptography_is_imported_only_where_there_is_a_key(bundle):
    program = (
        "import sys; from sentiment import Scorer; Scorer.load(sys.argv[1]).check_reference();"
        "print('cryptography' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(bundle)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_the_commands_of_openssl_that_the_documentation_tells_do_the_same(bundle, tmp_path):
    def openssl(command):
        subprocess.run(["openssl", *command.split()], cwd=bundle, check=True, capture_output=True)

    openssl("genpkey -algorithm ed25519 -out ../private.pem")
    openssl("pkey -in ../private.pem -pubout -out ../public.pem")
    openssl("pkeyutl -sign -rawin -inkey ../private.pem -in bundle.json -out bundle.json.sig")
    assert Scorer.load(bundle, public_key=tmp_path / "public.pem").name == "small"
    assert main(["sign", "--model", str(bundle), "--key", str(tmp_path / "private.pem")]) == 0
    openssl(
        "pkeyutl -verify -rawin -pubin -inkey ../public.pem -in bundle.json "
        "-sigfile bundle.json.sig"
    )
