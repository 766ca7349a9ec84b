"""Work in the background is done before its process ends, one piece at a time."""

import subprocess
import sys

from common import background
from tests.conftest import ROOT

WORK = """
import os, threading
from common import background

goes_on = threading.Event()

def first():
    os.write(1, b"first ")

def second():
    os.write(1, b"begins ")
    goes_on.wait(60)
    os.write(1, b"ends")

background.allow()
background.do(first)
background.do(second)
goes_on.set()
"""


def test_it_is_done_at_once_if_nothing_else_is_allowed():
    done = []
    background.do(lambda: done.append(1))
    assert done == [1]


def test_each_piece_waits_for_the_one_before_and_the_process_for_the_last():
    said = subprocess.run([sys.executable, "-c", WORK], cwd=ROOT, capture_output=True, timeout=50, check=True).stdout
    assert said == b"first begins ends"
