"""Text to probabilities, with a Keras CNN that this package also trains, measures and stores.

Importing it costs nothing: what computes the network is imported when a model is loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sentiment.errors import BundleError, SentimentError, SettingsError

if TYPE_CHECKING:
    from sentiment.evidence import Evidence
    from sentiment.scorer import Scorer
    from sentiment.text.encoded_texts import EncodedTexts

__all__ = ["BundleError", "EncodedTexts", "Evidence", "Scorer", "SentimentError", "SettingsError"]


_MODULES = {
    "EncodedTexts": "sentiment.text.encoded_texts",
    "Evidence": "sentiment.evidence",
    "Scorer": "sentiment.scorer",
}


def __getattr__(name: str) -> Any:
    """Import what needs more than Python at its first use."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
