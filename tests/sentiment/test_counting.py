from sentiment.counting import counted


def test_one_is_one_and_all_else_is_several():
    assert [counted(number, "text") for number in (0, 1, 2, 2000)] == [
        "0 texts",
        "1 text",
        "2 texts",
        "2,000 texts",
    ]
