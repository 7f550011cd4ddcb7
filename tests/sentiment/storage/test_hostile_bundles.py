"""Bundles that somebody changed who also repaired every hash: only what is in them tells."""

import io
import json
import shutil
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment import BundleError, Scorer, SentimentError
from sentiment.__main__ import main
from tests.sentiment.spoiling import link, replace, rewrite, vouch


def load(bundle, engine="folded"):
    """Do what every program does before it trusts a model."""
    scorer = Scorer.load(bundle, engine)
    scorer.check_reference()
    return scorer


def rewrite_arrays(bundle, file, **changes):
    """Change arrays of an archive."""
    with np.load(bundle / file) as stored:
        arrays = dict(stored)
    arrays.update({name: change(arrays[name]) for name, change in changes.items()})
    archive = io.BytesIO()
    np.savez(archive, **arrays)
    replace(bundle, file, archive.getvalue())


def zeros(name, shape):
    """Give an archive with an array of zeros in a thousandth of its size."""
    archive = io.BytesIO()
    with (
        zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file,
        file.open(f"{name}.npy", "w") as member,
    ):
        head = np.lib.format.header_data_from_array_1_0(np.zeros(1, np.float32)) | {"shape": shape}
        np.lib.format.write_array_header_1_0(member, head)
        for _ in range(4 * int(np.prod(shape)) >> 24):
            member.write(bytes(1 << 24))
    return archive.getvalue()


def larger(archive):
    """Let the only member of an archive have 4 GB, by what is said of it."""
    (member,) = zipfile.ZipFile(io.BytesIO(archive)).infolist()
    return archive.replace(struct.pack("<L", member.file_size), struct.pack("<L", 15 << 28))


