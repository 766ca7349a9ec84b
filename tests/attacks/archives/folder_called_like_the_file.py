"""submission
attack: convolution.py is a folder, which Python would import as a package
1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8: missing
says: The submission has no file called convolution.py.
"""


def make(folder, solution):
    package = solution / "convolution.py"
    package.rename(solution / "renamed.py")
    package.mkdir()
    (solution / "renamed.py").rename(package / "__init__.py")
    return solution
