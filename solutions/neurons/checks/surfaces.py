"""Losses as functions of learning rate, width and regularisation, and how well random search does on them.

Settings are points of a cube whose axes are logarithmic, from the smallest value, 0, to the largest, 1. The loss grows with
the distance from the best setting, which can be nearly anywhere; the rate counts most, its best value moves with the width,
and not far beyond it every training diverges.
"""

from dataclasses import dataclass

import numpy as np

LEAST, MOST = np.array([1e-5, 1.0, 1e-6]), np.array([10.0, 1024.0, 1.0])
TRIALS = 30
RANDOM_SEARCHES = 200  # for each surface
NOISE = 0.001  # times the slope: how losses differ when nearly the same setting is tried again


@dataclass(frozen=True)
class Surface:
    """The losses of one task."""

    best: np.ndarray  # (3,), in the cube
    steepness: np.ndarray  # (3,), along each axis
    tilt: float  # how far the best rate moves with the width
    cliff: float  # how far beyond the best rate training diverges
    floor: float
    slope: float

    def losses(self, places):
        """Return the losses without noise: (..., 3) -> (...)."""
        away = places - self.best
        away[..., 0] -= self.tilt * away[..., 1]
        losses = self.floor + self.slope * np.sqrt(((self.steepness * away) ** 2).sum(axis=-1))
        return np.where(away[..., 0] > self.cliff, np.inf, losses)

    def noise(self, random, *shape):
        """Draw the noise of trials."""
        return NOISE * self.slope * random.normal(size=shape)


def draw(random):
    """Draw a surface."""
    return Surface(
        best=random.uniform([0.05, 0.05, 0.05], [0.92, 0.95, 0.95]),
        steepness=np.array([1.0, random.uniform(0.15, 0.3), random.uniform(0.01, 0.04)]),
        tilt=random.uniform(-0.15, 0.15),
        cliff=random.uniform(0.06, 0.2),
        floor=random.uniform(0.05, 0.5),
        slope=random.uniform(1.0, 5.0),
    )


def place(setting):
    """Return the places of settings in the cube: (..., 3) -> (..., 3)."""
    return np.log(np.asarray(setting, float) / LEAST) / np.log(MOST / LEAST)


def setting(places):
    """Return the setting at a place, a tuple (rate, width, regularisation)."""
    rate, width, regularisation = (LEAST * (MOST / LEAST) ** places).tolist()
    return rate, round(width), regularisation


def beaten(surface, loss, random):
    """Return the share of random searches that end with a larger loss; those with the same loss count half."""
    losses = surface.losses(random.uniform(size=(RANDOM_SEARCHES, TRIALS, 3)))
    seen = losses + surface.noise(random, RANDOM_SEARCHES, TRIALS)
    ends = losses[np.arange(RANDOM_SEARCHES), seen.argmin(axis=1)]
    return float((ends > loss).mean() + (ends == loss).mean() / 2)
