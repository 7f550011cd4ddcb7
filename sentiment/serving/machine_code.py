"""The kernel as machine code: compiled by Numba once for a type of processor, run without it.

Numba's own cache would need Numba at every start, and a folder that can be written. Measured, from
the start of Python until numpy and a compiled function are there: with Numba and its cache 0.41 s
and 159 MB; with the object file that Numba's code becomes, and LLVM to load it, 0.08 s and 83 MB.
"""

import ctypes
import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import llvmlite
from llvmlite import binding as llvm

from sentiment.serving.cache import Cache, Making

_SYMBOL = "folded_score"
# What makes the machine code; when one of them changes, it is compiled again.
_SOURCES = ("folded.py", "folded_kernel.py", "lanes.py", "machine_code.py")
_OPTIMIZATION = 3


def key() -> str:
    """Return 32 hexadecimal digits for the kernel's source, the compiler and this processor."""
    facts = [
        llvmlite.__version__,
        version("numba"),  # Without importing it.
        llvm.get_process_triple(),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
        *(Path(__file__).with_name(name).read_text(encoding="utf-8") for name in _SOURCES),
    ]
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:32]


def compile_kernel() -> bytes:
    """Return the kernel as an object file for this processor; takes 3 s, most of it Numba's."""
    machine = this_machine()
    compiled: bytes = machine.emit_object(bare_module(machine))
    return compiled


def bare_module(machine: Any) -> Any:
    """Return the kernel as LLVM's module, without what Numba adds for Python's sake.

    Once only the kernel can be called from outside, optimizing finds out that it never raises and
    keeps no references, and what would need Numba's library or Python's goes away.
    """
    from sentiment.serving.folded_kernel import score  # noqa: PLC0415  (imports Numba)

    module = llvm.parse_assembly(score.inspect_llvm())
    for function in module.functions:
        if function.name == score.native_name:
            function.name = _SYMBOL
        elif not function.is_declaration:
            function.linkage = "internal"
    builder = llvm.create_pass_builder(
        machine, llvm.create_pipeline_tuning_options(speed_level=_OPTIMIZATION)
    )
    builder.getModulePassManager().run(module, builder)
    return module


def this_machine() -> Any:
    """Return LLVM's compiler for this processor."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=_OPTIMIZATION,
        jit=True,
    )


class Kernel:
    """`folded_kernel.score` as machine code; the GIL is released while it runs."""

    def __init__(self, compiled: bytes) -> None:
        # The code is in memory of the engine's.
        self._engine: Any = llvm.create_mcjit_compiler(llvm.parse_assembly(""), this_machine())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(compiled))
        self._engine.finalize_object()
        prototype = ctypes.CFUNCTYPE(None, ctypes.c_int64, *9 * [ctypes.c_void_p])
        self._score = prototype(self._engine.get_function_address(_SYMBOL))

    def __call__(self, texts: int, *arrays: int) -> None:
        """Score texts; the arrays are given by their addresses, which nothing checks."""
        self._score(texts, *arrays)


def load_kernel(cache: Cache) -> Kernel:
    """Return the kernel for this processor, which is compiled first if it was not kept."""

    def make() -> Making:
        compiled = compile_kernel()
        return Making(len(compiled), [compiled])

    return Kernel(cache.kept(f"kernels/{key()}", make).tobytes())
