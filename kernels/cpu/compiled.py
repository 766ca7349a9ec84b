"""Numba's compiler, with a cache on disk that can be trusted."""

import hashlib
from pathlib import Path

from numba import njit

# Numba compiles again when the file of a function changes, but not when a file changes whose functions it calls. The
# folder's digest in the function's name, which names its files in the cache, makes that good.
_SOURCES = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
_DIGEST = hashlib.sha256(_SOURCES).hexdigest()[:16]


def compiled(function=None, *, parallel=False):
    """Compile a function when it is first called, and keep it on disk; parallel runs its prange loops on all cores.

    Where no folder can be written, neither beside the source nor in the user's cache, it is compiled in each process anew.
    """
    if function is None:
        return lambda function: compiled(function, parallel=parallel)
    function.__qualname__ += f"_{_DIGEST}"
    try:
        return njit(cache=True, parallel=parallel)(function)
    except RuntimeError:  # Numba's "cannot cache function: no locator available"
        return njit(parallel=parallel)(function)
