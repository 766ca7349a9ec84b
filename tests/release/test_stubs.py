"""Stubs: what is marked vanishes, everything else stays."""

import pytest

from autograder.stubs import stub

MASTER = '''"""Text."""

import numpy as np
# BEGIN SOLUTION
import math
# END SOLUTION


def double(x):
    """Return twice x."""
    # BEGIN SOLUTION
    return x * 2
    # END SOLUTION


class Net:
    def forward(self):
        # BEGIN SOLUTION
        return secret
        # END SOLUTION


# BEGIN SOLUTION
def helper():
    return 1
# END SOLUTION
'''

STUB = '''"""Text."""

import numpy as np


def double(x):
    """Return twice x."""
    raise NotImplementedError


class Net:
    def forward(self):
        raise NotImplementedError
'''


def test_marked_lines_vanish():
    assert stub(MASTER) == STUB


@pytest.mark.parametrize(
    ("master", "message"),
    [
        ("# BEGIN SOLUTION\nx = 1\n", "line 1: # BEGIN SOLUTION never ends"),
        ("# END SOLUTION\n", "line 1: # END SOLUTION without # BEGIN SOLUTION"),
        ("# BEGIN SOLUTION\n# BEGIN SOLUTION\n", "line 2: # BEGIN SOLUTION, but the one in line 1 has not ended"),
        ("x = 1  # BEGIN SOLUTION\n", "line 1: a marker must have its own line"),
    ],
)
def test_markers_that_do_not_pair_up(master, message):
    with pytest.raises(ValueError, match=message):
        stub(master)
