"""Sixteen float32 at once for Numba: a register of a processor that computes on many numbers.

LLVM makes one register of them with AVX-512, two with AVX2 and four on ARM. Where loops over single
numbers are left to LLVM, sums and largest values go through memory: over arrays that takes three
times as long as here, over pointers, which might point to one another, six times.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, register_model

from sentiment.serving.folded_layout import LANES

_REGISTER = ir.VectorType(ir.FloatType(), LANES)
# That of one float: no array has to begin at a certain place, and where rows begin at lines of the
# cache, as those of the tables do, it costs nothing.
_ALIGNMENT = 4


class _Lanes(types.Type):  # type: ignore[misc] # Numba has no types
    def __init__(self) -> None:
        super().__init__(name="Lanes")


@register_model(_Lanes)
class _LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, front_end_type: Any) -> None:
        super().__init__(manager, front_end_type, _REGISTER)


_lanes = _Lanes()


def _place(builder: Any, pointer: Any, index: Any) -> Any:
    return builder.bitcast(builder.gep(pointer, [index]), _REGISTER.as_pointer())


@intrinsic
def load(_context: Any, pointer: Any, index: Any) -> Any:
    """Return the floats at `pointer[index]` and after it."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.load(_place(builder, *arguments), align=_ALIGNMENT)

    return _lanes(pointer, index), generate


@intrinsic
def store(_context: Any, pointer: Any, index: Any, lanes: Any) -> Any:
    """Write them to `pointer[index]` and after it."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        *place, value = arguments
        builder.store(value, _place(builder, *place), align=_ALIGNMENT)
        return context.get_dummy_value()

    return types.void(pointer, index, lanes), generate


@intrinsic
def zeros(_context: Any) -> Any:
    """Return zero in each lane."""

    def generate(_context: Any, _builder: Any, _signature: Any, _arguments: Any) -> Any:
        return ir.Constant(_REGISTER, None)

    return _lanes(), generate


@intrinsic
def add(_context: Any, one: Any, other: Any) -> Any:
    """Return the sum of each lane."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.fadd(*arguments)

    return _lanes(one, other), generate


@intrinsic
def multiply(_context: Any, one: Any, other: Any) -> Any:
    """Return the product of each lane."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.fmul(*arguments)

    return _lanes(one, other), generate


@intrinsic
def larger(_context: Any, one: Any, other: Any) -> Any:
    """Return the larger number of each lane."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *arguments), *arguments)

    return _lanes(one, other), generate


@intrinsic
def chosen(_context: Any, one: Any, other: Any, if_larger: Any, if_not: Any) -> Any:
    """Return of each lane a number of `if_larger` where `one` is above `other`."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        *compared, yes, no = arguments
        return builder.select(builder.fcmp_ordered(">", *compared), yes, no)

    return _lanes(one, other, if_larger, if_not), generate


@intrinsic
def in_all(_context: Any, _number: Any) -> Any:
    """Return a number in each lane."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        first = ir.Constant(ir.IntType(32), 0)
        one = builder.insert_element(ir.Constant(_REGISTER, ir.Undefined), *arguments, first)
        everywhere = ir.Constant(ir.VectorType(ir.IntType(32), LANES), None)
        return builder.shuffle_vector(one, one, everywhere)

    return _lanes(types.float32), generate


@intrinsic
def total(_context: Any, lanes: Any) -> Any:
    """Return the sum over the lanes, always added in the same order."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        (value,) = arguments
        index = ir.IntType(32)
        half = LANES // 2
        while half:  # Fold the upper half onto the lower one.
            upper = ir.Constant(ir.VectorType(index, half), [index(half + i) for i in range(half)])
            lower = ir.Constant(ir.VectorType(index, half), [index(i) for i in range(half)])
            value = builder.fadd(
                builder.shuffle_vector(value, value, lower),
                builder.shuffle_vector(value, value, upper),
            )
            half //= 2
        return builder.extract_element(value, index(0))

    return types.float32(lanes), generate
