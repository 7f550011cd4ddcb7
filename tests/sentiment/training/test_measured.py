"""What a training says of its model is what the model does."""

import json

import pytest

from sentiment.__main__ import main
from tests.sentiment.texts import make_texts, write_jsonl

SMALL = ["--embedding-size", "8", "--filters", "4", "--widths", "1", "2", "--batch-size", "16"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Give a folder with a model that is often wrong, and the texts that it was tested with."""
    folder = tmp_path_factory.mktemp("trained")
    # A third of the labels are not those of the texts.
    pairs = [
        (text, "neutral" if place % 3 == 0 else label)
        for place, (text, label) in enumerate(make_texts(480, seed=3))
    ]
    write_jsonl(folder / "train.jsonl", pairs[:360])
    write_jsonl(folder / "test.jsonl", pairs[360:])
    files = ["--data", folder / "train.jsonl", "--test", folder / "test.jsonl"]
    command = ["train", *files, "--out", folder / "m", "--epochs", "12", *SMALL]
    assert main([*map(str, command)]) == 0
    return folder


def read(path):
    return json.loads(path.read_text())


def evaluated(trained, capsys, *options):
    command = ["evaluate", "--model", trained / "m", "--data", trained / "test.jsonl", "--json"]
    capsys.readouterr()
    assert main([*map(str, (*command, *options))]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("engine", ["folded", "keras"])
def test_every_engine_measures_what_the_training_did(trained, capsys, engine):
    written, again = (
        read(trained / "m" / "report.json"),
        evaluated(trained, capsys, "--engine", engine),
    )
    for name in ("accuracy", "macro_recall", "confusion", "intervals", "slices", "temperature"):
        assert again[name] == written[name], name
    for name in ("calibration", "calibration_before"):
        for figure in ("ece", "brier", "log_loss"):
            assert again[name][figure] == pytest.approx(written[name][figure], abs=1e-5)


def test_the_temperature_is_in_bundle_json_and_makes_the_log_loss_less(trained):
    manifest, report = read(trained / "m" / "bundle.json"), read(trained / "m" / "report.json")
    assert manifest["temperature"] == report["temperature"]
    assert 0.25 <= manifest["temperature"] <= 4
    assert abs(manifest["temperature"] - 1) > 0.01
    assert manifest["calibration"]["after"]["log_loss"] == report["calibration"]["log_loss"]
    before = manifest["calibration"]["before"]["log_loss"]
    assert manifest["calibration"]["after"]["log_loss"] < before


def test_the_report_of_a_training_has_learning_and_baselines_too(trained):
    report = read(trained / "m" / "report.json")
    assert report["part"] == "test"
    assert [step["epoch"] for step in report["learning"]] == list(
        range(1, len(report["learning"]) + 1)
    )
    assert report["learning"][0]["best"]
    assert all(0 < step["validation_loss"] < 2 for step in report["learning"])
    assert report["learning"][0]["validation_loss"] != report["learning"][0]["loss"]
    assert set(report["baselines"]) == {"majority", "nb-svm", "tf-idf"}
    manifest = read(trained / "m" / "bundle.json")
    assert manifest["baselines"] == report["baselines"]
    assert manifest["metrics"]["test"]["macro_recall"] == report["macro_recall"]
    page = (trained / "m" / "report.html").read_text()
    assert "Learning" in page
    assert ">validation texts</text>" in page


def test_the_simple_classifiers_read_all_of_a_text_of_which_the_network_reads_the_beginning(
    tmp_path,
):
    # The last words tell the label, those before them say nothing.
    told = [(f"{'so it was and ' * 3}{text}", label) for text, label in make_texts(300, seed=4)]
    write_jsonl(tmp_path / "long.jsonl", told)
    command = ["train", "--data", tmp_path / "long.jsonl", "--out", tmp_path / "m", *SMALL]
    options = ["--epochs", "1", "--max-tokens", "8", "--near-duplicates", "keep"]
    assert main([*map(str, command), *options]) == 0
    report = read(tmp_path / "m" / "report.json")
    assert report["macro_recall"] < 0.5
    for name in ("nb-svm", "tf-idf"):
        assert report["baselines"][name]["report"]["macro_recall"] > 0.9


def test_the_page_of_a_training_tells_of_its_texts(trained):
    page = (trained / "m" / "report.html").read_text()
    data = read(trained / "m" / "bundle.json")["data"]
    assert "The texts" in page
    assert "drawn at random within each label" in page
    assert f"{data['duplicates']:,} texts that said what another one says" in page
    assert data["fingerprint"] in page
    assert data["findings"]
    for texts in data["findings"].values():
        assert f": {texts:,}" in page
    for counts in data["counts"].values():
        assert all(f">{count:,}</td>" in page for count in counts.values())


def test_a_model_for_others_has_no_texts_in_it_when_told_so(trained, tmp_path, capsys):
    data = ["--data", trained / "train.jsonl", "--test", trained / "test.jsonl"]
    command = ["train", *data, "--out", tmp_path / "m", "--epochs", "1", "--no-texts", *SMALL]
    assert main([*map(str, command)]) == 0
    assert read(tmp_path / "m" / "report.json")["mistakes"] == []
    assert "“" not in capsys.readouterr().err
    texts = [json.loads(line)["text"] for line in (trained / "test.jsonl").open()]
    for name in ("report.json", "report.html", "README.md"):
        content = (tmp_path / "m" / name).read_text()
        assert not any(text in content for text in texts)
    assert read(trained / "m" / "report.json")["mistakes"][0]["text"] in texts
