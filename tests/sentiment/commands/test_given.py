import pytest

from sentiment.__main__ import parser
from sentiment.commands.given import as_options, given
from sentiment.commands.learning_settings import learning_settings
from sentiment.errors import SettingsError

COMMAND = "train --data a --out b"


def parsed(more):
    return parser().parse_args(f"{COMMAND} {more}".split())


def test_what_is_as_it_is_by_default_was_not_given():
    assert given(parsed("")) == []
    assert as_options(parsed("--network cnn --dropout 0.6")) == ""


@pytest.mark.parametrize(
    "typed",
    [
        "--network cnn-subword --subwords 99",
        "--widths 2 3 --pooling max mean --hidden 7",
        "--network cnn-subword --pooling vectors max",
        "--no-class-weights --label-smoothing 0.1 --augment drop swap",
        "--balanced-sampling --seed 4 --max-tokens 500",
    ],
)
def test_what_was_given_can_be_typed_again(typed):
    options = parsed(typed)
    again = parsed(as_options(options))
    assert learning_settings(again) == learning_settings(options)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("--vectors-use frozen", "--vectors-use means nothing without --vectors"),
        ("--augmented-share 0.5", "--augmented-share means nothing without --augment"),
        ("--balanced-sampling --no-class-weights", "give one of them"),
        ("--pooling vectors", "keeps nothing of the filters: add max or mean"),
        ("--network mlp --widths 3", "--widths means nothing to the network mlp"),
    ],
)
def test_options_that_mean_nothing_are_refused(typed, why):
    with pytest.raises(SettingsError, match=why):
        learning_settings(parsed(typed))
