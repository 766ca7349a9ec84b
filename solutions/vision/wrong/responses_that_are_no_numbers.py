"""features.py responses
2.2 2.5: wrong
says: The right answer has no NaN and no infinity
"""
from right_features import *
from right_features import responses as right


def responses(images, kernel):
    answer = right(images, kernel)
    answer[0, 0, 0] = np.nan
    return answer
