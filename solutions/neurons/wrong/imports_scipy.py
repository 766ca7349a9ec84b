"""network.py
2.1 2.2 2.3 2.4 2.5 2.6 2.7 2.8 2.9: forbidden
says: imports scipy
"""
from right_network import *

from scipy.special import softmax
