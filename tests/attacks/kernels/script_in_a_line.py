"""mapping.py
attack: puts a script, a terminal's codes and letters that run from right to left into a line that the report shows
all: wrong
says: scale
never: <script>alert
never: <b>bold
"""
from numba import cuda


@cuda.jit
def scale(values, factor, output):
    """<script>alert(1)</script>"""
    i = cuda.grid(1)
    output[i + 1] = values[i] * factor  # <script>alert(2)</script><b>bold</b> ‮ desrever [2J]0;title2J ⁦ 	[link](javascript:alert(3))


def launch_scale(size):
    return (size + 255) // 256, 256
