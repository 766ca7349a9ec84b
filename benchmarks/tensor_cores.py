"""How exact products on tensor cores are, compared with float32: the table of docs/kernels.md. Needs no GPU.

    .venv/bin/python -m benchmarks.tensor_cores

Tensor cores are those of kernels/cuda/simulated_mma.py, which cut off as an A100's and an H100's do, compared with ones
that would round to nearest. Each error is the largest of 2,048 dot products of n numbers, against float64, in units of
2 ** -23 of the sum of the products' absolute values.
"""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.markdown import fill, table
from kernels.cuda.simulated_mma import AMPERE, HOPPER, TF32, multiply_add

PAGE = Path(__file__).resolve().parents[1] / "docs" / "kernels.md"
EPS32 = np.finfo(np.float32).eps
TERMS = 27, 576, 4608  # 3 x 3 kernels of 3, 64 and 512 channels
TILES, CHANNELS = 16, 8

Product = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]  # A B + C


def rounded_product(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Return A B + C of a tensor core that would round to nearest."""
    return (a.astype(float) @ b.astype(float) + c).astype(np.float32)


def split(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return float32 values as large and small TF32, as kernels/cuda/convolution/tensor_cores.py does."""
    large = ((values.view(np.uint32) + np.uint32(0x1000)) & TF32).view(np.float32)
    return large, ((values - large).view(np.uint32) & TF32).view(np.float32)


def steps(a: np.ndarray, b: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (..., 16, n) and (..., n, 8) in steps of eight channels, filled up with zeros."""
    missing = [(0, 0), (0, 0), (0, -a.shape[-1] % CHANNELS)]
    a, b = np.pad(a, missing), np.swapaxes(np.pad(np.swapaxes(b, 1, 2), missing), 1, 2)
    return [(a[..., k : k + CHANNELS], b[:, k : k + CHANNELS]) for k in range(0, a.shape[-1], CHANNELS)]


def three_products(a: np.ndarray, b: np.ndarray, product: Product, outside: bool = True) -> np.ndarray:
    """Return A B by 3xTF32. outside: whether sums of eight channels are added outside the tensor core."""
    total = np.zeros((TILES, 16, 8), np.float32)
    for left, right in steps(a, b):
        (large_left, small_left), (large_right, small_right) = split(left), split(right)
        sums = product(small_left, large_right, np.zeros_like(total) if outside else total)
        sums = product(large_left, large_right, product(large_left, small_right, sums))
        total = total + sums if outside else sums
    return total


def one_product(a: np.ndarray, b: np.ndarray, product: Product) -> np.ndarray:
    """Return A B by the large parts alone: what frameworks call TF32."""
    total = np.zeros((TILES, 16, 8), np.float32)
    for left, right in steps(a, b):
        total = total + product(split(left)[0], split(right)[0], np.zeros_like(total))
    return total


def in_order(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return A B in float32, one product after the other, each product and sum rounded at once as a GPU does."""
    total = np.zeros((TILES, 16, 8), np.float32)
    for k in range(a.shape[-1]):
        total = (a[..., k, None].astype(float) * b[:, None, k] + total).astype(np.float32)
    return total


def pairwise(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return A B in float32, products added in pairs, their sums in pairs, and so on."""
    parts = np.swapaxes(a, 1, 2)[..., None] * b[:, :, None]
    while parts.shape[1] > 1:
        parts = np.pad(parts, [(0, 0), (0, parts.shape[1] % 2), (0, 0), (0, 0)])
        parts = parts[:, ::2] + parts[:, 1::2]
    return parts[:, 0]


AMPERES, HOPPERS = partial(multiply_add, kept=AMPERE), partial(multiply_add, kept=HOPPER)
WAYS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "TF32, one product": partial(one_product, product=HOPPERS),
    "3xTF32, all added by tensor cores (H100)": partial(three_products, product=HOPPERS, outside=False),
    "this rung (A100)": partial(three_products, product=AMPERES),
    "this rung (H100)": partial(three_products, product=HOPPERS),
    "this rung, if tensor cores rounded": partial(three_products, product=rounded_product),
    "float32 in order": in_order,
    "float32 pairwise": pairwise,
}


def error(way: Callable, a: np.ndarray, b: np.ndarray) -> float:
    """Return the largest error of a way to compute A B, in units."""
    exact, scale = (x.astype(float) @ y.astype(float) for x, y in ((a, b), (abs(a), abs(b))))
    return float((abs(way(a, b) - exact) / (EPS32 * scale)).max())


def errors() -> str:
    """Return the table."""
    rows = []
    for terms in TERMS:
        for data in ("normal", "positive"):
            random = np.random.default_rng(terms)
            a, b = (random.normal(size=shape).astype(np.float32) for shape in ((TILES, 16, terms), (TILES, terms, 8)))
            if data == "positive":
                a, b = abs(a), abs(b)
            found = [error(way, a, b) for way in WAYS.values()]
            cells = [f"{units:,.0f}" if units >= 100 else f"{units:.3g}" for units in found]
            rows.append([f"{terms:,}, {data}", f"{8 + 2 * terms**0.5:.0f}", *cells])
    return table(["n, data", "tolerance", *WAYS], rows)


def main() -> None:
    """Fill the page."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    PAGE.write_text(fill(PAGE.read_text(), {"tensor-cores": errors}))


if __name__ == "__main__":
    main()
