"""Transformers of a few thousand weights, made here, as Hugging Face lays them out."""

import json

import numpy as np
import safetensors.numpy
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import BertProcessing

from tests.sentiment.texts import SYLLABLES, TELLING

WIDTH, INNER, POSITIONS = 16, 32, 40
OF_BERT, OF_ROBERTA = ("[CLS]", "[SEP]"), ("<s>", "</s>")


def make_teacher(folder, architecture="bert", layers=1, **settings):
    """Write a teacher that knows nothing into a folder, with some settings otherwise; give it."""
    folder.mkdir(parents=True, exist_ok=True)
    like_roberta = architecture.endswith("roberta")
    tokenizer = make_tokenizer(*(OF_ROBERTA if like_roberta else OF_BERT))
    tokenizer.save(str(folder / "tokenizer.json"))
    config = _config(architecture, layers, tokenizer.get_vocab_size()) | settings
    (folder / "config.json").write_text(json.dumps(config))
    save_weights(folder, weights(architecture, layers, tokenizer.get_vocab_size()))
    return folder


def make_tokenizer(first="[CLS]", last="[SEP]"):
    """Give a tokenizer that knows the words of our texts, their syllables, and letters."""
    words = [word for label in sorted(TELLING) for word in TELLING[label]]
    letters = "abcdefghijklmnopqrstuvwxyz0123456789!?.,'"
    pieces = ["[PAD]", "[UNK]", first, last, "user", "http", *words, *SYLLABLES, *letters]
    pieces += [f"##{piece}" for piece in (*SYLLABLES, *letters)]
    vocabulary = {piece: place for place, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = BertProcessing((last, vocabulary[last]), (first, vocabulary[first]))
    tokenizer.enable_padding(length=20)  # As some teachers' do by themselves.
    return tokenizer


def save_weights(folder, arrays):
    """Write the weights of a teacher."""
    safetensors.numpy.save_file(arrays, folder / "model.safetensors")


def weights(architecture, layers, vocabulary):
    """Give random weights under Hugging Face's names."""
    rng = np.random.default_rng(7)

    def some(*shape):
        return rng.normal(0, 0.1, shape).astype(np.float32)

    def dense(name, outputs, inputs):
        return {f"{name}.weight": some(outputs, inputs), f"{name}.bias": some(outputs)}

    def norm(name):
        return {f"{name}.weight": np.ones(WIDTH, np.float32), f"{name}.bias": some(WIDTH)}

    start = {"bert": "", "distilbert": "distilbert."}.get(architecture, "roberta.")
    positions = POSITIONS + 2 if start == "roberta." else POSITIONS
    arrays = {
        f"{start}embeddings.word_embeddings.weight": some(vocabulary, WIDTH),
        f"{start}embeddings.position_embeddings.weight": some(positions, WIDTH),
        **norm(f"{start}embeddings.LayerNorm"),
    }
    if architecture in ("bert", "xlm-roberta"):
        arrays[f"{start}embeddings.token_type_embeddings.weight"] = some(2, WIDTH)
    if architecture == "bert":
        arrays |= dense("pooler.dense", WIDTH, WIDTH)
    of_distilbert = architecture == "distilbert"
    for layer in range(layers):
        name = f"{start}{'transformer' if of_distilbert else 'encoder'}.layer.{layer}"
        square, norms, inner = _NAMES["distilbert" if of_distilbert else "bert"]
        for each in square:
            arrays |= dense(f"{name}.{each}", WIDTH, WIDTH)
        for each in norms:
            arrays |= norm(f"{name}.{each}")
        arrays |= dense(f"{name}.{inner[0]}", INNER, WIDTH)
        arrays |= dense(f"{name}.{inner[1]}", WIDTH, INNER)
    return arrays


_NAMES = {
    "bert": (
        [f"attention.{part}" for part in ("self.query", "self.key", "self.value", "output.dense")],
        ["attention.output.LayerNorm", "output.LayerNorm"],
        ["intermediate.dense", "output.dense"],
    ),
    "distilbert": (
        [f"attention.{part}_lin" for part in ("q", "k", "v", "out")],
        ["sa_layer_norm", "output_layer_norm"],
        ["ffn.lin1", "ffn.lin2"],
    ),
}


def _config(architecture, layers, vocabulary):
    names = {
        "model_type": architecture,
        "vocab_size": vocabulary,
        "hidden_size": WIDTH,
        "intermediate_size": INNER,
        "num_hidden_layers": layers,
        "num_attention_heads": 2,
        "max_position_embeddings": POSITIONS,
        "hidden_dropout_prob": 0.1,
    }
    if architecture.endswith("roberta"):
        names["max_position_embeddings"] += 2
    if architecture == "distilbert":
        names |= {"dim": WIDTH, "hidden_dim": INNER, "n_layers": layers, "n_heads": 2}
        names |= {"dropout": 0.1}
    return names
