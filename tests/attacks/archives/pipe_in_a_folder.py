"""submission
attack: convolution.py is a named pipe, and who reads it waits for ever
1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8: missing
says: convolution.py was left out: it is a link or not an ordinary file
"""
import os


def make(folder, solution):
    (solution / "convolution.py").unlink()
    os.mkfifo(solution / "convolution.py")
    return solution
