"""Run your kernels on a real GPU: are they right there, too, and how fast? It is provided; don't submit it."""

import importlib
import sys
from functools import cache, partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

try:
    from numba import config, cuda

    config.CUDA_LOW_OCCUPANCY_WARNINGS = 0  # some launches are meant to be small
except ImportError:
    cuda = None  # at home, without Numba
try:
    import torch
except ImportError:
    torch = None

REPEATS = 20
WARM_UP = 3
# From NVIDIA's data sheets: bytes of memory traffic and float32 operations a second, both in billions.
CARDS = {
    "T4": (320, 8_100),
    "L4": (300, 30_300),
    "P100": (732, 9_300),
    "V100": (900, 15_700),
    "A100": (1_555, 19_500),
    "H100": (3_350, 67_000),
    "H200": (4_800, 67_000),
}
OURS = {}  # milliseconds that our own solution takes, by card and kernel: {("T4", "convolve"): 1.5}


def obstacle():
    """Return why kernels cannot run on a GPU here, or "" if they can."""
    if cuda is None:
        return "Numba isn't installed here"
    if not cuda.is_available():
        return "there is no NVIDIA GPU here (on Colab: Runtime, Change runtime type, T4 GPU)"
    return _trouble()


@cache
def _trouble():
    """Return why Numba cannot compile for this GPU, or "" if it can: its compiler may be too new for the GPU's driver."""

    @cuda.jit
    def touch(values):
        values[0] = 1

    try:
        touch[1, 1](cuda.device_array(1, np.float32))
        cuda.synchronize()
    except Exception as error:
        return (
            f"Numba cannot compile for this GPU ({type(error).__name__}). In a new cell, run "
            "`%pip install numba-cuda[cu12]`, then choose Runtime, Restart session"
        )
    return ""


def show_card():
    """Print which GPU this is and what it can do, or what works without one."""
    if reason := obstacle():
        print(f"Your kernels cannot run on a GPU: {reason}. The checks don't need one; cells that do will say so.")
        return
    name, model = _card()
    if model in CARDS:
        print("{}: at most {:,} GB and {:,} billion operations a second.".format(name, *CARDS[model]))
    else:
        print(f"{name}: practice.py does not know its limits.")


def run(name, kernel, sizes, *arguments, shape):
    """Run a kernel once on the GPU and return its output, NaN where nothing was written; None if it cannot run.

    name: the file, without .py. sizes: the arguments of launch_.... arguments: those of the kernel, except the output,
    which has this shape.
    """
    launch, output = _prepared(name, kernel, sizes, arguments, shape)
    if not launch:
        return None
    launch()
    return output.copy_to_host()


def measure(name, kernel, sizes, *arguments, expected, moved, operations=0, by_torch=None):
    """Run a kernel on the GPU; print whether it is right, how long it takes, and how close that is to the card's limit.

    moved: the bytes that any kernel must read from the GPU's memory or write to it. operations: how many
    multiplications and additions it takes. by_torch: a function that does the same with PyTorch's tensors.
    """
    launch, output = _prepared(name, kernel, sizes, arguments, expected.shape)
    if not launch:
        return
    launch()
    wrong = ~np.isclose(output.copy_to_host(), expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())
    if wrong.any():
        place = ", ".join(map(str, np.argwhere(wrong)[0]))
        print(f"{kernel}: {wrong.mean():.1%} of the numbers are wrong, the first at [{place}]. Run the checks.")
        return
    card, model = _card()
    seconds = _seconds(launch, cuda.event)
    print(f"{kernel} on a {card}: right")
    print(f"    yours     {1e3 * seconds:9.3f} ms  {_rates(seconds, moved, operations)}")
    ours = OURS.get((model, kernel))
    print(f"    ours      {ours:9.3f} ms" if ours else "    ours      not yet measured on this card")
    if by_torch and torch and torch.cuda.is_available():
        torch.backends.cudnn.allow_tf32 = False  # which would round to 10 bits
        tensors = [torch.as_tensor(each, device="cuda") if isinstance(each, np.ndarray) else each for each in arguments]
        event = partial(torch.cuda.Event, enable_timing=True)
        seconds_of_torch = _seconds(lambda: by_torch(*tensors), event)
        print(f"    PyTorch   {1e3 * seconds_of_torch:9.3f} ms")
    if model in CARDS:
        bandwidth, speed = CARDS[model]
        least, limit = max((moved / bandwidth, "memory"), (operations / speed, "arithmetic"))
        print(f"    the limit {1e-6 * least:9.3f} ms  set by {limit}: yours reaches {1e-9 * least / seconds:.0%}")


def convolution(images, kernels, bias, padding):
    """Convolve with NumPy: (C, H, W), (K, C, KH, KW), (K,) -> (K, OH, OW)."""
    padded = np.pad(images, [(0, 0), (padding, padding), (padding, padding)])
    windows = sliding_window_view(padded, kernels.shape[2:], axis=(1, 2))
    return np.tensordot(kernels, windows, axes=[(1, 2, 3), (0, 3, 4)]) + bias[:, None, None]


def _prepared(name, kernel, sizes, arguments, shape):
    """Return a function that launches the kernel, and its output on the GPU; None twice if it can't run, and say why."""
    if reason := obstacle():
        print(f"{kernel} was not run: {reason}.")
        return None, None
    sys.modules.pop(name, None)  # read the file again, with your latest changes
    importlib.invalidate_caches()
    module = importlib.import_module(name)
    try:
        blocks, threads = getattr(module, f"launch_{kernel}")(*sizes)
    except NotImplementedError:
        print(f"launch_{kernel} isn't written yet.")
        return None, None
    arguments = [cuda.to_device(each) if isinstance(each, np.ndarray) else each for each in arguments]
    output = cuda.to_device(np.full(shape, np.nan, np.float32))
    return partial(getattr(module, kernel)[blocks, threads], *arguments, output), output


def _seconds(launch, event):
    """Return how long a launch takes on the GPU, by its own clock, from many launches in a row after some to warm up."""
    for _ in range(WARM_UP):
        launch()
    begin, end = event(), event()
    begin.record()
    for _ in range(REPEATS):
        launch()
    end.record()
    end.synchronize()
    return begin.elapsed_time(end) / 1e3 / REPEATS


def _rates(seconds, moved, operations):
    """Say how much is moved and computed per second."""
    computed = f", {operations / seconds / 1e9:,.0f} billion operations a second" if operations else ""
    return f"{moved / seconds / 1e9:,.0f} GB/s{computed}"


def _card():
    """Return the GPU's name, and which of CARDS it is."""
    name = cuda.get_current_device().name
    name = name.decode() if isinstance(name, bytes) else name
    return name, next((model for model in CARDS if model in name), None)
