"""submission
attack: has a kernel that the machine runs at once and at which a compiler works for minutes
1.1 1.2 1.3 1.4 1.5: timed out
"""


def make(folder, solution):
    terms = " + ".join(f"x * {i}.0" for i in range(40))
    lines = "".join(f"            x = math.sin({terms}) ** x\n" for _ in range(100))
    unrolled = "".join(f"{'    ' * (i + 3)}for i{i} in range(7):\n" for i in range(0))
    text = (solution / "mapping.py").read_text().replace("from numba import cuda", "import math\n\nfrom numba import cuda")
    text = text.replace("    if i < output.size:\n", f"    if i < output.size:\n        if i < 0:\n            x = values[i]\n{lines}            output[i] = x\n{unrolled}")
    (solution / "mapping.py").write_text(text)
    return solution
