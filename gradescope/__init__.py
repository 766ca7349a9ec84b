"""Gradescope: build what it receives, and run there. Source: gradescope-autograders.readthedocs.io.

`build.py` makes autograder.zip on the instructor's machine, and `harness.py` tries it there. `run.py` runs on Gradescope.
"""

# What students read when we fail.
OURS = "The autograder itself failed. This is not your fault: please tell your instructor."
