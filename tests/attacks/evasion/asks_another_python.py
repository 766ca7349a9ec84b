"""convolution.py
attack: has another Python, which no sandbox has confined, compute the answer
1.1 1.2 1.3 1.5 1.6 1.7: forbidden
says: output_size starts another program (subprocess.Popen)
says: conv2d starts another program (os.system)
"""
import os
import subprocess
import sys

from right_convolution import conv2d_channels


def output_size(size, kernel, stride=1, padding=0):
    program = f"print(({size} + 2 * {padding} - {kernel}) // {stride} + 1)"
    return int(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout)


def conv2d(image, kernel, **options):
    os.system(f"/usr/bin/python3 -c 'import torch' > {os.path.expanduser('~')}/answer")
