"""Texts to probabilities, with a model from disk."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
import numpy.typing as npt

from sentiment.errors import BundleError, SettingsError
from sentiment.serving.cache import Cache
from sentiment.serving.folded_layout import NotFoldable
from sentiment.settings import EngineChoice
from sentiment.storage.bundle import Bundle
from sentiment.storage.bundle_files import MODEL
from sentiment.storage.reference import LARGEST_DIFFERENCE
from sentiment.text.encoded_texts import EncodedTexts

if TYPE_CHECKING:
    from sentiment.serving.explainer import Explainer
    from sentiment.serving.explanation import Explanation
    from sentiment.serving.folded_engine import FoldedEngine


class Engine(Protocol):
    """Computes the network."""

    name: str
    classes: int

    def score(self, batch: EncodedTexts) -> npt.NDArray[np.float32]:
        """Return float32 (texts, classes); the rows are probabilities and sum to 1."""


class Scorer:
    """A model ready to score: `scorer.score(scorer.prepare(texts))`.

    Attributes:
        name: What the model is called.
        sha256: 64 hexadecimal digits that change with anything in the bundle.
        model_id: The name and the first 8 of them, as in "default@3f9c2a1b".
        labels: In the order of the columns of the probabilities.
        engine: What computes the network: "folded" or "keras".
        temperature: What the logits that training led to were divided by, in the weights already;
            None where they were not.
        learnt_from: SHA-256 of each file that it learnt from, as `sentiment.data.content` has it;
            none where the model does not say.
    """

    def __init__(self, bundle: Bundle, engine: Engine) -> None:
        self.name: str = bundle.manifest.name
        self.sha256: str = bundle.sha256
        self.model_id: str = f"{self.name}@{self.sha256[:8]}"
        self.labels: tuple[str, ...] = bundle.manifest.labels
        self.engine: str = engine.name
        self.temperature: float | None = bundle.manifest.temperature
        self.learnt_from: frozenset[str] = bundle.manifest.learnt_from()
        self._bundle = bundle
        self._engine = engine
        self._cannot_fold = ""

    @classmethod
    def load(
        cls,
        path: str | Path,
        engine: EngineChoice = "auto",
        threads: int | None = None,
        cache: Path | None = None,
        say: Callable[[str], None] | None = None,
        public_key: Path | None = None,
    ) -> "Scorer":
        """Load a bundle, verify the hash of each of its files and start an engine.

        Args:
            path: The bundle's directory.
            engine: "folded" is many times faster, and TensorFlow stays out of the process; "keras"
                runs any network; "auto" is the first wherever it can be.
            threads: Threads that Keras computes with; as many as the container grants when None.
                They can be set once in a process. The folded engine computes on one.
            cache: Folder for what the folded engine makes once and keeps; the user's own when None.
            say: Receives a line when something is slower than it could be, and why.
            public_key: A PEM file with an Ed25519 key: a bundle without its signature is refused.

        Raises:
            BundleError: The bundle is missing, changed, unreadable or not signed, or its network
                cannot be folded although that was asked for.
            SettingsError: There is no such key.
        """
        bundle = Bundle.load(Path(path), public_key)
        cannot = ""
        if engine != "keras":
            try:
                return cls(bundle, _folded(bundle, Cache(cache, say)))
            except NotFoldable as reason:
                cannot = f"the network in {path} cannot be folded ({reason})"
                if engine == "folded":
                    raise BundleError(
                        f"{cannot}: take the engine 'auto' or 'keras', or retrain it"
                    ) from reason
                if say:
                    say(f"{cannot}: Keras computes it, many times slower")
        scorer = cls(bundle, _keras(bundle, threads))
        scorer._cannot_fold = cannot
        return scorer

    def check_reference(self) -> None:
        """Score the bundle's reference rows again.

        Raises:
            BundleError: A text is prepared differently, or a probability differs by over 1e-4.
        """
        self._bundle.reference.check(self.prepare, self.score)

    def prepare(self, texts: Sequence[str]) -> EncodedTexts:
        """Return the texts as the network's input. Never raises for any string."""
        return self._bundle.preprocessor(texts)

    def score(self, batch: EncodedTexts) -> npt.NDArray[np.float32]:
        """Return float32 (texts, labels): each text's probabilities, which sum to 1.

        A text's probabilities do not depend on the others in the batch. The GIL is released while
        they are computed.
        """
        return self._engine.score(batch)

    def explain(
        self, texts: Sequence[str], batch: EncodedTexts, most: int | None = None
    ) -> "Explanation":
        """Return the n-grams that moved each text's probabilities, exactly and strongest first.

        Args:
            texts: The original ones.
            batch: The same, as `prepare` returns them.
            most: How many n-grams of each text, or None for all.

        Raises:
            SettingsError: Keras computes the network; only the folded engine can tell.
            ValueError: It is another batch.
        """
        return self._explainer(texts, batch, most)

    def check_explains(self) -> None:
        """Explain nothing: later texts need not wait until the machine code is made.

        Raises:
            SettingsError: Keras computes the network; only the folded engine can tell.
        """
        self.explain([], self.prepare([]))

    @cached_property
    def _explainer(self) -> "Explainer":
        if self.engine == "keras":
            why, instead = "Keras was asked for", "take the engine 'auto'"
            if self._cannot_fold:
                why, instead = self._cannot_fold, "do without evidence"
            raise SettingsError(f"evidence needs the folded engine, and {why}: {instead}")
        from sentiment.serving.explainer import Explainer  # noqa: PLC0415  (Keras needs no LLVM)

        return Explainer(cast("FoldedEngine", self._engine), self._bundle.preprocessor.settings)


def _folded(bundle: Bundle, cache: Cache) -> Engine:
    from sentiment.serving.folded_engine import FoldedEngine  # noqa: PLC0415  (Keras needs no LLVM)

    engine = FoldedEngine.load(bundle, cache)
    # Weights have names and sizes, but do not tell what a layer does with them.
    if not bundle.reference.difference(engine.score) <= LARGEST_DIFFERENCE:
        raise NotFoldable("it computes something else than its bundle.json describes")
    return engine


def _keras(bundle: Bundle, threads: int | None) -> Engine:
    # TensorFlow takes seconds to import, and a bundle that fails needs none of them.
    from sentiment.serving.keras_engine import KerasEngine  # noqa: PLC0415

    subwords = bundle.manifest.network.subwords
    engine = KerasEngine.load(bundle.read(MODEL), bundle.path / MODEL, threads, subwords)
    if engine.classes != len(bundle.manifest.labels):
        raise BundleError(
            f"the network in {bundle.path} has {engine.classes} outputs for "
            f"{len(bundle.manifest.labels)} labels: restore or retrain the model"
        )
    return engine