def with_value(value):
    """Return a function that puts a value into the middle of an array."""

    def change(weight):
        changed = weight.copy()
        changed.flat[weight.size // 2] = value
        return changed

    return change


def swapped(bundle):
    """Let "love" and every other word of the reference texts mean what others mean."""
    padding, unknown, *tokens = (bundle / "vocabulary.txt").read_text().splitlines()
    text = "\n".join([padding, unknown, *reversed(tokens)]) + "\n"
    replace(bundle, "vocabulary.txt", text.encode())


SPOILT = {
    "vocabulary of another order": (swapped, "restore the model's own vocabulary.txt"),
    "vocabulary with one token less": (
        lambda bundle: replace(bundle, "vocabulary.txt", b"<padding>\n<unknown>\nlove\n"),
        "has 3 tokens, the network expects 873",
    ),
    "vocabulary with a token twice": (
        lambda bundle: replace(
            bundle, "vocabulary.txt", b"<padding>\n<unknown>\n" + b"love\n" * 871
        ),
        r"vocabulary\.txt is damaged \(a token stands in it twice\)",
    ),
    "vocabulary of other bytes": (
        lambda bundle: replace(bundle, "vocabulary.txt", b"\xff\n" * 873),
        r"vocabulary\.txt is damaged",
    ),
    "weights not a number": (
        lambda bundle: rewrite_arrays(
            bundle, "weights.npz", **{"convolution_2.kernel": with_value(np.nan)}
        ),
        r"no finite numbers in convolution_2\.kernel: restore",
    ),
    "infinite weights": (
        lambda bundle: rewrite_arrays(
            bundle, "weights.npz", **{"embedding.embeddings": with_value(-np.inf)}
        ),
        r"no finite numbers in embedding\.embeddings: restore",
    ),
    "weights that say something else": (
        lambda bundle: rewrite_arrays(bundle, "weights.npz", **{"output.kernel": np.negative}),
        "computes something else than its bundle.json describes",
    ),
    "weights that are a bomb": (
        lambda bundle: replace(bundle, "weights.npz", larger(zeros("a", (1 << 22,)))),
        r"weights\.npz unpacks to 4,026,531,840 bytes, and may to 2,147,483,648",
    ),
    "weights of half a bomb": (
        lambda bundle: replace(bundle, "weights.npz", zeros("a", (1 << 26,))),
        "it has a, which is not in the network",
    ),
    "weights that are a pickle": (
        lambda bundle: rewrite_arrays(
            bundle, "weights.npz", **{"output.bias": lambda _: np.array([{}], object)}
        ),
        r"output\.bias\.npy of type object, neither numbers nor texts",
    ),
    "reference rows that are a pickle": (
        lambda bundle: rewrite_arrays(
            bundle, "reference.npz", texts=lambda _: np.array([{}], object)
        ),
        r"texts\.npy of type object",
    ),
    "reference rows that are a bomb": (
        lambda bundle: replace(bundle, "reference.npz", zeros("ids", (1 << 25,))),
        r"reference\.npz unpacks to 134,217,\d+ bytes, and may to 67,108,864",
    ),
    "reference rows longer than texts are read": (
        lambda bundle: rewrite(bundle, lambda said: said["preprocessor"].update(max_tokens=63)),
        "holds a row of more than the 63 tokens",
    ),
    "reference probabilities that are no numbers": (
        lambda bundle: rewrite_arrays(bundle, "reference.npz", probabilities=with_value(np.nan)),
        "holds probabilities that are no numbers",
    ),
    "texts that are no characters": (
        lambda bundle: rewrite_arrays(
            bundle, "reference.npz", texts=lambda _: np.array([1 << 30], "u4").view("U1")
        ),
        "holds texts that are none",
    ),
    "another file vouched for": (
        lambda bundle: rewrite(bundle, lambda said: said["files"].update({"../../passwd": "00"})),
        r"vouches for '\.\./\.\./passwd', which no model has",
    ),
    "report of 17 MB": (
        lambda bundle: replace(bundle, "report.html", bytes(17 << 20)),
        r"report\.html is larger than the 16,777,216 bytes",
    ),
    "report that is a link to nowhere": (
        lambda bundle: link(bundle, "report.html", "nowhere"),
        r"report\.html is missing",
    ),
    "report that leads out": (
        lambda bundle: link(bundle, "report.json", "/etc/passwd"),
        r"report\.json is a link that leads out of its directory",
    ),
    "manifest of 17 MB": (
        lambda bundle: rewrite(bundle, lambda said: said.update(name=" " * (17 << 20))),
        r"bundle\.json is larger than the 16,777,216 bytes",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_it_is_refused_in_one_line_that_says_what_to_do(bundle, name, capsys, tmp_path):
    spoil, why = SPOILT[name]
    spoil(bundle)
    with pytest.raises(BundleError, match=why) as refused:
        load(bundle)
    assert "\n" not in str(refused.value)
    (tmp_path / "texts.txt").write_text("I love it\n")
    command = ["score", "--engine", "folded", "--model", str(bundle), str(tmp_path / "texts.txt")]
    assert main(command) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"python -m sentiment score: {refused.value}\n")


NETWORKS = [
    {"vocabulary_size": 1 << 62},
    {"vocabulary_size": -873},
    {"embedding_size": 1 << 40},
    {"filters": -8},
    {"filters": 1 << 40},
    {"filters": 65_536, "hidden": [65_536, 65_536]},
    {"widths": []},
    {"widths": [1 << 50]},
    {"widths": [1, 1]},
    {"widths": [2] * 100},
    {"hidden": [1 << 62] * 50},
    {"hidden": [0]},
    {"pooling": []},
    {"pooling": ["max", "max"]},
    {"pooling": ["vectors"]},
    {"pooling": ["max", "vectors"]},
]


@pytest.mark.parametrize("sizes", NETWORKS, ids=str)
def test_sizes_that_no_network_has_are_refused(bundle, sizes):
    rewrite(bundle, lambda manifest: manifest["network"].update(sizes))
    with pytest.raises(BundleError):
        load(bundle)


def test_tables_that_would_fill_a_disk_are_left_to_keras(bundle):
    rewrite(
        bundle,
        lambda manifest: manifest["network"].update(filters=60_000, widths=[16, 32, 48, 64]),
    )
    with pytest.raises(BundleError, match=r"its tables would have [\d,]+ bytes, more than 8,589"):
        load(bundle)


def test_bytes_are_verified_and_used_in_one_reading(bundle, monkeypatch):
    reads = []
    original = type(bundle).resolve

    def counted(path, **options):
        reads.append(path.name)
        return original(path, **options)

    monkeypatch.setattr(type(bundle), "resolve", counted)
    Scorer.load(bundle, "keras")
    # To verify all of the bundle, and once more, verified again, to give it to Keras.
    assert reads.count("model.keras") == 2
    assert reads.count("vocabulary.txt") == 1


def complaint(bundle):
    """Return why a bundle is refused; nothing where it is not. Any other error is one."""
    try:
        load(bundle)
    except SentimentError as refused:
        return str(refused)
    return ""


FILES = (
    "bundle.json",
    "vocabulary.txt",
    "weights.npz",
    "reference.npz",
    "README.md",
    "report.json",
)


class Spoilable:
    """A copy of a model, made whole again before each attempt to spoil it."""

    def __init__(self, bundle, folder):
        self.path = shutil.copytree(bundle, folder / "copy")
        self.contents = {name: (self.path / name).read_bytes() for name in FILES}

    def restore(self):
        for name, content in self.contents.items():
            (self.path / name).write_bytes(content)
        return self.path


@pytest.fixture(scope="module")
def spoilable(small_bundle, tmp_path_factory):
    """Give a copy of the small model for all examples of a test."""
    return Spoilable(small_bundle, tmp_path_factory.mktemp("spoilt"))


@settings(max_examples=150)
@given(data=st.data())
def test_any_bytes_changed_or_cut_off_give_a_scorer_or_one_line(spoilable, data):
    bundle, contents = spoilable.restore(), spoilable.contents
    name = data.draw(st.sampled_from(FILES))
    content = bytearray(contents[name])
    for _ in range(data.draw(st.integers(0, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    (bundle / name).write_bytes(content)
    if name != "bundle.json":
        vouch(bundle, name)
    assert "\n" not in complaint(bundle)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(max_examples=150)
@given(data=st.data())
def test_any_value_in_place_of_any_other_gives_a_scorer_or_one_line(spoilable, data):
    bundle, contents = spoilable.restore(), spoilable.contents
    manifest = json.loads(contents["bundle.json"])
    inner = data.draw(st.sampled_from([manifest, manifest["network"], manifest["preprocessor"]]))
    inner[data.draw(st.sampled_from(sorted(inner)))] = data.draw(_JSON)
    (bundle / "bundle.json").write_text(json.dumps(manifest))
    assert "\n" not in complaint(bundle)
