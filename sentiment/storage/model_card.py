"""The model card: what a bundle's README.md says about it, taken from `bundle.json`.

Whoever trains a model can have words of their own in it, as they are.
"""

from pathlib import Path

from sentiment.errors import SettingsError
from sentiment.measuring import tables
from sentiment.measuring.baselines import verdicts
from sentiment.measuring.bootstrap import RESAMPLES
from sentiment.measuring.markdown import markdown
from sentiment.measuring.slices import cautions
from sentiment.storage import network_told, teachers_told, texts_told
from sentiment.storage.manifest import Manifest
from sentiment.storage.texts_told import listed

_LOADED = "`sentiment.Scorer` loads it; `model.keras` alone loads with plain Keras."
_LIMITS = (
    "It knows what its training texts show: their language, their time, and what people called "
    "each label then. Irony, other languages, and news that reads like opinion are often mistaken. "
    "Measure it with texts of your own before relying on it: `python -m sentiment evaluate`."
)
# Of words of one's own; those of `models/default` have 2 kB.
_MOST_BYTES = 1 << 16


def read_about(path: Path) -> str:
    """Return words of one's own for a card.

    Raises:
        SettingsError: They cannot be read, or are none.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"--about {path} cannot be read: {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise SettingsError(
            f"--about {path} has more than {_MOST_BYTES:,} bytes: a card is short, shorten it"
        )
    try:
        about = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"--about {path} is not UTF-8 from byte {error.start:,} on: save it as UTF-8"
        ) from error
    if not about:
        raise SettingsError(f"--about {path} is empty: write something, or leave --about out")
    return about


def model_card(manifest: Manifest, about: str = "") -> str:
    """Return the card in Markdown.

    Args:
        manifest: What `bundle.json` says.
        about: Words of one's own in Markdown, with their headings; none when empty.
    """
    sections = (
        f"# {manifest.name}",
        f"Labels short texts as {listed(manifest.labels)}. {network_told.what(manifest)} {_LOADED}",
        f"## Results\n\n{results(manifest)}\n\nMore is in `report.html` and `report.json`.",
        _data(manifest),
        _network(manifest),
        *_teachers(manifest),
        *filter(None, [about]),
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
    chosen = (
        "The validation figure decided which epoch was kept, so it is a little too good"
        if manifest.training.keep == "best"
        else "The last epoch was kept, whatever the validation figure"
    )
    validated = (
        f"Intervals hold 95% of {RESAMPLES:,} bootstrap resamples. {chosen}; {note} On the {part} "
        "part:"
    )
    tempered = (
        f"The logits are divided by {manifest.temperature or 1:.2f}, which the validation part "
        "decided, in the weights already:"
    )
    said = verdicts(manifest.baselines)
    folds: tuple[str, ...] = ()
    if manifest.folds:
        folds = (texts_told.FOLDS, markdown(tables.folds(manifest.folds)))
    shown = (
        *(f"**{verdict.text}**" if verdict.loud else verdict.text for verdict in said),
        *cautions(metrics[part]),
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
    told = (
        "## Data",
        markdown(texts_told.counts(manifest)),
        f"{texts_told.origin(manifest)}`{manifest.data.fingerprint}`.",
        texts_told.found(manifest),
    )
    return "\n\n".join(filter(None, told))


def _teachers(manifest: Manifest) -> tuple[str, ...]:
    teaching = manifest.teaching
    if teaching is None:
        return ()
    return ("## Teachers", teachers_told.who(teaching), markdown(teachers_told.reached(teaching)))


def _network(manifest: Manifest) -> str:
    libraries = ", ".join(f"{name} {version}" for name, version in manifest.libraries.items())
    return (
        f"## Network\n\n{network_told.layers(manifest)} {network_told.learning(manifest)}\n\n"
        f"Made with {libraries}."
    )
