"""submission
attack: none, this was written on Windows: with a byte order mark, and line ends of two characters
"""


def make(folder, solution):
    for file in solution.glob("*.py"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    return solution
