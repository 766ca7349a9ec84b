"""convolution.py
1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8: crashed
says: ended the program (exit status 0) instead of returning
"""
import os

os._exit(0)
