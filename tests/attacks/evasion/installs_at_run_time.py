"""convolution.py
attack: installs PyTorch by pip while it is graded
1.1 1.2 1.3 1.5 1.6 1.7: forbidden
says: output_size starts another program (subprocess.Popen)
says: convolution.py imports pip, which this part does not allow
"""
import subprocess
import sys

from right_convolution import conv2d_channels


def output_size(size, kernel, stride=1, padding=0):
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--index-url", "http://127.0.0.1:@PORT@", "torch"])


def conv2d(image, kernel, **options):
    import pip._internal

    pip._internal.main(["install", "--index-url", "http://127.0.0.1:@PORT@", "torch"])
