"""cost.py training_cost
6.2 6.5: wrong
says: lacks the key 'grams'
"""
from right_cost import *
from right_cost import training_cost as right


def training_cost(*arguments, **options):
    cost = right(*arguments, **options)
    return {name: cost[name] for name in ("multiply_adds", "joules", "kilowatt_hours")}
