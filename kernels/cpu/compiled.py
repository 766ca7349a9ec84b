"""Numba's compiler, with a cache on disk that can be trusted."""

import hashlib
from contextlib import suppress
from functools import partial
from pathlib import Path

from numba import njit
from numba.core.caching import FunctionCache

# Numba compiles again when the file of a function changes, but not when a file changes whose functions it calls. The
# folder's digest in the function's name, which names its files in the cache, makes that good.
_SOURCES = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
_DIGEST = hashlib.sha256(_SOURCES).hexdigest()[:16]

# For a function that only compiled functions call: without what lets Python and C call it, it compiles quicker.
inner = partial(njit, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)


def compiled(function=None, **options):
    """Compile a function when it is first called, and keep it on disk. It runs without Python's lock: see threads.py.

    Options are Numba's.
    Where no folder can be written, neither beside the source nor in the user's cache, each process compiles it again.
    """
    if function is None:
        return partial(compiled, **options)
    function.__qualname__ += f"_{_DIGEST}"
    dispatcher = njit(nogil=True, error_model="numpy", no_cfunc_wrapper=True, **options)(function)
    with suppress(RuntimeError):  # Numba's "cannot cache function: no locator available"
        dispatcher._cache = _Cache(function)
    return dispatcher


class _Cache(FunctionCache):
    """Numba's cache, where a file that is damaged, or cannot be written, costs no more than compiling again."""

    def load_overload(self, signature, context):
        """Return what was compiled for these types, or None."""
        try:
            found = super().load_overload(signature, context)
        except Exception:  # Numba reads a pickle: half a file may raise anything
            with suppress(OSError):
                self.flush()
            return None
        # Of two processes that compile for different types at once, one may take the name of the other's file.
        return found if found is None or found.signature.args == tuple(signature) else None

    def save_overload(self, signature, data):
        """Keep what was compiled for these types."""
        with suppress(OSError):  # the disk is full
            super().save_overload(signature, data)
