"""The model card: what a bundle's README.md says about it, all of it taken from `bundle.json`."""

from collections.abc import Iterable

from sentiment.measuring import tables
from sentiment.measuring.baselines import verdicts
from sentiment.measuring.bootstrap import RESAMPLES
from sentiment.measuring.markdown import markdown, table
from sentiment.measuring.slices import few_texts
from sentiment.storage.manifest import Manifest

_WHAT = (
    "A Keras CNN for sentences, trained from nothing but the texts below. `sentiment.Scorer` loads "
    "it; `model.keras` alone loads with plain Keras."
)
_LIMITS = (
    "It knows what its training texts show: their language, their time, and what people called "
    "each label then. Irony, other languages, and news that reads like opinion are often mistaken. "
    "Measure it with texts of your own before relying on it: `python -m sentiment evaluate`."
)
_SPLITS = {
    "shuffle": "drawn at random within each label",
    "time": "split by time, the latest texts to test with, those before them to validate with",
    "group": "drawn so that all texts of one author are in one part",
}
_POOLINGS = {"max": "maximum", "mean": "mean"}


def model_card(manifest: Manifest) -> str:
    """Return the card in Markdown."""
    sections = (
        f"# {manifest.name}",
        f"Labels short texts as {_listed(manifest.labels)}. {_WHAT}",
        f"## Results\n\n{results(manifest)}\n\nMore is in `report.html` and `report.json`.",
        _data(manifest),
        _network(manifest),
        f"## Limits\n\n{_LIMITS}",
    )
    return "\n\n".join(sections) + "\n"


def results(manifest: Manifest) -> str:
    """Return the tables that tell how well the model does."""
    metrics = manifest.metrics
    part = "test" if "test" in metrics else "validation"
    measured = tables.beside_baselines("this model", part, metrics[part], manifest.baselines)
    if part == "test":
        measured.insert(1, ("this model", "validation", metrics["validation"]))
        note = "the test part was scored once, at the end."
    else:
        note = "no texts were held out to test with."
    validated = (
        f"Intervals hold 95% of {RESAMPLES:,} bootstrap resamples. The validation figure decided "
        f"which epoch was kept, so it is a little too good; {note} On the {part} part:"
    )
    tempered = (
        f"The logits are divided by {manifest.temperature or 1:.2f}, which the validation part "
        "decided, in the weights already:"
    )
    said = verdicts(manifest.baselines)
    folds: tuple[str, ...] = ()
    if manifest.folds:
        told = "Networks of the same settings, each measured with a fold that it has not seen:"
        folds = (told, manifest.folds.to_markdown())
    shown = (
        *(f"**{verdict.text}**" if verdict.loud else verdict.text for verdict in said),
        *few_texts(metrics[part].examples),
        markdown(tables.results(measured)),
        validated,
        markdown(tables.lead(manifest.baselines)),
        markdown(tables.per_class(metrics[part])),
        markdown(tables.confusion_in_short(metrics[part])),
        tempered,
        markdown(tables.calibration(manifest.calibration.items())),
        *folds,
    )
    return "\n\n".join(shown)


def _data(manifest: Manifest) -> str:
    data = manifest.data
    counts = table(
        ("part", *manifest.labels, "all"),
        (
            (
                part,
                *(f"{texts.get(label, 0):,}" for label in manifest.labels),
                f"{sum(texts.values()):,}",
            )
            for part, texts in data.counts.items()
        ),
    )
    return (
        f"## Data\n\n{counts}\n\n"
        f"From {_listed(data.files)}; unless given as files of their own, the parts were "
        f"{_SPLITS.get(data.split, data.split)} (seed {manifest.training.seed}). Left out: "
        f"{data.duplicates:,} texts that repeat another (but for handles, links, case and "
        f"punctuation), {data.held_out_alike:,} that are the same as or near to a held-out one, "
        f"and {data.malformed:,} rows that could not be read. Fingerprint of the training texts: "
        f"`{data.fingerprint}`."
    )


def _network(manifest: Manifest) -> str:
    network, training = manifest.network, manifest.training
    libraries = ", ".join(f"{name} {version}" for name, version in manifest.libraries.items())
    return (
        "## Network\n\n"
        f"{network.vocabulary_size:,} tokens × {network.embedding_size} dimensions, "
        f"{network.filters} filters each of widths {_listed(map(str, network.widths))}"
        f"{' inside the text' if network.padding == 'valid' else ''}, "
        f"{_listed(_POOLINGS[kind] for kind in network.pooling)} over the text, "
        f"{''.join(f'{size} hidden units, ' for size in network.hidden)}softmax. "
        f"The first {manifest.preprocessor.max_tokens} tokens of a text are read. "
        f"AdamW at {training.learning_rate:g}, batches of {training.batch_size}, "
        f"at most {training.epochs} epochs, "
        "vectors that start from the tokens' neighbours, "
        f"{training.ngrams:,} character n-grams shared by the tokens while training, "
        f"{'balanced' if training.class_weights else 'natural'} class weights, dropout of features "
        f"{network.dropout:g}, of dimensions {network.spatial_dropout:g}, of words "
        f"{training.word_dropout:g}.\n\nMade with {libraries}."
    )


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
