"""submission
attack: has a kernel without parameters, and a host function where the kernel should be
1.1 1.2 1.3 1.4 1.5: crashed
2.1 2.2 2.3 2.4 2.5: crashed
says: takes 0 arguments
says: is not a kernel
"""


def make(folder, solution):
    (solution / "mapping.py").write_text(
        "from numba import cuda\n\n\n@cuda.jit\ndef scale():\n    pass\n\n\ndef launch_scale(size):\n    return 1, 1\n"
    )
    (solution / "indexing.py").write_text(
        "def darken(image, level, output):\n    pass\n\n\ndef launch_darken(height, width):\n    return 1, 1\n"
    )
    return solution
