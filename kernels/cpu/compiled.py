"""Numba's compiler, with a cache on disk that can be trusted."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar, cast, overload

from numba import _dynfunc, njit, types
from numba.core.base import BaseContext
from numba.core.caching import FunctionCache
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, CompileResult, DefaultPassBuilder, StateDict
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.dispatcher import Dispatcher
from numba.core.typed_passes import NativeLowering

Function = TypeVar("Function", bound=Callable[..., object])

# Numba compiles again when the file of a function changes, but not when a file changes whose functions it calls. The
# folder's digest in the function's name, which names its files in the cache, makes up for that.
_SOURCES = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
_DIGEST = hashlib.sha256(_SOURCES).hexdigest()[:16]


class Decorator(Protocol):
    """A decorator that can be used with or without options."""

    @overload
    def __call__(self, function: Function, /) -> Function: ...
    @overload
    def __call__(self, **options: object) -> Callable[[Function], Function]: ...


class _Part(JITCodeLibrary):  # type: ignore[misc]  # Numba has no types
    """Code that is linked into that of the functions that call it, and only there made into machine code."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _PartLowering(NativeLowering):  # type: ignore[misc]
    """Numba's last step, for such a part."""

    _name = "part_lowering"

    def run_pass(self, state: StateDict) -> bool:
        state.flags.no_compile = True
        state.library = _Part(state.targetctx.codegen(), state.func_id.func_qualname)
        super().run_pass(state)
        lowered = state.cr
        # Numba finds what a dispatcher has compiled by the function that Python would call, so there has to be one.
        found_by = _dynfunc.make_function(state.func_id.module, state.func_id.func_name, "", 0, lowered.env, ())
        state.targetctx.insert_user_function(found_by, lowered.fndesc, [state.library])
        state.cr = lowered._replace(cfunc=found_by)
        return True


class _PartCompiler(CompilerBase):  # type: ignore[misc]
    def define_pipelines(self) -> list[PassManager]:
        """Return Numba's steps, with another last one."""
        steps = DefaultPassBuilder.define_nopython_pipeline(self.state)
        steps.passes[:] = [(_PartLowering if step is NativeLowering else step, what) for step, what in steps.passes]
        steps.finalize()
        return [steps]


# For a function that only compiled functions call: it is compiled with them, without entry points for Python and C.
inner: Decorator = partial(
    njit, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, pipeline_class=_PartCompiler
)


@overload
def compiled(function: Function, /) -> Function: ...
@overload
def compiled(**options: object) -> Callable[[Function], Function]: ...
def compiled(function: Function | None = None, /, **options: object) -> Function | Callable[[Function], Function]:
    """Compile a function when it is first called, and keep it on disk. It runs without Python's lock.

    Options are Numba's.
    If no folder is writable, neither beside the source nor in the user's cache, each process compiles it again.
    """
    if function is None:
        return partial(compiled, **options)
    return compiled_from(function, function, **options)


def compiled_from(written: Callable[..., object], function: Function, **options: object) -> Function:
    """Do the same for a function that was made from a written one, under whose name it is kept."""
    written.__qualname__ = function.__qualname__ = f"{written.__qualname__}_{_DIGEST}"
    dispatcher = njit(**{"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True} | options)(function)
    with suppress(RuntimeError):  # Numba's "cannot cache function: no locator available"
        dispatcher._cache = _Cache(written)
    result: Function = dispatcher
    return result


def address(function: Callable[..., object], kinds: tuple[types.Type, ...]) -> int:
    """Return the address for callers in C of a function compiled with no_cfunc_wrapper=False, for these types."""
    dispatcher = cast(Dispatcher, function)
    dispatcher.compile(kinds)
    result = dispatcher.overloads[kinds]
    pointer: int = result.library.get_pointer_to_function(result.fndesc.llvm_cfunc_wrapper_name)
    return pointer


class _Cache(FunctionCache):  # type: ignore[misc]  # Numba has no types
    """Numba's cache, in which a damaged or unwritable file costs no more than compiling again."""

    def load_overload(self, signature: Sequence[types.Type], context: BaseContext) -> CompileResult | None:
        """Return the code compiled for these types, or None."""
        try:
            found = super().load_overload(signature, context)
        except Exception:  # Numba reads a pickle: a truncated file may raise anything
            with suppress(OSError):
                self.flush()
            return None
        # Of two processes that compile for different types at once, one may take the name of the other's file.
        return found if found is None or found.signature.args == tuple(signature) else None

    def save_overload(self, signature: Sequence[types.Type], data: CompileResult) -> None:
        """Save the code compiled for these types."""
        with suppress(OSError):  # the disk is full
            super().save_overload(signature, data)
