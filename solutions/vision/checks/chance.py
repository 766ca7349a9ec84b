"""How often something may happen by chance."""

import numpy as np

UNLIKELY = 1e-12


def likely(draws: int, probability: float) -> tuple[int, int]:
    """Return the least and the largest number of successes in this many independent draws.

    Fewer than the least, or more than the largest, have a probability of at most 10^-12 each.
    """
    counts = np.arange(draws)
    odds = np.log(draws - counts) - np.log(counts + 1) + np.log(probability) - np.log1p(-probability)
    chances = np.exp(draws * np.log1p(-probability) + np.cumsum([0.0, *odds]))
    least, most_from_the_end = (int((np.cumsum(each) <= UNLIKELY).sum()) for each in (chances, chances[::-1]))
    return least, draws - most_from_the_end
