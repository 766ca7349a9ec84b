"""submission
attack: nests so deeply that a parser, or a walk through the tree, would overflow the stack
1.1 1.2 1.3 1.4 1.5: crashed
2.1 2.2 2.3 2.4 2.5: crashed
says: The file nests more deeply than Python can read.
says: this nests too deeply. Split it up.
"""


def make(folder, solution):
    (solution / "mapping.py").write_text("N = " + "-" * 60_000 + "1\n")
    (solution / "indexing.py").write_text("N = " + "(" * 150 + "1" + ")" * 150 + "\nM = " + "~" * 150 + "1\n")
    return solution
