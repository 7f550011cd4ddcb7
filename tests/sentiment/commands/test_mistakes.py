"""Mistakes of users: one line, and the right exit code."""

import pytest

from tests.sentiment.texts import make_texts, write_jsonl


def test_usage_errors_are_one_line_and_exit_code_2(fails, training_file, tmp_path):
    out = ["--out", tmp_path / "m"]
    data = ["--data", training_file]
    assert "COMMAND" in fails(code=2)
    assert "invalid choice: 'trian'" in fails("trian", code=2)
    assert "--out" in fails("train", *data, code=2)
    assert "unrecognized arguments: --fast" in fails("score", "--fast", code=2)
    assert "not a share" in fails("train", *data, *out, "--dropout", "1.5", code=2)
    no_count = "argument --filters: '0' is not a whole number from 1 to 65536"
    assert no_count in fails("train", *data, *out, "--filters", "0", code=2)
    assert "'0' is not a number above 0" in fails(
        "train", *data, *out, "--learning-rate", "0", code=2
    )
    assert "is nothing" in fails("train", *data, *out, "--validation-share", "0", code=2)
    assert "--epochs: 'x' is not a whole number" in fails(
        "train", *data, *out, "--epochs", "x", code=2
    )
    assert "'x' is not a share" in fails("train", *data, *out, "--dropout", "x", code=2)
    assert "4294967295" in fails("train", *data, *out, "--seed", "-1", code=2)
    assert "leave nothing" in fails("train", *data, *out, "--test-share", "0.95", code=2)
    assert "--name" in fails("train", *data, *out, "--name", "my model", code=2)
    assert "--units means nothing to the network cnn" in fails(
        "train", *data, *out, "--units", "9", code=2
    )
    assert "invalid choice: 'rnn'" in fails("train", *data, *out, "--network", "rnn", code=2)
    assert "finds no GPU here" in fails("train", *data, *out, "--device", "gpu", code=2)
    assert "leave --resume out" in fails("train", *data, *out, "--resume", code=2)
    assert "counted from 1" in fails(
        "train", *data, *out, "--text-column", "0", "--label-column", "1", code=2
    )


def test_what_cannot_be_used_is_one_line_and_exit_code_1(fails, tmp_path, small_bundle):
    out = ["--out", tmp_path / "m"]
    one = write_jsonl(tmp_path / "one.jsonl", make_texts(20, ("neutral",)))
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    table = tmp_path / "table.csv"
    table.write_text("tweet,label\nhi,x\n")
    assert "No such file" in fails("train", "--data", tmp_path / "none", *out)
    assert "it is empty" in fails("train", "--data", empty, *out)
    assert "all texts have the label 'neutral'" in fails("train", "--data", one, *out)
    assert "no column 'text'" in fails("train", "--data", table, *out)
    assert "--force" in fails("train", "--data", one, "--out", small_bundle)
    assert "there is no model" in fails("score", "--model", tmp_path / "none", one)
    assert "there is no model" in fails("compare", small_bundle, "none", "--data", one)
    assert "there is no model" in fails("evaluate", "--model", tmp_path / "none", "--data", one)
    assert "No such file" in fails("score", "--model", small_bundle, tmp_path / "none")
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be read: No such file"),
        (b" \n", "is empty: write something"),
        (b"caf\xe9", "is not UTF-8 from byte 3 on"),
        (b"x" * (1 << 16) + b"x", "has more than 65,536 bytes"),
    ],
)
def test_words_for_the_card_that_cannot_be_in_it_are_refused_first(
    fails, tmp_path, training_file, content, why
):
    about = tmp_path / "about.md"
    if content is not None:
        about.write_bytes(content)
    command = ["train", "--data", training_file, "--out", tmp_path / "m", "--about", about]
    assert f"--about {about} {why}" in fails(*command, code=2)
    assert not (tmp_path / "m").exists()
