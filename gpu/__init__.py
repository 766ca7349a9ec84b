"""A GPU in Python: it runs CUDA kernels written for Numba from their source, and sees what no GPU shows.

    language    which Python a kernel may be written in, and what is said about anything else
    machine     runs a kernel: blocks, warps, threads, barriers, memories
    recording   what one launch did: every access to memory, in order
    faults      what a kernel must never do
    findings    races, and what warps ask of memory
    compiler    what NVIDIA's compiler makes of a kernel: registers, spills, shared memory

It needs only NumPy, except for the compiler. Nothing here knows homework.
"""
