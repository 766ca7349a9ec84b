"""convolution.py
attack: headings, a link and a picture in Markdown, which would tell the attacker who reads the report
1.3: crashed
says: conv2d raised ValueError
never: <h1>Passed
never: src="http
never: href="http
"""
import right_convolution
from right_convolution import *

TEXT = """

# Passed

[4/4](http://127.0.0.1:@PORT@/link) ![](http://127.0.0.1:@PORT@/picture.png)

| 1.3 | passed |
|-----|--------|
"""


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value == 5.0:
        print(TEXT)
        raise ValueError(TEXT)
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
