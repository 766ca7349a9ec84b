"""Numba's compiler, with a cache on disk that can be trusted."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar, overload

from numba import njit, types
from numba.core.base import BaseContext
from numba.core.caching import FunctionCache
from numba.core.compiler import CompileResult

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


# For a function that only compiled functions call: it compiles faster without entry points for Python and C.
inner: Decorator = partial(njit, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)


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
    dispatcher = njit(nogil=True, error_model="numpy", no_cfunc_wrapper=True, **options)(function)
    with suppress(RuntimeError):  # Numba's "cannot cache function: no locator available"
        dispatcher._cache = _Cache(written)
    result: Function = dispatcher
    return result


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
