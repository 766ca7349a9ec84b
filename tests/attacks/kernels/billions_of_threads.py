"""submission
attack: launches 2 ** 41 threads, and 2 ** 73, whose number wraps around to less than none
1.1 1.2 1.3 1.4 1.5: timed out
2.1 2.2 2.3 2.4 2.5: timed out
says: threads are launched, but at most
"""


def make(folder, solution):
    for file, function, blocks in (
        ("mapping.py", "launch_scale(size)", "2147483647"),
        ("indexing.py", "launch_darken(height, width)", "(2147483647, 65535, 65535)"),
    ):
        text = (solution / file).read_text().partition(f"def {function}")[0]
        (solution / file).write_text(f"{text}def {function}:\n    return {blocks}, 1024\n")
    return solution
