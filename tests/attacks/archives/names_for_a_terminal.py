"""submission
attack: names of files that move the cursor, set a title, run a script and are no text at all; the homework itself is right
never: <img src
"""
import os


def make(folder, solution):
    here = os.fsencode(solution)
    os.symlink("convolution.py", here + b"/\x1b]0;title\x07\x1b[2J\x9b\xff\xfe.py")
    os.symlink("convolution.py", here + b"/<img src=x onerror=alert(1)>.py")
    return solution
