"""features.py responses
2.2 2.5: wrong
says: NaN or infinity is never right here
"""
from right_features import *
from right_features import responses as right


def responses(images, kernel):
    answer = right(images, kernel)
    answer[0, 0, 0] = np.nan
    return answer
