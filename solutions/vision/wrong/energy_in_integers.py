"""cost.py training_cost
6.2 6.5: wrong
says: answer[
"""
from right_cost import *
from right_cost import training_cost as right


def training_cost(*arguments, **options):
    return {name: int(value) for name, value in right(*arguments, **options).items()}
