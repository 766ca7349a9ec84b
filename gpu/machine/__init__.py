"""The machine: it walks through kernels' syntax trees, all threads of a launch together.

program     a file of kernels, read but never imported; or a kernel that Python has loaded already
launch      runs a kernel: blocks, warps, threads, barriers, and the limits of the hardware
interpreter statements and expressions, each carried out by the threads that are active there
types       what Numba's inference finds: a variable has one type where paths meet
frames      one call of a function: its variables
threads     threads that walk together
memories    global, shared and local memory: every access noted and checked
numbers     arithmetic as Numba has it
names       what cuda, math and a few of Python's functions mean
actions     what those do that concern threads or memory
functions   a function that can be run
stand_in    what stands for numba.cuda in modules that Python has loaded
"""
