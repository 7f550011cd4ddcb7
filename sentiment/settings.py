"""How a model was made: the sizes and choices that travel in its bundle."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Keep = Literal["best", "last"]
VectorsUse = Literal["tuned", "frozen", "frozen-then-tuned"]
EngineChoice = Literal["auto", "folded", "keras"]
Augmentation = Literal["drop", "swap", "emoji", "hashtag"]
SearchMethod = Literal["random", "hyperband"]
Device = Literal["auto", "cpu", "gpu"]
NetworkKind = Literal["cnn", "cnn-subword", "cnn-lstm", "mlp"]
Padding = Literal["same", "valid"]
Pooling = Literal["max", "mean", "vectors"]
Blocks = Literal["random", "time"]
Precision = Literal["float32", "bfloat16"]

# Version of the rules in `normalize` and `tokenizer`. It goes up whenever they give other tokens,
# so that a model never meets tokens that it was not trained with.
NORMALIZER = 1

# What a network and its texts may be at most: far more than any that was of use, and so little that
# no sum of them is beyond 64 bits. They are held where a bundle is read and where options are.
MOST_TOKENS = 100_000
MOST_CHARACTERS = 64 * MOST_TOKENS
LARGEST_VOCABULARY = 2_000_000
LARGEST_LAYER = 65_536
WIDEST_FILTER = 64
MOST_PARTS = 64

_Layer = Annotated[int, Meta(ge=1, le=LARGEST_LAYER)]
_Width = Annotated[int, Meta(ge=1, le=WIDEST_FILTER)]


class PreprocessorSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How texts are prepared.

    Attributes:
        max_tokens: Tokens of a text that are read; the rest of it is cut off.
        max_characters: Characters of a text that are read. It bounds the work on one text,
            whatever its length, and is far more than `max_tokens` words take.
        normalizer: Version of the rules that make tokens.
        spelling: Whether a word that the vocabulary lacks keeps its spelling, for a network that
            reads it.
    """

    max_tokens: Annotated[int, Meta(ge=1, le=MOST_TOKENS)] = 64
    max_characters: Annotated[int, Meta(ge=1, le=MOST_CHARACTERS)] = 4096
    normalizer: int = NORMALIZER
    spelling: bool = False


class NetworkSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What the network is made of.

    Attributes:
        kind: "cnn" pools what filters give; "cnn-subword" also reads the spelling of words;
            "cnn-lstm" goes through what they give in order; "mlp" knows the mean of the words only.
        vocabulary_size: Rows of the embedding, padding and unknown included.
        embedding_size: Dimensions of a token's vector.
        widths: Tokens that each group of filters sees at once.
        filters: Filters of each width.
        spatial_dropout: Share of the vectors' dimensions dropped while training.
        dropout: Share of the pooled features, and of what each hidden layer gives, dropped while
            training.
        padding: "same" where filters begin and end outside a text, "valid" where they see nothing
            but the text, unless it is shorter than they are wide.
        pooling: What is kept of each filter: its largest value over the text, its mean, or both;
            and with "vectors", beside these, the mean of the tokens' vectors themselves.
        hidden: Outputs of the dense layers between the pooled features and the probabilities.
        subwords: Vectors of character n-grams in a cnn-subword; 0 in all others.
        units: Of the recurrent layer of a cnn-lstm.
    """

    vocabulary_size: Annotated[int, Meta(ge=1, le=LARGEST_VOCABULARY)]
    embedding_size: _Layer = 96
    widths: Annotated[tuple[_Width, ...], Meta(min_length=1, max_length=MOST_PARTS)] = (1, 2, 3)
    filters: _Layer = 150
    spatial_dropout: float = 0.2
    dropout: float = 0.6
    padding: Padding = "same"
    pooling: Annotated[tuple[Pooling, ...], Meta(min_length=1, max_length=3)] = ("max",)
    hidden: Annotated[tuple[_Layer, ...], Meta(max_length=MOST_PARTS)] = ()
    kind: NetworkKind = "cnn"
    subwords: Annotated[int, Meta(ge=0, le=LARGEST_VOCABULARY)] = 0
    units: _Layer = 100


class TrainingSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How the network learns.

    Attributes:
        epochs: Passes over the training texts.
        least_steps: Steps for which small data are passed over more often than that.
        patience: Passes without a better validation macro recall after which training stops; a
            sixth of all passes if that is more.
        keep: Whether the weights after the pass of the best validation macro recall are kept, or
            those after the last, when the learning rate has fallen to nothing.
        batch_size: Texts of one step.
        learning_rate: Of AdamW at the start; it falls to nothing along half a cosine.
        weight_decay: Of AdamW.
        ngrams: Character n-grams whose vectors tokens share while training; 0 for none.
        word_dropout: Share of the tokens replaced by the unknown one, so that it gets a meaning.
        label_smoothing: Share of each target spread evenly over the classes.
        class_weights: Whether every class counts the same, however many texts it has.
        balanced_sampling: Whether as many texts of every class are drawn for each pass, those of
            rare ones several times.
        averaging: Share of the average of the weights that is kept at each step, where the average
            is what is measured and kept; 0 for the weights themselves.
        soft_share: Of the target of a text that has probabilities, the share that they make up.
        soft_power: What a teacher's probabilities are raised to; below 1 they are less sure.
        vectors_use: Whether word vectors that were given change while learning; for the second half
            of the passes only, when "frozen-then-tuned".
        augment: Forms in which texts are changed while learning.
        augmented_share: Texts of a pass that are changed, in one of these forms each.
        seed: Of the split, the weights, the order and the dropout.
    """

    epochs: int = 4
    least_steps: int = 600
    patience: int = 2
    keep: Keep = "best"
    batch_size: int = 128
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    ngrams: int = 20_000
    word_dropout: float = 0.25
    label_smoothing: float = 0.0
    class_weights: bool = True
    balanced_sampling: bool = False
    averaging: float = 0.0
    soft_share: float = 1.0
    soft_power: float = 1.0
    vectors_use: VectorsUse = "tuned"
    augment: tuple[Augmentation, ...] = ()
    augmented_share: float = 0.5
    seed: int = 1


class TeachingSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How teachers learn.

    Attributes:
        teachers: How many there are, each of which leaves one part of the texts out.
        blocks: Whether these parts are drawn at random or follow one another in time.
        epochs: Passes over the texts of a teacher.
        batch_size: Texts of one step.
        learning_rate: Of AdamW when it is highest.
        precision: Of what is computed; the weights are float32 in any case.
        seed: Of the parts, of each teacher's order and dropout, and of the invented texts.
    """

    teachers: int = 3
    blocks: Blocks = "random"
    epochs: int = 2
    batch_size: int = 32
    learning_rate: float = 8e-5
    precision: Precision = "float32"
    seed: int = 1
