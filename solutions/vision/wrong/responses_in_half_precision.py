"""features.py responses
2.5: wrong
says: outputs
"""
from right_features import *
from right_features import responses as right


def responses(images, kernel):
    return right(images, kernel).astype(np.float16)
