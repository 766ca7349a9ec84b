"""Build the autograder for Gradescope, and run there. Source: gradescope-autograders.readthedocs.io.

`build.py` makes autograder.zip on the instructor's machine, and `harness.py` tests it there. `run.py` runs on Gradescope.
"""

# What students read if the autograder itself fails.
OURS = "The autograder itself failed. This is not your fault: please tell your instructor."
