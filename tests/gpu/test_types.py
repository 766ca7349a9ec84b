"""A variable has one type where paths meet, whichever way a thread came: as Numba's inference finds it."""

import numpy as np
import pytest
from numba import njit

from gpu.faults import KernelError
from gpu.machine.launch import Blank, Order, launch
from gpu.machine.program import read

HEAD = "import math\nimport numpy as np\nfrom numba import cuda, float32, float64, int32, int64, uint32\n\n"
VALUES = np.random.default_rng(0).normal(size=64).astype(np.float32)
PICK = """
@cuda.jit(device=True)
def pick(values, i):
    if i < 32:
        return 0.25
    return values[i]

"""
# What sets `result`, given values and i; float32 and float64 products differ in their last bits.
BODIES = {
    "a literal for some, float32 for others": "x = 0.5\nif i >= 32:\n    x = values[i]\nresult = x * values[0]",
    "within its branch a variable keeps its type": (
        "x = 0.5\nresult = 0.0\nif i >= 32:\n    x = values[i]\n    result = x * values[0]"
    ),
    "an integer total of floats": "result = 0\nfor j in range(3):\n    result += values[j]",
    "a total of float32": "result = float32(0)\nfor j in range(3):\n    result += values[j] * values[i]",
    "a variable with a new meaning": "j = values[i] * 0.5\nj = i // 2\nresult = values[j]",
    "what a function returns": "result = pick(values, i) * values[0]",
    "a choice in an expression": "result = (values[i] if i >= 32 else 0.25) * values[0]",
    "a loop left early by some": (
        "x = values[i]\nwhile True:\n    if i >= 32:\n        break\n    x = 0.25\n    break\nresult = x * values[0]"
    ),
    "a loop gone on with early": (
        "x = values[i]\nfor j in range(i % 3):\n    if j == 1:\n        x = 0.25\n        continue\n"
        "    x = x * values[1]\nresult = x * values[0]"
    ),
    "loops in loops": (
        "x = values[i]\nfor j in range(i % 3):\n    for k in range(j):\n        x = x * 0.5\n"
        "    if i > 40:\n        y = x\n    else:\n        y = values[j]\n    x = y * values[1]\nresult = x * values[0]"
    ),
    "and, or": "result = ((i > 3) * values[i] or 0.25) * values[0]",
}


def outputs(body, before="", order=Order.TOGETHER):
    """Return what 64 threads write, for a kernel that sets `result`."""
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    kernel = f"@cuda.jit\ndef kernel(values, output):\n    i = cuda.grid(1)\n{lines}\n    output[i] = result\n"
    output = np.zeros(64, np.float64)
    launch(read(f"{HEAD}{before}{kernel}", "kernels.py").functions["kernel"], 1, 64, [VALUES, Blank(output)], order=order)
    return output.tolist()


@pytest.mark.parametrize("name", BODIES)
def test_types_are_those_that_numba_infers_in_every_order_of_threads(name):
    body, scope = BODIES[name], {"njit": njit, "np": np, "float32": np.float32}
    before = PICK if "pick" in body else ""
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    before_njit = before.replace("@cuda.jit(device=True)", "@njit")
    exec(f"{before_njit}\n@njit\ndef compute(values, i):\n{lines}\n    return result\n", scope)
    computed = [float(scope["compute"](VALUES, i)) for i in range(64)]
    for order in Order:
        assert outputs(body, before, order) == computed


@pytest.mark.parametrize(
    "body",
    [
        "x = 1\nif i > 300:\n    x = (1, 2)\nresult = 0",
        "x = values\nif i > 300:\n    x = 1\nresult = 0",
        "x = 1 if i > 300 else values\nresult = 0",
        "if i > 300:\n    x = values[i * 0.5]\nresult = 0",
        "if i > 300:\n    x = values[0, 0]\nresult = 0",
    ],
)
def test_what_numba_refuses_is_an_error_even_where_no_thread_goes(body):
    with pytest.raises(KernelError, match=r"of one kind on one path and of another|is used with"):
        outputs(body)


def test_arrays_may_change_places():
    body = "one, other = values, values\nfor j in range(3):\n    one, other = other, one\nresult = one[i] + 0.0"
    assert outputs(body) == VALUES.astype(float).tolist()
