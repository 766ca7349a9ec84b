"""convolution.py
attack: sets the grader's processors and priority, here to what they are
"""
import ctypes
import os

from right_convolution import *
from right_convolution import output_size as right

GRADER = int("@GRADER@")
WAYS = {
    "affinity": lambda: os.sched_setaffinity(GRADER, os.sched_getaffinity(GRADER)),
    "scheduler": lambda: os.sched_setscheduler(GRADER, os.sched_getscheduler(GRADER), os.sched_param(0)),
    "priority": lambda: os.setpriority(os.PRIO_PROCESS, GRADER, os.getpriority(os.PRIO_PROCESS, GRADER)),
}


def output_size(*sizes, **options):
    worked = []
    for name, way in WAYS.items():
        try:
            way()
            worked.append(name)
        except OSError:
            pass
    if worked:
        raise RuntimeError(f"this worked on the grader: {worked}")
    return right(*sizes, **options)
