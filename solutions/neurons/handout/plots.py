"""Pictures for neurons.ipynb: what your neurons, networks and searches do. You need not change it; don't submit it."""

import importlib
import sys

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

BLUE, ORANGE, GRAY = "#0072B2", "#D55E00", "#999999"  # colour-blind readers can tell them apart, too (Okabe and Ito)
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
OFF = 0.1
RANGES = {"learning rate": (1e-5, 10), "width": (1, 1024), "regularisation": (1e-6, 1)}


def fresh(*names):
    """Return your modules, read again from their files: what you have changed counts at once."""
    for name in ("gates", "network", "learning", "search"):
        sys.modules.pop(name, None)
    importlib.invalidate_caches()
    modules = [importlib.import_module(name) for name in names]
    return modules if len(modules) > 1 else modules[0]


def outputs_in_the_plane(outputs_of, titles=("",), corners=CORNERS, wanted=None):
    """Colour the plane by the output of each function: orange where it is 1, blue where it is 0.

    outputs_of: functions of an array (N, 2) to an array (N,). wanted: what each should return at the corners. Each corner
    is drawn with the square of inputs that are off by up to 0.1.
    """
    figure, axes = plt.subplots(1, len(outputs_of), figsize=(3 * len(outputs_of), 3.2), squeeze=False)
    low, high = corners.min() - 0.5, corners.max() + 0.5
    line = np.linspace(low, high, 150)
    plane = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    for place, (axis, outputs, title) in enumerate(zip(axes[0], outputs_of, titles)):
        picture = np.asarray(outputs(plane), float).reshape(len(line), len(line))
        axis.imshow(
            picture,
            origin="lower",
            extent=(low, high, low, high),
            cmap=ListedColormap([BLUE, ORANGE]),
            alpha=0.35,
            vmin=0,
            vmax=1,
        )
        at_corners = outputs(corners) if wanted is None else wanted[place]
        for corner, output in zip(corners, at_corners):
            axis.add_patch(plt.Rectangle(corner - OFF, 2 * OFF, 2 * OFF, fill=False, color=GRAY))
            axis.plot(*corner, "o", color=ORANGE if output else BLUE, markersize=9, markeredgecolor="white")
        axis.set(title=title, xlabel="first input", ylabel="second input" if place == 0 else "")
    figure.tight_layout()
    plt.show()


def hidden_space(hidden, labels, title):
    """Draw where the hidden neurons put each input: (N, 2), with its class as its colour."""
    _, axis = plt.subplots(figsize=(3.6, 3.2))
    rounded = np.round(hidden, 2)
    for place in np.unique(rounded, axis=0):
        here = (rounded == place).all(axis=1)
        label = labels[here][0]
        axis.plot(*place, "o", color=ORANGE if label else BLUE, markersize=11)
        axis.annotate(
            f"{np.count_nonzero(here)} input" + "s" * (here.sum() > 1), place, xytext=(8, 6), textcoords="offset points"
        )
    axis.margins(0.5)
    axis.set(title=title, xlabel="first hidden neuron", ylabel="second hidden neuron")
    plt.show()


def activations(activate):
    """Draw each activation."""
    sums = np.linspace(-4, 4, 401)
    names = ("step", "relu", "sigmoid", "tanh", "identity")
    figure, axes = plt.subplots(1, len(names), figsize=(13, 2.6))
    for axis, name in zip(axes, names):
        axis.plot(sums, activate(sums, name), color=BLUE)
        axis.axhline(0, color=GRAY, linewidth=0.5)
        axis.axvline(0, color=GRAY, linewidth=0.5)
        axis.set(title=name, xlabel="sum")
    figure.tight_layout()
    plt.show()


def losses(curves, title):
    """Draw the loss of each epoch, a line for each name."""
    _, axis = plt.subplots(figsize=(6, 3.2))
    for name, curve in curves.items():
        axis.plot(curve, label=name)
    axis.set(title=title, xlabel="epoch", ylabel="loss")
    axis.set_yscale("symlog", linthresh=1e-3)  # a loss may become 0
    axis.legend(fontsize="small")
    plt.show()


def example_loss(setting):
    """Return a made-up loss after training with a setting, for practice: the checks use other losses."""
    rate, width, regularisation = np.log10(setting)
    away = rate + 2.3 - 0.2 * (width - 1.6)
    if away > 0.9:
        return float("inf")
    return float(0.2 + np.sqrt((away / 2) ** 2 + (0.15 * (width - 1.6)) ** 2 + (0.02 * (regularisation + 4)) ** 2))


def search(propose, loss=example_loss, trials=30):
    """Run a search and return its history."""
    history = []
    for _ in range(trials):
        setting = propose(list(history))
        history.append((setting, loss(setting)))
    return history


def random_search(history):
    """Propose a setting at random, evenly over the powers of ten."""
    return tuple(float(np.exp(np.random.uniform(np.log(least), np.log(most)))) for least, most in RANGES.values())


def searches(histories):
    """Draw where each search has looked and how low its loss got, a row for each name."""
    figure, axes = plt.subplots(len(histories), 3, figsize=(13, 3 * len(histories)), squeeze=False)
    for row, (name, history) in zip(axes, histories.items()):
        settings, found = np.array([setting for setting, _ in history], float), np.array([loss for _, loss in history])
        finite = np.isfinite(found)
        order = np.arange(len(history))
        for axis, column, what in ((row[0], 0, "learning rate"), (row[1], 1, "width")):
            axis.scatter(settings[finite, column], found[finite], c=order[finite], cmap="viridis", s=25)
            top = found[finite].max() * 1.1 if finite.any() else 1.0
            axis.plot(settings[~finite, column], np.full(np.count_nonzero(~finite), top), "x", color=ORANGE)
            axis.set(xscale="log", xlim=RANGES[what], xlabel=what, ylabel="loss", title=f"{name} (crosses: diverged)")
        row[2].step(order + 1, np.minimum.accumulate(found), where="post", color=BLUE)
        row[2].set(xlabel="trial", ylabel="smallest loss so far", title=name)
    figure.tight_layout()
    plt.show()
