import pytest

from sentiment.teaching.precision import chosen_precision


@pytest.mark.parametrize(
    ("flags", "gpu", "chosen"),
    [
        ("flags\t\t: fpu avx512f avx512_bf16 amx_tile\n", False, "bfloat16"),
        ("flags\t\t: fpu avx512f\n", False, "float32"),
        ("flags\t\t: fpu\n", True, "bfloat16"),
        ("", False, "float32"),
    ],
)
def test_bfloat16_is_taken_where_it_is_quicker(tmp_path, flags, gpu, chosen):
    cpu = tmp_path / "cpuinfo"
    cpu.write_text(f"processor\t: 0\n{flags}")
    assert chosen_precision("auto", gpu=gpu, cpu=cpu) == chosen
    assert chosen_precision("float32", gpu=gpu, cpu=cpu) == "float32"


def test_a_machine_that_does_not_tell_computes_in_float32(tmp_path):
    assert chosen_precision("auto", gpu=False, cpu=tmp_path / "none") == "float32"
