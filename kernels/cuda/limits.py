"""What the hardware allows of a launch. Source: CUDA C++ Programming Guide, specifications by compute capability."""

MOST_BLOCKS = (2**31 - 1, 65_535, 65_535)  # along the axes of a grid
MOST_THREADS_ALONG = (1_024, 1_024, 64)  # along the axes of a block
MOST_THREADS = 1_024  # in a block
SHARED_BYTES = 48 * 1024  # of a block's shared arrays, on every GPU

Count = int | tuple[int, ...]
Axes = tuple[int, int, int]


def within_limits(blocks: Count, threads: Count) -> tuple[Axes, Axes]:
    """Return a launch's blocks and threads along three axes: `kernel[within_limits(blocks, threads)](...)`.

    Raises ValueError for what no GPU can launch, though Numba's simulator would.
    """
    grid, block = _axes(blocks), _axes(threads)
    for what, sizes, most in (("blocks", grid, MOST_BLOCKS), ("threads of a block", block, MOST_THREADS_ALONG)):
        for axis, size, limit in zip("xyz", sizes, most):
            if not 1 <= size <= limit:
                raise ValueError(f"a launch has 1 to {limit:,} {what} along {axis}, not {size:,}")
    x, y, z = block
    if x * y * z > MOST_THREADS:
        raise ValueError(f"a block has at most {MOST_THREADS:,} threads, not {x} x {y} x {z}")
    return grid, block


def _axes(size: Count) -> Axes:
    sizes = (size,) if isinstance(size, int) else size
    x, y, z = sizes + (1,) * (3 - len(sizes))
    return x, y, z
