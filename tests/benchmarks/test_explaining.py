"""What evidence costs is measured beside scoring without it."""

import json

from benchmarks import explaining


def test_the_command_prints_a_table(capsys):
    assert explaining.main(["demo/sample.jsonl", "--runs", "1"]) == 0
    _, *table = capsys.readouterr().out.splitlines()
    rows = {name.strip(): cells for _, name, *cells, _ in (row.split("|") for row in table[2:])}
    assert {*explaining.WITHOUT, *explaining.WITHOUT.values()} <= rows.keys()
    assert [name for name, cells in rows.items() if "×" in cells[-1]] == [*explaining.WITHOUT]


def test_too_few_texts_are_told(tmp_path, capsys):
    (tmp_path / "one.jsonl").write_text(json.dumps({"text": "hi"}) + "\n")
    assert explaining.main([str(tmp_path / "one.jsonl")]) == 2
    assert capsys.readouterr().err.endswith("holds 1 texts: two halves are needed\n")
