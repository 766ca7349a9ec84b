"""submission
attack: climbs from a type to all classes of Python, and hides names by other letters
1.1 1.2 1.3 1.4 1.5: forbidden
2.1 2.2 2.3 2.4 2.5: forbidden
says: names that begin with __ are Python's own
says: eval cannot be used here
"""


def make(folder, solution):
    with (solution / "mapping.py").open("a") as stream:
        stream.write("\nfrom numba import float32\nSHELL = float32.__class__.__base__.__subclasses__()\n")
    with (solution / "indexing.py").open("a") as stream:
        stream.write("\nSHELL = \uff45val(3)\n")
    return solution
