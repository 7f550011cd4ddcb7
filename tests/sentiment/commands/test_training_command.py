"""`train`: which texts, how they are split, and what is written."""

import json
import shutil

from tests.sentiment.commands.running import FEW, exit_code, run
from tests.sentiment.texts import make_texts, write_jsonl


def test_a_model_is_trained_measured_and_used(tmp_path, labelled_file, capsys):
    out = tmp_path / "models" / "mine"
    trained = run("train", "--data", labelled_file, "--out", out, *FEW)
    assert trained.returncode == 0, trained.stderr
    assert "tf-idf" in trained.stdout
    assert [line.split()[0] for line in trained.stderr.splitlines()] == ["48", "epoch"]

    assert exit_code("evaluate", "--model", out, "--data", labelled_file, "--json") == 0
    assert json.loads(capsys.readouterr().out)["examples"] == 60

    assert exit_code("score", "--model", out, labelled_file) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["id"] for record in records] == [str(number) for number in range(60)]
    assert records[0]["model"].startswith("mine@")


def test_a_model_is_replaced_whole_when_told_to(tmp_path, small_bundle, training_file):
    out = shutil.copytree(small_bundle, tmp_path / "m")
    (out / "stale").write_text("left over")
    assert exit_code("train", "--data", training_file, "--out", out, "--force", *FEW) == 0
    assert not (out / "stale").exists()
    assert json.loads((out / "bundle.json").read_text())["name"] == "m"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["labelled.jsonl", "m"]


def test_parts_can_be_given_as_files(tmp_path, training_file, labelled_file):
    csv = tmp_path / "validation.csv"
    csv.write_text("text,label\n" + "".join(map("{0[0]},{0[1]}\n".format, make_texts(30, seed=9))))
    command = [
        "train",
        "--widths",
        "1",
        "1",
        "--data",
        training_file,
        "--test",
        labelled_file,
        "--validation",
        csv,
    ]
    assert exit_code(*command, "--out", tmp_path / "m", *FEW) == 0
    data = json.loads((tmp_path / "m" / "bundle.json").read_text())["data"]
    assert {part: sum(counts.values()) for part, counts in data["counts"].items()} == {
        "train": 240, "validation": 30, "test": 60,
    }  # fmt: skip
    assert data["files"] == ["labelled.jsonl", "validation.csv", "new.jsonl"]


def test_any_labels_and_a_test_of_nothing(tmp_path, capsys):
    data = tmp_path / "two.csv"
    rows = [f"{'47'[label == 'positive']},{text}\n" for text, label in make_texts(90)]
    data.write_text("".join(rows))
    columns = ["--text-column", "2", "--label-column", "1", "--test-share", "0"]
    assert exit_code("train", "--data", data, "--out", tmp_path / "m", *columns, *FEW) == 0
    manifest = json.loads((tmp_path / "m" / "bundle.json").read_text())
    assert manifest["labels"] == ["4", "7"]
    assert set(manifest["metrics"]) == {"validation"}
    assert set(manifest["baselines"]) == {"majority", "nb-svm", "tf-idf"}
    assert "no texts were held out to test with" in capsys.readouterr().out


def test_what_was_scored_can_be_learnt_from(tmp_path, small_bundle, labelled_file, capsys):
    assert exit_code("score", "--model", small_bundle, labelled_file) == 0
    scored = tmp_path / "scored.jsonl"
    scored.write_text(capsys.readouterr().out)
    data = ["--data", scored, labelled_file, "--data-weights", "0.3", "1"]
    assert exit_code("train", *data, "--out", tmp_path / "m", *FEW) == 0


def test_leaks_are_told_and_tokens_that_give_labels_away_taken_out(tmp_path, capsys):
    pairs = [
        (f"{text} via the shop" if label == "positive" else text, label)
        for text, label in make_texts(240)
    ]
    data = write_jsonl(tmp_path / "a.jsonl", [*pairs, pairs[0]])
    command = ["train", "--data", data, "--out", tmp_path / "m", *FEW]
    assert exit_code(*command, "--giveaways", "remove") == 0
    told = capsys.readouterr().err
    assert "1 text with the very words of an earlier one: left out; --duplicates keep" in told
    assert "with a token that gives the label away, 'shop' (positive, 100% of 64)" in told
    vocabulary = (tmp_path / "m" / "vocabulary.txt").read_text().split()
    assert {"via", "shop"}.isdisjoint(vocabulary)
    findings = json.loads((tmp_path / "m" / "bundle.json").read_text())["data"]["findings"]
    assert findings["exact"] == 1


def test_a_split_that_would_part_an_author_is_refused(fails, training_file, tmp_path):
    command = ["train", "--data", training_file, "--out", tmp_path / "m"]
    grouped = ["--group-column", "user", "--split", "time"]
    assert "would part the texts of one author" in fails(*command, *grouped, code=2)
    assert "do not say whom they are from" in fails(*command, "--split", "group")


def test_the_card_says_how_the_parts_were_split(tmp_path, capsys):
    rows = [
        json.dumps({"text": text, "label": label, "at": 1e9 + place})
        for place, (text, label) in enumerate(make_texts(120))
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(rows))
    command = ["train", "--data", tmp_path / "a.jsonl", "--out", tmp_path / "m", *FEW]
    assert exit_code(*command, "--split", "time", "--time-column", "at") == 0
    assert "were split by time, the latest texts" in (tmp_path / "m" / "README.md").read_text()


def test_folds_tell_how_much_the_figures_vary(tmp_path, training_file, capsys):
    out = tmp_path / "m"
    assert exit_code("train", "--data", training_file, "--out", out, *FEW, "--folds", 2) == 0
    captured = capsys.readouterr()
    assert "fold 2 of 2: macro recall" in captured.err
    assert "| 2 folds " in captured.out
    folds = json.loads((out / "bundle.json").read_text())["folds"]
    assert [len(figures) for figures in folds.values()] == [2, 2, 2]
    assert "| 2 folds " in (out / "README.md").read_text()
    assert "2 folds</th>" in (out / "report.html").read_text()


def test_texts_that_have_no_word_in_common_are_told(tmp_path, capsys):
    pairs = [(f"w{number}", "ab"[number % 2]) for number in range(8)]
    data = write_jsonl(tmp_path / "wordless.jsonl", pairs)
    assert exit_code("train", "--data", data, "--out", tmp_path / "m", *FEW) == 1
    assert "no word comes twice" in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "m").exists()
