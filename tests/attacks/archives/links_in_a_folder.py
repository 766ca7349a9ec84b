"""submission
attack: convolution.py is a link to a secret, and other links lead to /etc and to where the results are written
1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8: missing
says: convolution.py was left out: it is a link or not an ordinary file
"""


def make(folder, solution):
    (solution / "convolution.py").unlink()
    (solution / "convolution.py").symlink_to(folder / "secret")
    (solution / "etc").symlink_to("/etc")
    (solution / "results").symlink_to(folder / "results")
    return solution
