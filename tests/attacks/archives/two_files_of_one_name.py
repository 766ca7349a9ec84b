"""submission
attack: a right and a wrong convolution.py in two folders, so that one is shown and the other one graded
1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8: missing
says: there are several files called convolution.py
"""


def make(folder, solution):
    for name in ("first", "second"):
        (solution / name).mkdir()
        (solution / name / "convolution.py").write_text("")
    (solution / "convolution.py").replace(solution / "second" / "convolution.py")
    return solution
