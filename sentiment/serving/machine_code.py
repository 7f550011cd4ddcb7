"""The kernels as machine code: compiled by Numba once for a type of processor, run without it.

Numba's own cache would need Numba at every start, and a folder that can be written. Measured, from
the start of Python until numpy and a compiled function are there: with Numba and its cache 0.41 s
and 159 MB; with the object file that Numba's code becomes, and LLVM to load it, 0.08 s and 83 MB.
"""

import ctypes
import hashlib
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite
from llvmlite import binding as llvm

from sentiment.serving.cache import Cache, Making

_OPTIMIZATION = 3


class Source(NamedTuple):
    """A kernel before it is compiled.

    Attributes:
        function: Its name.
        files: What makes its machine code, its own last; when one changes, it is compiled again.
        pointers: That it takes, behind the number of texts.
    """

    function: str
    files: tuple[str, ...]
    pointers: int

    @property
    def symbol(self) -> str:
        """Its name in machine code."""
        return f"folded_{self.function}"


_FILES = (
    "folded_layout.py",
    "lanes.py",
    "machine_code.py",
    "compiling.py",
    "folded_pooling_kernel.py",
    "folded_kernel.py",
)
SCORE = Source("score", _FILES, 9)
EXPLAIN = Source("explain", (*_FILES, "folded_effects_kernel.py", "folded_evidence_kernel.py"), 12)


def key(source: Source) -> str:
    """Return 32 hexadecimal digits for a kernel's source, the compiler and this processor."""
    facts = [
        llvmlite.__version__,
        version("numba"),  # Without importing it.
        llvm.get_process_triple(),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
        *(Path(__file__).with_name(name).read_text(encoding="utf-8") for name in source.files),
    ]
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:32]


def compile_kernel(source: Source) -> bytes:
    """Return a kernel as an object file for this processor; takes 3 s, most of it Numba's."""
    machine = this_machine()
    compiled: bytes = machine.emit_object(bare_module(source, machine))
    return compiled


def bare_module(source: Source, machine: Any) -> Any:
    """Return a kernel as LLVM's module, without what Numba adds for Python's sake.

    Once only the kernel can be called from outside, optimizing finds out that it never raises and
    keeps no references, and what would need Numba's library or Python's goes away.
    """
    name = source.files[-1].removesuffix(".py")
    kernel = getattr(import_module(f"sentiment.serving.{name}"), source.function)  # Imports Numba.
    module = llvm.parse_assembly(kernel.inspect_llvm())
    for function in module.functions:
        if function.name == kernel.native_name:
            function.name = source.symbol
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
    """A kernel as machine code; the GIL is released while it runs."""

    def __init__(self, source: Source, compiled: bytes) -> None:
        # The code is in memory of the engine's.
        self._engine: Any = llvm.create_mcjit_compiler(llvm.parse_assembly(""), this_machine())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(compiled))
        self._engine.finalize_object()
        prototype = ctypes.CFUNCTYPE(None, ctypes.c_int64, *source.pointers * [ctypes.c_void_p])
        self._run = prototype(self._engine.get_function_address(source.symbol))

    def __call__(self, texts: int, *arrays: int) -> None:
        """Work on texts; the arrays are given by their addresses, which nothing checks."""
        self._run(texts, *arrays)


def load_kernel(source: Source, cache: Cache) -> Kernel:
    """Return a kernel for this processor, which is compiled first if it was not kept."""

    def make() -> Making:
        compiled = compile_kernel(source)
        return Making(len(compiled), [compiled])

    return Kernel(source, cache.kept(f"kernels/{key(source)}", make).tobytes())
