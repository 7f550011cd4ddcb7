from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.text import piece_ids as module
from sentiment.text.normalize import normalize
from sentiment.text.piece_ids import PieceIds
from sentiment.text.tokenizer import tokenize
from sentiment.text.vocabulary import UNKNOWN_ID, Vocabulary

ROOT = Path(__file__).parents[3]
RESERVED = ("<padding>", "<unknown>")

# Words that rules make something else of, in some case or before some sign, among some that stay.
WORDS = "www xd xdd d t o p x t_t aaa abab hahaha 111 happy d'oh http https user k é Åß"
SIGNS = """. .. ... , : :: ; ;_ ! !!! ? ?! ' " ) ( - _ / * & # @ < > ^ 😂 ™"""
OTHERS = "@ @bob @a_1 http:// https://x.y/?a=b https://t.co/1&eacute; www. t.co/ &amp; #GoTeam İ K"
UNSEEN = ["\ud83d", "\u0301", "\u200b"]
PARTS = f"{WORDS} {WORDS.upper()} {SIGNS} {OTHERS}".split() + UNSEEN
PIECES = st.lists(st.sampled_from(PARTS) | st.characters(), min_size=1, max_size=6).map("".join)
MOST = 64
SMALL = Vocabulary([*RESERVED, "<user>", "<url>", "happy", "!!"])


def by_rules(piece, vocabulary):
    return [vocabulary.id(token) for token in tokenize(normalize(piece))]


def ids(encoded):
    return np.frombuffer(encoded, np.int32).tolist()


def check(pieces):
    # Every token has an id of its own, so that none is mistaken for another.
    tokens = [token for piece in pieces for token in tokenize(normalize(piece))]
    vocabulary = Vocabulary([*RESERVED, *dict.fromkeys([*WORDS.split(), *tokens])])
    ids_of_piece = PieceIds(vocabulary, MOST)
    for piece in pieces + pieces:
        assert ids(ids_of_piece[piece]) == by_rules(piece, vocabulary), piece


def test_whatever_follows_whatever_has_the_ids_that_the_rules_give_it():
    check([one + other for one in ["", *PARTS] for other in PARTS])


@pytest.mark.parametrize("word", WORDS.split())
def test_a_word_with_any_two_signs_after_it_has_the_ids_that_the_rules_give_it(word):
    check([word + one + other for one in SIGNS.split() for other in SIGNS.split()])


@given(st.lists(PIECES.filter(lambda piece: piece.split() == [piece])))
def test_any_piece_has_the_ids_that_the_rules_give_it(pieces):
    check(pieces)


@pytest.mark.parametrize("signs", ["", ".", "..", "...", ",", ":", ";", "!!!", "?!", '."', '":'])
def test_each_word_of_the_model_that_ships_has_the_ids_of_the_rules(signs):
    text = (ROOT / "models/default/vocabulary.txt").read_text(encoding="utf-8")
    vocabulary = Vocabulary.from_text(text)
    ids_of_piece = PieceIds(vocabulary, MOST)
    for token in vocabulary.tokens:
        piece = token.title() + signs
        assert ids(ids_of_piece[piece]) == by_rules(piece, vocabulary)


def test_a_known_word_is_known_in_any_case_and_with_signs_after_it():
    ids_of_piece = PieceIds(SMALL, MOST)
    for piece in ("happy!!", "Happy!!!", "HAPPY!!!!"):
        assert ids(ids_of_piece[piece]) == [4, 5]


@pytest.mark.parametrize("piece", ["www..", "Www.!", "xD!", "XD", "hahaha!"])
def test_what_the_rules_change_is_no_known_word_even_where_the_vocabulary_has_it(piece):
    vocabulary = Vocabulary([*RESERVED, "www", "xd", "hahaha", "!", "..", "grinning", "<url>"])
    assert ids(PieceIds(vocabulary, MOST)[piece]) == by_rules(piece, vocabulary)


def test_handles_and_links_do_not_push_out_what_is_remembered():
    ids_of_piece = PieceIds(SMALL, MOST)
    assert ids(ids_of_piece["@bob"]) == [2]
    assert ids(ids_of_piece["https://t.co/a1B2"]) == [3]
    assert len(ids_of_piece) == 0


def test_a_vocabulary_without_placeholders_does_not_know_handles_and_links():
    ids_of_piece = PieceIds(Vocabulary([*RESERVED, "happy"]), MOST)
    assert ids(ids_of_piece["@bob"]) == ids(ids_of_piece["http://x.y"]) == [UNKNOWN_ID]


@pytest.mark.parametrize("piece", ["happy" * 7, "😂" * 32, "ﷺ" * 32])
def test_a_piece_of_many_characters_or_tokens_is_not_remembered(piece):
    ids_of_piece = PieceIds(SMALL, MOST)
    assert ids(ids_of_piece[piece]) == by_rules(piece, SMALL)
    assert len(ids_of_piece) == 0


@pytest.mark.parametrize("piece", ["😂" * 4096, "ﷺ" * 4096, "日本" * 2048])
def test_of_a_long_piece_the_first_ids_are_made(piece):
    assert ids(PieceIds(SMALL, MOST)[piece]) == by_rules(piece, SMALL)[:MOST]


def test_pieces_that_were_forgotten_have_the_same_ids_again(monkeypatch):
    monkeypatch.setattr(module, "_MOST_REMEMBERED", 2)
    ids_of_piece = PieceIds(SMALL, MOST)
    pieces = ["happy", "zebra", "Happy!!", "happy?", "!!"]
    for piece in pieces * 3:
        assert ids(ids_of_piece[piece]) == by_rules(piece, SMALL)
        assert len(ids_of_piece) <= 2
