"""Texts that a model is measured with although it learnt from them."""

from sentiment.measuring.evaluation import Evaluation


def learnt(evaluation: Evaluation) -> list[str]:
    """Return a sentence if the model learnt from files that it was measured with, else nothing."""
    if not evaluation.learnt_from:
        return []
    names = ", ".join(evaluation.learnt_from)
    said = f"{evaluation.model} learnt from {names}: these figures say how well it remembers, not"
    return [f"{said} how good it is. Measure it with other texts."]
