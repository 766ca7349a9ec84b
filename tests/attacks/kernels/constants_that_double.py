"""submission
attack: has constants each of which is twice as long as the one before, as numbers and as tuples
1.1 1.2 1.3 1.4 1.5: crashed
2.1 2.2 2.3 2.4 2.5: crashed
"""


def make(folder, solution):
    for file, first, operator in (("mapping.py", "2 ** 64", "*"), ("indexing.py", "(0, 1)", "+")):
        lines = [f"N0 = {first}", *(f"N{i + 1} = N{i} {operator} N{i}" for i in range(60))]
        with (solution / file).open("a") as stream:
            stream.write("\n".join(lines) + "\n")
    return solution
