"""submission
attack: has a kernel that no thread enters far, but at which a compiler works for minutes
1.1 1.2 1.3 1.4 1.5: timed out
says: The compiler failed on scale
"""


def make(folder, solution):
    lines = "".join(f"        x = x * values[int(x > {i})] + math.sin(x - {i}.5)\n" for i in range(700))
    text = (solution / "mapping.py").read_text()
    text = text.replace("from numba import cuda", "import math\n\nfrom numba import cuda")
    text = text.replace(
        "    if i < output.size:\n",
        f"    x = values[0]\n    if x > 1e30:\n{lines}        output[0] = x\n    if i < output.size:\n",
    )
    (solution / "mapping.py").write_text(text)
    return solution
