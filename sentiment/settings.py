"""How a model was made: the sizes and choices that travel in its bundle."""

from typing import Literal

import msgspec

EngineChoice = Literal["auto", "folded", "keras"]
Padding = Literal["same", "valid"]
Pooling = Literal["max", "mean"]

# Version of the rules in `normalize` and `tokenizer`. It goes up whenever they give other tokens,
# so that a model never meets tokens that it was not trained with.
NORMALIZER = 1


class PreprocessorSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How texts are prepared.

    Attributes:
        max_tokens: Tokens of a text that are read; the rest of it is cut off.
        max_characters: Characters of a text that are read. It bounds the work on one text,
            whatever its length, and is far more than `max_tokens` words take.
        normalizer: Version of the rules that make tokens.
    """

    max_tokens: int = 64
    max_characters: int = 4096
    normalizer: int = NORMALIZER


class NetworkSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sizes of the network.

    Attributes:
        vocabulary_size: Rows of the embedding, padding and unknown included.
        embedding_size: Dimensions of a token's vector.
        widths: Tokens that each group of filters sees at once.
        filters: Filters of each width.
        spatial_dropout: Share of the vectors' dimensions dropped while training.
        dropout: Share of the pooled features, and of what each hidden layer gives, dropped while
            training.
        padding: "same" where filters begin and end outside a text, "valid" where they see nothing
            but the text, unless it is shorter than they are wide.
        pooling: What is kept of each filter: its largest value over the text, its mean, or both.
        hidden: Outputs of the dense layers between the pooled features and the probabilities.
    """

    vocabulary_size: int
    embedding_size: int = 96
    widths: tuple[int, ...] = (1, 2, 3)
    filters: int = 150
    spatial_dropout: float = 0.2
    dropout: float = 0.6
    padding: Padding = "same"
    pooling: tuple[Pooling, ...] = ("max",)
    hidden: tuple[int, ...] = ()


class TrainingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the network learns.

    Attributes:
        epochs: Passes over the training texts.
        least_steps: Steps for which small data are passed over more often than that.
        patience: Passes without a better validation macro recall after which training stops; a
            sixth of all passes if that is more.
        batch_size: Texts of one step.
        learning_rate: Of AdamW at the start; it falls to nothing along half a cosine.
        weight_decay: Of AdamW.
        ngrams: Character n-grams whose vectors tokens share while training; 0 for none.
        word_dropout: Share of the tokens replaced by the unknown one, so that it gets a meaning.
        label_smoothing: Share of each target spread evenly over the classes.
        class_weights: Whether every class counts the same, however many texts it has.
        seed: Of the split, the weights, the order and the dropout.
    """

    epochs: int = 4
    least_steps: int = 600
    patience: int = 2
    batch_size: int = 128
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    ngrams: int = 20_000
    word_dropout: float = 0.25
    label_smoothing: float = 0.0
    class_weights: bool = True
    seed: int = 1
