import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sentiment import BundleError, Scorer
from sentiment.runtime import keras
from sentiment.serving import folded_engine
from sentiment.serving.cache import Cache, Making
from sentiment.serving.folded_engine import FoldedEngine
from sentiment.storage.bundle import Bundle
from sentiment.text.encoded_texts import EncodedTexts
from tests.sentiment.random_networks import predicted
from tests.sentiment.texts import make_texts
from tests.sentiment.tweets import DEFAULT, SHIPPED, read_tweets

ODD = ["", " ", "ok", "no", "@bob loves http://x.y 😀", "meh " * 300, "\x00", "ein, zwei, drei"]


@pytest.fixture(scope="module")
def model():
    """Give the shipped network as plain Keras loads it."""
    return keras.saving.load_model(DEFAULT / "model.keras", compile=False)


def assert_equal_to_keras(scorer, model, texts):
    batch = scorer.prepare(texts)
    assert scorer.engine == "folded"
    expected = predicted(model, batch, SHIPPED.subwords)
    np.testing.assert_allclose(scorer.score(batch), expected, rtol=0, atol=1e-5)


def test_the_shipped_model_scores_thousands_of_texts_as_keras_does(scorer, model):
    assert_equal_to_keras(scorer, model, ODD + [text for text, _ in make_texts(3000, seed=11)])


def test_the_shipped_model_scores_tweets_as_keras_does(scorer, model):
    assert_equal_to_keras(scorer, model, [example.text for example in read_tweets()[:6000]])


def test_no_texts_give_no_rows(scorer):
    assert scorer.score(scorer.prepare([])).shape == (0, 3)


@pytest.mark.parametrize("token", [-1, SHIPPED.vocabulary_size, 2**31 - 1])
def test_ids_of_another_vocabulary_are_refused(scorer, token):
    with pytest.raises(ValueError, match=f"not among the {SHIPPED.vocabulary_size:,} of the voc"):
        scorer.score(EncodedTexts(np.array([1, token], np.int32), np.array([0, 2])))


@pytest.mark.parametrize("offsets", [[0, 3], [-1, 2], [0, 2, 1], [1, 5, 2]])
def test_offsets_of_other_texts_are_refused(scorer, offsets):
    with pytest.raises(ValueError, match="the offsets are not those"):
        scorer.score(EncodedTexts(np.array([1, 2], np.int32), np.array(offsets)))


def test_numbers_of_other_types_are_taken_too(scorer):
    ids, offsets = np.array([5, 6, 7], np.int32), np.array([0, 1, 3])
    expected = scorer.score(EncodedTexts(ids, offsets))
    other = EncodedTexts(np.repeat(ids.astype(np.int64), 2)[::2], offsets.astype(np.int32))
    np.testing.assert_array_equal(scorer.score(other), expected)


def test_its_tables_are_made_once_and_shared(tmp_path):
    bundle = Bundle.load(DEFAULT)
    for _ in range(2):
        engine = FoldedEngine.load(bundle, Cache(tmp_path))
        (path,) = (each for each in (tmp_path / "tables").iterdir() if each.name != ".lock")
        assert bundle.reference.difference(engine.score) < 1e-6
        maps = Path("/proc/self/maps")
        assert not maps.exists() or str(path) in maps.read_text()


def test_another_model_gets_its_own_tables(tmp_path, small_bundle):
    for path in (DEFAULT, small_bundle):
        FoldedEngine.load(Bundle.load(path), Cache(tmp_path))
    names = {each.name for each in (tmp_path / "tables").iterdir()}
    assert len(names - {".lock"}) == 2


def test_tables_that_are_whole_but_too_short_are_made_anew(tmp_path, small_bundle):
    bundle = Bundle.load(small_bundle)
    FoldedEngine.load(bundle, Cache(tmp_path))
    (path,) = (each for each in (tmp_path / "tables").iterdir() if each.name != ".lock")
    size = path.stat().st_size
    path.unlink()
    Cache(tmp_path).kept(f"tables/{path.name}", lambda: Making(4, [bytes(4)]))
    engine = FoldedEngine.load(bundle, Cache(tmp_path))
    assert bundle.reference.difference(engine.score) < 1e-6
    assert path.stat().st_size == size


def test_tables_of_another_source_are_not_taken(tmp_path, small_bundle, monkeypatch):
    bundle = Bundle.load(small_bundle)
    FoldedEngine.load(bundle, Cache(tmp_path))
    monkeypatch.setattr(folded_engine, "_SOURCES", ("lanes.py",))
    FoldedEngine.load(bundle, Cache(tmp_path))
    assert len({each.name for each in (tmp_path / "tables").iterdir()} - {".lock"}) == 2


def test_weights_that_changed_since_the_bundle_was_loaded_are_no_reason_for_keras(
    tmp_path, small_bundle
):
    path = shutil.copytree(small_bundle, tmp_path / "copy")
    bundle = Bundle.load(path)
    (path / "weights.npz").write_bytes(b"PK")
    with pytest.raises(BundleError, match="vouches for"):
        FoldedEngine.load(bundle, Cache(tmp_path / "cache"))


def test_nothing_heavy_and_nothing_of_reports_is_in_a_process_that_serves(scorer):
    scorer.check_explains()
    program = (
        "import sys\n"
        "from sentiment import Scorer\n"
        "scorer = Scorer.load(sys.argv[1])\n"
        "scorer.check_reference()\n"
        "scorer.check_explains()\n"
        "print(scorer.score(scorer.prepare(['I love it'])).shape, scorer.engine)\n"
        "print({'tensorflow', 'keras', 'numba', 'sklearn', 'scipy', 'matplotlib', 'pyarrow', "
        "'jinja2', 'charset_normalizer', 'sentiment.measuring.page'} & set(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(DEFAULT)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("(1, 3) folded\nset()\n", "")


def test_it_scores_from_memory_where_nothing_can_be_kept(scorer, tmp_path):
    (tmp_path / "file").touch()
    said = []
    other = Scorer.load(DEFAULT, "folded", cache=tmp_path / "file", say=said.append)
    other.check_reference()
    batch = scorer.prepare(ODD)
    np.testing.assert_array_equal(other.score(batch), scorer.score(batch))
    assert len(said) == 1
