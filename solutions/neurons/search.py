"""Part 4: hyperparameters.

The learning rate, the number of neurons and the strength of the regularisation are not learned: you have to choose them.
Each try costs a whole training, so a search can make only a few. Use Python and NumPy.
"""

import numpy as np


def propose(history):
    """Return the setting that a search should try next: a tuple (rate, width, regularisation).

    rate: the learning rate, a number from 0.00001 to 10. width: the neurons of the hidden layer, an integer from 1 to 1024.
    regularisation: a number from 0.000001 to 1.

    history: a list of the trials so far, the first one first. Each is a tuple (setting, loss): a setting that was proposed,
    and the loss of the network that was trained with it, a number; infinity if the training diverged. A search has 30
    trials, then the setting with the smallest loss is taken.

    Good settings differ from task to task by powers of ten. The rate matters most, and beyond a certain rate every training
    diverges. Losses are a little noisy. Several searches run at the same time, so all that you need to know must come from
    the history: keep nothing in global variables. You may use random numbers.

    >>> rate, width, regularisation = propose([])
    >>> 1e-5 <= rate <= 10 and 1 <= width <= 1024 and 1e-6 <= regularisation <= 1
    True
    """
    # BEGIN SOLUTION
    random = np.random.default_rng(len(history))
    if len(history) < EXPLORING:
        return _setting(random.uniform(LEAST, MOST))
    best, _ = min(history, key=lambda trial: trial[1])
    reach = (MOST - LEAST) * WIDEST * NARROWING ** (len(history) - EXPLORING)
    return _setting(np.clip(random.normal(np.log10(best), reach), LEAST, MOST))
    # END SOLUTION


# BEGIN SOLUTION
LEAST, MOST = np.array([-5, 0, -6]), np.log10([10, 1024, 1])  # powers of ten
EXPLORING = 8  # trials anywhere; all later ones are near the best so far, ever nearer
WIDEST, NARROWING = 0.2, 0.9


def _setting(powers):
    rate, width, regularisation = 10.0**powers
    return float(rate), round(width), float(regularisation)


# END SOLUTION
