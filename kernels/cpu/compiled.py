"""Numba's compiler, with a cache on disk that can be trusted."""

import hashlib
from functools import partial
from pathlib import Path

from numba import njit

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
    compiler = partial(njit, nogil=True, error_model="numpy", no_cfunc_wrapper=True, **options)
    try:
        return compiler(cache=True)(function)
    except RuntimeError:  # Numba's "cannot cache function: no locator available"
        return compiler(function)
