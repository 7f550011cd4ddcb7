import json

import msgspec
import pytest

from sentiment.settings import NetworkSettings, TrainingSettings
from sentiment.storage.manifest import VectorsFacts, read_manifest
from sentiment.storage.model_card import model_card

OF_THE_CNN = ("A Keras CNN for sentences, trained", "filters each of widths 1, 2 and 3", "maximum")
NEVER = (
    "label smoothing",
    "of each target spread",
    "average of the weights",
    "of an epoch's texts",
)


def test_the_card_tells_what_bundle_json_says(small_bundle):
    card = (small_bundle / "README.md").read_text()
    manifest = json.loads((small_bundle / "bundle.json").read_text())
    test = manifest["metrics"]["test"]
    assert card.startswith("# small\n")
    for figure in (
        test["macro_recall"],
        test["accuracy"],
        *(each["report"]["macro_f1"] for each in manifest["baselines"].values()),
        manifest["calibration"]["after"]["ece"],
    ):
        assert f"{figure:.3f}" in card
    for counts in (manifest["data"]["counts"]["train"].values(), *test["confusion"]):
        assert all(f" {count} " in card for count in counts)
    assert manifest["data"]["fingerprint"] in card
    assert len(manifest["baselines"]) == 3
    assert f"divided by {manifest['temperature']:.2f}" in card
    assert "labelled.jsonl" in card


def test_the_card_names_no_directory_of_this_machine(small_bundle):
    for name in ("README.md", "bundle.json"):
        assert str(small_bundle.parent) not in (small_bundle / name).read_text()


@pytest.fixture
def manifest(small_bundle):
    """Give what `bundle.json` of the small model says."""
    return read_manifest((small_bundle / "bundle.json").read_bytes())


def card_of(manifest, **changes):
    return model_card(msgspec.structs.replace(manifest, **changes))


@pytest.mark.parametrize(
    ("settings", "told", "never"),
    [
        ({"kind": "cnn"}, OF_THE_CNN, ("spelt", "recurrent", "spelling")),
        (
            {"kind": "cnn", "widths": (3,), "pooling": ("max", "mean"), "padding": "valid"},
            ("150 filters of width 3 inside the text", "maximum and mean over the text"),
            ("each of",),
        ),
        (
            {"kind": "cnn", "pooling": ("max", "vectors")},
            ("maximum over the text, beside these the mean of the tokens' vectors, softmax",),
            ("and mean",),
        ),
        (
            {"kind": "cnn-subword", "subwords": 50_000},
            ("also reads how words are spelt", "50,000 vectors of character n-grams"),
            ("recurrent", "shared by the tokens", "0 character n-grams"),
        ),
        (
            {"kind": "cnn-lstm", "units": 70},
            ("a convolution and a recurrent layer", "70 units over the text", "widths 1, 2 and 3"),
            ("maximum", "CNN", "spelt"),
        ),
        (
            {"kind": "mlp", "hidden": (100,)},
            ("the mean of the words' vectors", "their mean over the text", "100 hidden units"),
            ("CNN", "filters", "widths", "maximum"),
        ),
    ],
)
def test_the_card_tells_of_the_network_that_it_is_and_of_no_other(manifest, settings, told, never):
    network = NetworkSettings(vocabulary_size=900, **settings)
    training = TrainingSettings(ngrams=0 if network.subwords else 20_000)
    card = card_of(manifest, network=network, training=training)
    assert all(words in card for words in told)
    assert not any(words in card for words in never)


@pytest.mark.parametrize(
    ("settings", "told", "never"),
    [
        ({}, ("balanced class weights", "20,000 character n-grams shared"), NEVER),
        ({"class_weights": False}, ("natural class weights",), ("balanced",)),
        (
            {"balanced_sampling": True},
            ("as many texts of each label drawn for an epoch",),
            ("class weights",),
        ),
        (
            {"label_smoothing": 0.1, "averaging": 0.99, "ngrams": 0},
            ("0.1 of each target spread over the labels", "that keeps 0.99 of itself each step"),
            ("n-grams",),
        ),
        (
            {"augment": ("drop", "emoji"), "augmented_share": 0.3},
            ("0.3 of an epoch's texts changed (by drop and emoji)",),
            (),
        ),
    ],
)
def test_the_card_tells_of_the_recipe_that_it_was(manifest, settings, told, never):
    card = card_of(manifest, training=TrainingSettings(**settings))
    assert all(words in card for words in told)
    assert not any(words in card for words in never)


@pytest.mark.parametrize(
    ("use", "told"),
    [
        ("tuned", "700 vectors that start from glove.txt and others that start"),
        ("frozen", "glove.txt, which stay as they are and others"),
        ("frozen-then-tuned", "glove.txt, which stay as they are for half of the epochs"),
    ],
)
def test_word_vectors_of_others_are_told_of(manifest, use, told):
    vectors = VectorsFacts("glove.txt", "00", 96, 700)
    card = card_of(manifest, vectors=vectors, training=TrainingSettings(vectors_use=use))
    assert "trained from the word vectors of glove.txt and the texts below." in card
    assert told in card
    assert "nothing but" not in card


def test_the_card_tells_of_the_texts_what_may_flatter_the_figures(manifest):
    data = msgspec.structs.replace(
        manifest.data,
        files=("a.csv", "b.csv"),
        split="time",
        findings={"near": 1_200, "giveaways": 30},
        weights=(1.0, 0.25),
        soft_labels=40,
    )
    training = TrainingSettings(soft_share=0.5)
    card = card_of(manifest, data=data, training=training)
    for words in (
        "split by time",
        "nearly the same as a held-out one: 1,200",
        "with a token that gives the label away: 30",
        "count 1 and 0.25, in the order of the files",
        "40 of the texts learnt from came with probabilities",
        "probabilities that make up 0.5 of their texts' targets",
    ):
        assert words in card
    assert "Found among the texts" not in card_of(
        manifest, data=msgspec.structs.replace(data, findings={})
    )
