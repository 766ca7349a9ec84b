"""convolution.py
attack: a page's script in the text of an exception, and in what is printed before it
1.3: crashed
says: conv2d raised ValueError
never: <script>alert
never: <img src
"""
import right_convolution
from right_convolution import *


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value == 5.0:
        print("</pre></details><img src=x onerror=alert(1)>")
        raise ValueError("</p><script>alert(document.cookie)</script>{{ report.seed }}")
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
