from sentiment.printable import printable


def test_what_a_terminal_would_obey_is_replaced():
    assert printable("a\x1b[1m\u202eb\ud83d\r\n") == "a\ufffd[1m\ufffdb\ufffd\ufffd\n"


def test_signs_of_any_script_stay():
    assert printable("👩‍🚀 שלום é\n") == "👩‍🚀 שלום é\n"
