"""Word vectors from texts, and a network that starts from them."""

import json
import random

import numpy as np
import pytest
from gensim.models import KeyedVectors

from sentiment.__main__ import main
from tests.sentiment.texts import make_texts, write_jsonl

FEW = ["--epochs", "2", "--filters", "4", "--widths", "1", "2", "--batch-size", "16"]


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """Give a file of plain lines, in which words of one kind stand together."""
    draw = random.Random(0)
    kinds = (["cats", "dogs", "pets", "puppies"], ["trains", "buses", "trams", "ferries"])
    texts = [" ".join(draw.choices(draw.choice(kinds), k=8)) for _ in range(400)]
    path = tmp_path_factory.mktemp("lines") / "texts"
    path.write_text("\n".join(texts) + "\n@bob #GoTeam 😂\n")
    return path


@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.txt.gz", "v.bin.gz"])
def test_words_that_stand_together_get_vectors_alike(tmp_path, lines, name, capsys):
    out = tmp_path / "new" / name
    command = ["train-vectors", "--data", lines, "--out", out, "--dimensions", 8, "--epochs", 20]
    assert main([*map(str, command)]) == 0
    told = capsys.readouterr()
    assert told.out == f"{out} has 8 vectors of 8 dimensions.\n"
    assert "401 texts with 3,2" in told.err
    vectors = KeyedVectors.load_word2vec_format(str(out), binary=".bin" in name)
    assert vectors.similarity("cats", "dogs") > vectors.similarity("cats", "trains") + 0.3
    assert [path.name for path in out.parent.iterdir()] == [name]


def test_what_cannot_be_done_is_one_line_and_nothing_is_written(tmp_path, lines, capsys):
    def fails(code, *more):
        command = ["train-vectors", "--data", lines, "--out", tmp_path / "v.txt", *more]
        assert main([*map(str, command)]) == code
        return capsys.readouterr().err.splitlines()[-1]

    assert "no word is there 9999 times" in fails(1, "--least-count", 9999)
    assert "none is no file" in fails(1, "--data", tmp_path / "none")
    assert "is no file, and texts are read several times" in fails(1, "--data", "-")
    assert "no folder that can be written" in fails(1, "--out", lines / "v.txt")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "v.txt").write_text("mine")
    assert "add --force" in fails(2)


@pytest.fixture
def vectors(tmp_path):
    """Give a file with vectors of some of the words that texts of ours have."""
    draw = np.random.default_rng(0)
    words = ["awful", "hate", "love", "great", "monday", "report"]
    rows = [f"{word} {' '.join(f'{x:.4f}' for x in draw.normal(size=6))}\n" for word in words]
    (tmp_path / "v.txt").write_text("".join(rows))
    return tmp_path / "v.txt"


def table(out):
    """Give the embedding of a bundle, by token."""
    tokens = (out / "vocabulary.txt").read_text().splitlines()
    return dict(zip(tokens, np.load(out / "weights.npz")["embedding.embeddings"], strict=True))


@pytest.mark.parametrize(
    ("kind", "use"),
    [
        ("cnn", "tuned"),
        ("cnn", "frozen"),
        pytest.param("cnn", "frozen-then-tuned", marks=pytest.mark.long),
        pytest.param("cnn-subword", "tuned", marks=pytest.mark.long),
        pytest.param("cnn-subword", "frozen", marks=pytest.mark.long),
        ("cnn-subword", "frozen-then-tuned"),
    ],
)
def test_a_network_starts_from_vectors(tmp_path, vectors, use, kind, capsys):
    data = write_jsonl(tmp_path / "labelled.jsonl", make_texts(240))
    out = tmp_path / "m"
    command = ["train", "--data", data, "--out", out, "--network", kind, *FEW]
    command += ["--vectors", vectors, "--vectors-use", use]
    spelling = [] if kind == "cnn" else ["--subwords", 50]
    assert main([*map(str, [*command, *spelling])]) == 0
    assert "v.txt has vectors of 6 dimensions for 6 of the" in capsys.readouterr().err
    manifest = json.loads((out / "bundle.json").read_text())
    assert manifest["network"]["embedding_size"] == 6
    assert manifest["vectors"]["covered"] == 6
    if kind == "cnn" and use != "frozen-then-tuned":  # Of that the best epoch may be either.
        given = np.array([row.split()[1:] for row in vectors.read_text().splitlines()], float)
        given *= 0.08 / given.std()
        learnt = table(out)
        moved = np.abs(learnt["awful"] - given[0]).max()
        # As float16 they are rounded by less than that.
        assert (moved < 1e-4) == (use == "frozen")


def test_another_size_than_that_of_the_vectors_is_refused(tmp_path, vectors, capsys):
    data = write_jsonl(tmp_path / "labelled.jsonl", make_texts(30))
    command = ["train", "--data", data, "--out", tmp_path / "m", "--vectors", vectors]
    assert main([*map(str, command), "--embedding-size", "96"]) == 2
    assert "have 6 dimensions: leave --embedding-size out" in capsys.readouterr().err
