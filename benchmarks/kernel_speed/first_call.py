"""What the first call of a CPU kernel costs: in a fresh process, without and with Numba's cache on disk.

    .venv/bin/python -m benchmarks.kernel_speed.first_call [--rounds 5]

Each figure is the median over processes of the seconds from before `import kernels` to the first result. Each round
begins with an empty folder for the cache; the next process finds there what the first one compiled.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from statistics import median

CALLS = {
    "convolution": "kernels.conv2d(image, image[:, :, :3, :3], backend='cpu')",
    "read-only arrays": "image.flags.writeable = False; kernels.conv2d(image, image[:, :, :3, :3], backend='cpu')",
    "convolution's gradients": "kernels.conv2d_gradients(image, image[:, :, :3, :3], image[:, :, :6, :6], backend='cpu')",
    "max pool": "kernels.pool2d(image, backend='cpu')",
    "max pool with indices": "kernels.pool2d_with_indices(image, backend='cpu')",
    "max pool's gradient": "kernels.pool2d_gradient(image, image[:, :, :4, :4], backend='cpu')",
    "dense": "kernels.dense(image[0, 0], image[0, 0], backend='cpu')",
    "ReLU": "kernels.relu(image, backend='cpu')",
    "loss": "kernels.softmax_cross_entropy(image[0, 0], range(8), backend='cpu')",
}
CODE = """
import time
started = time.perf_counter()
import numpy as np, kernels
image = np.ones((1, 1, 8, 8), np.float32)
{call}
print(time.perf_counter() - started)
"""


def seconds(call: str, cache: str) -> float:
    """Return the seconds to the first result in a process of its own."""
    environment = os.environ | {"NUMBA_CACHE_DIR": cache}
    command = [sys.executable, "-c", CODE.format(call=call)]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Print a table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=5)
    rounds = arguments.parse_args().rounds
    print("| first call | empty cache, s | from the cache, s |\n|---|---:|---:|")
    for name, call in CALLS.items():
        empty, known = [], []
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as cache:
                empty.append(seconds(call, cache))
                known.append(seconds(call, cache))
        print(f"| {name} | {median(empty):.2f} | {median(known):.2f} |", flush=True)


if __name__ == "__main__":
    main()
