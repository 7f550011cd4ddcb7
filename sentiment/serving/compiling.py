"""How Numba compiles the functions of kernels.

They work through C pointers, allocate nothing and cannot raise, so that their machine code needs
nothing of Numba's to run (see `machine_code`).
"""

from typing import Any

from numba import njit, types

# Pointers to the first of many numbers, which C and Numba do not tell the end of.
Ints = Any
Floats = Any

IDS = types.CPointer(types.int32)
INTS = types.CPointer(types.int64)
FLOATS = types.CPointer(types.float32)

# A division by zero would give infinity.
NEVER_RAISES = {"error_model": "numpy"}
compiled = njit(**NEVER_RAISES)
