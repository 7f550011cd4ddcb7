import json


def test_the_card_tells_what_bundle_json_says(small_bundle):
    card = (small_bundle / "README.md").read_text()
    manifest = json.loads((small_bundle / "bundle.json").read_text())
    test = manifest["metrics"]["test"]
    assert card.startswith("# small\n")
    for figure in (
        test["macro_recall"],
        test["accuracy"],
        *(each["report"]["macro_f1"] for each in manifest["baselines"].values()),
        manifest["calibration"]["after"]["ece"],
    ):
        assert f"{figure:.3f}" in card
    for counts in (manifest["data"]["counts"]["train"].values(), *test["confusion"]):
        assert all(f" {count} " in card for count in counts)
    assert manifest["data"]["fingerprint"] in card
    assert len(manifest["baselines"]) == 3
    assert f"divided by {manifest['temperature']:.2f}" in card
    assert "labelled.jsonl" in card


def test_the_card_names_no_directory_of_this_machine(small_bundle):
    for name in ("README.md", "bundle.json"):
        assert str(small_bundle.parent) not in (small_bundle / name).read_text()
