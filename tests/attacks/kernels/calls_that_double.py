"""submission
attack: has 28 functions each of which calls the next one twice, for the machine and for the compiler
1.1 1.2 1.3 1.4 1.5: timed out
"""


def make(folder, solution):
    functions = "".join(
        f"@cuda.jit(device=True)\ndef f{i}(x):\n    return f{i + 1}(x) + f{i + 1}(-x)\n\n\n" for i in range(28)
    )
    functions += "@cuda.jit(device=True)\ndef f28(x):\n    return x\n\n\n"
    text = (solution / "mapping.py").read_text()
    text = text.replace("@cuda.jit\n", functions + "@cuda.jit\n").replace("values[i] * factor", "f0(values[i] * factor)")
    (solution / "mapping.py").write_text(text)
    return solution
