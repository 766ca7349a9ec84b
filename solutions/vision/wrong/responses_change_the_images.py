"""features.py responses
2.2 2.5: wrong
says: changed its argument number 1
"""
from right_features import *
from right_features import responses as right


def responses(images, kernel):
    answer = right(images, kernel)
    images -= images.min()
    return answer
