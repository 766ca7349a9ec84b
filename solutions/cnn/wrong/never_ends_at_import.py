"""convolution.py
1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8: timed out
says: did not finish within
"""
import time

time.sleep(1000)
