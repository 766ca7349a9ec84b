"""What NVIDIA's compiler makes of a kernel, or why it cannot be compiled. It needs no GPU.

Numba finds out all types and writes the kernel in LLVM's language; NVVM optimises that; nvJitLink, which contains ptxas,
turns it into the instructions of an architecture. Numba does the same before it launches a kernel. Its part is the package
numba-cuda; NVIDIA's two libraries are in the packages nvidia-nvvm and nvidia-nvjitlink. No program is started and no file
is written, so that a confined process can do it; what it needs is loaded when this module is imported.

To compile a kernel of a file, the file is executed, once it is vetted. Even so, this belongs in a process of its own.
"""

import ctypes
import re
import warnings
from collections.abc import Callable, MutableSequence, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from gpu import compiler_errors
from gpu.machine import program

try:
    for package in ("numba", "numba-cuda", "nvidia-nvvm", "nvidia-nvjitlink"):
        metadata.version(package)
    import _numba_cuda_redirector  # noqa: F401 (of numba-cuda; Python runs it by itself where it looks for packages by itself)
    from cuda.bindings import nvjitlink, runtime

    # Numba asks CUDA's runtime, a library that compiling does not need, which version it has; from 13.2 on, it would
    # describe variables to debuggers in more detail.
    with patch.object(runtime, "getLocalRuntimeVersion", lambda: (runtime.cudaError_t.cudaSuccess, 13_000)):
        from numba import cuda, float32, typeof
        from numba.cuda.cudadrv import nvrtc, nvvm
except ImportError as error:
    absent = f"{error.name} is not installed"
except Exception as error:  # whatever may be wrong with an installation
    absent = f"{type(error).__name__}: {error}"
else:
    absent = ""

ARCHITECTURES = ("sm_75", "sm_90")  # Turing, such as Colab's T4, and Hopper
LIBRARIES = {"nvidia-nvvm": "libnvvm.so.4", "nvidia-nvjitlink": "libnvJitLink.so.13"}
MATHEMATICS = "libdevice.10.bc"  # sin, exp and the like, for NVVM


@dataclass(frozen=True)
class Figures:
    """What a kernel takes of one architecture. Sizes are in bytes."""

    registers: int  # of a thread
    spilled: int  # that a thread stores in memory and loads again, since its registers do not suffice
    stack: int  # of a thread, in memory: local arrays that are not in registers, what is spilled, and what sin and cos need
    shared: int  # of a block: its shared arrays


def compiled(source: bytes, file: str, kernel: str, arguments: list[Any]) -> dict[str, Any]:
    """Compile a kernel of a file for arguments like these, for each of the architectures.

    Returns {"figures": {"sm_75": those of Figures, by name, ...}}; or, for a kernel that cannot be compiled, {"error": a
    sentence, "line": of the file, 0 if unknown, "numba": what it said itself}; or {"absent": why there is no compiler}.
    Raises what program.read raises for a file that cannot be read.
    """
    if absent:
        return {"absent": absent}
    code = compile(program.read(source, file).tree, file, "exec")  # reading it has shown that its constants are small
    names: dict[str, Any] = {"__name__": file.removesuffix(".py")}
    try:
        exec(code, names)
        signature = tuple(map(typeof, arguments))
        built = build(names[kernel].py_func, signature)
    except Exception as error:  # Numba raises all kinds
        return compiler_errors.explained(error, file)
    return {"figures": {name: asdict(figures) for name, (figures, _) in built.items()}}


def build(
    function: Callable[..., object], signature: tuple[Any, ...], architectures: Sequence[str] = ARCHITECTURES
) -> dict[str, tuple[Figures, bytes]]:
    """Compile a kernel, a plain function, for arguments of these types of Numba's. architectures: the oldest one first.

    Returns for each what the kernel takes, and its instructions as an ELF file, such as nvdisasm reads. Raises what Numba
    raises for a kernel that cannot be compiled, and ValueError with what ptxas says about one that it rejects.
    """
    optimised = _optimised(function, signature, architectures[0])
    return {name: _linked(optimised, name) for name in architectures}


def _optimised(function: Callable[..., object], signature: tuple[Any, ...], architecture: str) -> bytes:
    """Return a kernel as NVVM hands it to nvJitLink."""
    capability = divmod(int(architecture.removeprefix("sm_")), 10)
    # Numba itself would ask the GPU here what it is, and another NVIDIA library, of 220 MB, which ones it supports.
    with (
        patch.object(cuda.dispatcher, "get_current_device", lambda: SimpleNamespace(compute_capability=capability)),
        patch.object(nvrtc, "get_supported_ccs", lambda: [capability]),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        code: bytes = cuda.compile(function, signature, cc=capability, device=False, abi="numba", output="ltoir")[0]
    return code


def _linked(optimised: bytes, architecture: str) -> tuple[Figures, bytes]:
    """Return what a kernel takes of an architecture, and its instructions."""
    options = [f"-arch={architecture}", "-lto", "-Xptxas=-v"]
    linker = nvjitlink.create(len(options), options)
    try:
        nvjitlink.add_data(linker, nvjitlink.InputType.LTOIR, optimised, len(optimised), "kernel")
        nvjitlink.complete(linker)
        report = _read(linker, nvjitlink.get_info_log_size, nvjitlink.get_info_log).decode()
        return _figures(report), _read(linker, nvjitlink.get_linked_cubin_size, nvjitlink.get_linked_cubin)
    except nvjitlink.nvJitLinkError:
        raise ValueError(_read(linker, nvjitlink.get_error_log_size, nvjitlink.get_error_log).decode()) from None
    finally:
        nvjitlink.destroy(linker)


def _figures(report: str) -> Figures:
    """Return what ptxas reports of a kernel, with the functions that it calls."""

    def total(pattern: str) -> int:
        return sum(map(int, re.findall(pattern, report)))

    return Figures(
        registers=total(r"Used (\d+) registers"),
        spilled=total(r"(\d+) bytes spill (?:stores|loads)"),
        stack=total(r"(\d+) bytes stack frame"),
        shared=total(r"(\d+) bytes smem"),
    )


def _read(linker: int, size: Callable[[int], int], read: Callable[[int, bytearray], None]) -> bytes:
    content = bytearray(size(linker))
    read(linker, content)
    return bytes(content)


def _load() -> None:
    """Load what the compiler needs, and try it. Numba itself looks for libraries only in Python's default place."""
    for package, library in LIBRARIES.items():
        ctypes.CDLL(str(_place(package, library)))
    nvvm.LibDevice._cache_ = _place("nvidia-nvvm", MATHEMATICS).read_bytes()
    tried = build(_simple, (float32[::1],))
    if not all(figures.registers for figures, _ in tried.values()):
        raise ValueError("the report of ptxas cannot be parsed")


def _place(package: str, name: str) -> Path:
    """Return where a file of an installed package is."""
    found = [file for file in metadata.files(package) or () if file.name == name]
    if not found:
        raise FileNotFoundError(f"{package} has no {name}")
    return Path(str(found[0].locate()))


def _simple(values: MutableSequence[float]) -> None:
    values[cuda.grid(1)] = 1


if not absent:
    try:
        _load()
    except Exception as error:  # whatever may be wrong with an installation
        absent = f"{type(error).__name__}: {error}"
