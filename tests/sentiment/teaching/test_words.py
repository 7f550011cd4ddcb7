from sentiment.settings import PreprocessorSettings
from sentiment.teaching.words import foreign, frequent

READ = PreprocessorSettings()


def test_frequent_tokens_are_there_twice_and_the_most_frequent_come_first():
    texts = ["so happy 😀 so", "So happy! so sad", "@bob http://x.y @bob"]
    assert frequent(texts, READ) == ["so", "<user>", "happy"]


def test_foreign_words_are_tokens_that_the_texts_lack():
    of_teacher = ["happy", "Muscular", "muscular", "don't", "soooo", "fuselage"]
    assert foreign(of_teacher, ["happy"], READ) == ["muscular", "don't", "fuselage"]
