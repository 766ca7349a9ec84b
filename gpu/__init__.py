"""A GPU in Python: it runs CUDA kernels written for Numba from their source, and sees what no GPU shows.

    language    which Python a kernel may be written in, and what is said of anything else
    program     a file of kernels, read but never imported; or a kernel that Python has loaded already
    launch      runs a kernel: blocks, warps, threads, barriers, memories
    recording   what one launch did: every access to memory, in order
    races       two threads, one element, nothing between them; found by conflicts
    traffic     warps' requests: the sectors of global memory and the banks of shared memory that they touch
    advice      what a request costs, and how it would cost less
    pictures    a request drawn, as SVG and as text
    compiler    what NVIDIA's compiler makes of a kernel: registers, spills, shared memory

It needs NumPy alone, except for the compiler. Nothing here knows homework.
"""
