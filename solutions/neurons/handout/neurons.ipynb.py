# %% [markdown]
# # Neurons and learning
#
# From one neuron to a network that learns by itself. You write the functions in **gates.py**, **network.py**,
# **learning.py** and **search.py**; this notebook shows what they do, and checks them. It runs on Colab and at home.
# Write one part, save the file, run its cells, go on. Every cell reads your files again, so there is no need to restart
# anything.

# %%
# On Colab the files of the homework have to be uploaded first: the four files that you write, plots.py and check.pyz.
import subprocess
import sys
from pathlib import Path

FILES = ("gates.py", "network.py", "learning.py", "search.py", "plots.py", "check.pyz")
if not all(Path(name).exists() for name in FILES):
    from google.colab import files

    files.upload()

import numpy as np
import plots

# %% [markdown]
# ## 1. A neuron draws a line
#
# A neuron with two inputs fires where `w1 * x1 + w2 * x2` reaches its threshold. Where the sum is equal to the
# threshold there is a line: on one side of it the neuron fires, on the other side it does not. The weights turn the
# line, the threshold moves it. Play with the numbers.

# %%
gates = plots.fresh("gates")
WEIGHTS, THRESHOLD = [1.0, 1.0], 1.5
plots.outputs_in_the_plane(
    [lambda inputs: gates.fires(inputs, WEIGHTS, THRESHOLD)], [f"weights {WEIGHTS}, threshold {THRESHOLD}"]
)

# %% [markdown]
# ## Gates
#
# AND, OR and their opposites are single neurons: a line parts the inputs for which the output is 1 from the others. The
# squares show inputs that are off by up to 0.1. A line that just misses a corner cuts its square: move it away.

# %%
gates = plots.fresh("gates")
TABLES = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NAND": (1, 1, 1, 0), "second input": (0, 1, 0, 1)}
neurons = [gates.gate(outputs) for outputs in TABLES.values()]
plots.outputs_in_the_plane(
    [lambda inputs, neuron=neuron: gates.fires(inputs, *neuron) for neuron in neurons],
    list(TABLES),
    wanted=list(TABLES.values()),
)

# %% [markdown]
# Of the sixteen tables of two inputs, how many can a single neuron compute? Which ones not, and why?

# %%
from itertools import product

tables = list(product((0, 1), repeat=4))
print([outputs for outputs in tables if gates.gate(outputs) is None])

# %% [markdown]
# ## XOR needs a second layer
#
# No line parts the inputs of XOR: (0, 1) and (1, 0) on one side, (0, 0) and (1, 1) on the other. Two lines do it: one
# neuron for each, and a third that combines them. `xor` writes it as a formula, `xor_network` as two layers of weights.

# %%
gates = plots.fresh("gates")
(hidden_weights, hidden_thresholds), (weights, thresholds) = [
    [np.array(each, float) for each in layer] for layer in gates.xor_network()
]


def hidden(inputs):
    return np.stack([gates.fires(inputs, *neuron) for neuron in zip(hidden_weights.T, hidden_thresholds)], axis=1)


plots.outputs_in_the_plane(
    [
        lambda inputs: hidden(inputs)[:, 0],
        lambda inputs: hidden(inputs)[:, 1],
        lambda inputs: gates.fires(hidden(inputs), weights[:, 0], thresholds[0]),
        gates.xor,
    ],
    ["hidden neuron 1", "hidden neuron 2", "xor_network", "xor"],
)

# %% [markdown]
# What do the hidden neurons do for the last one? They move the inputs. Look at where the four inputs are *for the last
# neuron*: two of them now lie on top of each other, and a line parts the classes.

# %%
plots.hidden_space(hidden(plots.CORNERS), np.array([0, 1, 1, 0]), "the inputs as the last neuron gets them")

# %% [markdown]
# ## 2. Dense networks
#
# A step is hard to learn with: a small change of a weight mostly changes nothing. So other activations take its place.
# Which of these have a slope that tells in which direction to go?

# %%
network = plots.fresh("network")
plots.activations(network.activate)

# %% [markdown]
# A dense network is a list of layers. `count_weights` says how many numbers it has to learn.

# %%
network = plots.fresh("network")
random = np.random.default_rng(0)
layers = [
    (random.normal(size=(2, 5)), random.normal(size=5), "tanh"),
    (random.normal(size=(5, 2)), random.normal(size=2), "identity"),
]
print("outputs (logits):", network.forward(plots.CORNERS, layers).round(2).tolist())
print(
    "numbers to learn:",
    network.count_weights([2, 5, 2]),
    "and for 15-10-5-2 without biases:",
    network.count_weights([15, 10, 5, 2], bias=False),
)

# %% [markdown]
# The softmax turns the outputs into probabilities, and the cross-entropy says how bad they are: the less probable the
# right class, the larger the loss. Without care both break where a logit is large.

# %%
logits = np.array([[2.0, 1.0], [0.0, 0.0], [1000.0, -1000.0]])
print(network.softmax(logits).round(3).tolist())
print(
    "loss:",
    network.cross_entropy(logits, np.array([0, 0, 0])),
    "and if the last class is 1:",
    network.cross_entropy(logits, np.array([0, 0, 1])),
)

# %% [markdown]
# ## 3. Learning
#
# The gradient says for every weight how the loss changes with it. Back-propagation finds all of them at once. Is yours
# right? Turn one weight a little in both directions, and see by how much the loss changes: this is slow, but easy to
# believe.

# %%
learning, network = plots.fresh("learning", "network")
inputs, labels = 2 * plots.CORNERS - 1, np.array([0, 1, 1, 0])
layers = learning.initial([2, 4, 2], seed=1)
(by_back_propagation, _), _ = learning.gradients(inputs, labels, layers)
weights, biases, activation = layers[0]
measured = np.zeros_like(weights)
for place in np.ndindex(weights.shape):
    change = np.zeros_like(weights)
    change[place] = 1e-5
    above, below = (
        network.cross_entropy(network.forward(inputs, [(weights + sign * change, biases, activation), *layers[1:]]), labels)
        for sign in (1, -1)
    )
    measured[place] = (above - below) / 2e-5
print("by back-propagation:", by_back_propagation.round(5).tolist())
print("measured:           ", measured.round(5).tolist())

# %% [markdown]
# Now XOR again, but nobody sets the weights: the network finds them. Several random starts, one line for each.

# %%
learning = plots.fresh("learning")
trainings = {
    f"seed {seed}": learning.train(learning.initial([2, 4, 2], seed), inputs, labels, rate=0.5, epochs=500)
    for seed in range(5)
}
plots.losses({name: found for name, (_, found) in trainings.items()}, "XOR from random weights")

# %% [markdown]
# What has it learned? The plane, coloured by the class that the network chooses. Is it the solution that you would have
# chosen?

# %%
network = plots.fresh("network")
plots.outputs_in_the_plane(
    [lambda inputs, layers=layers: network.forward(inputs, layers).argmax(axis=1) for layers, _ in trainings.values()],
    list(trainings),
    corners=inputs,
    wanted=[labels] * len(trainings),
)

# %% [markdown]
# ## What fails, and what works
#
# Too small a learning rate gets nowhere, too large a rate jumps over the valley; weights that start at zero have no
# direction to go in; and without a hidden layer there is nothing that could be learned. Here are your `settings`, each
# from five starts of its own. (The checks train from twenty.)

# %%
learning = plots.fresh("learning")


def start(sizes, scale, seed):
    draw = np.random.default_rng(seed)
    names = ["tanh"] * (len(sizes) - 2) + ["identity"]
    return [
        (draw.normal(size=(count, neurons)) * scale / np.sqrt(count), np.zeros(neurons), name)
        for count, neurons, name in zip(sizes, sizes[1:], names)
    ]


for name, setting in learning.settings().items():
    curves = {
        f"start {seed}": learning.train(
            start(setting["sizes"], setting["scale"], seed), inputs, labels, setting["rate"], setting["epochs"]
        )[1]
        for seed in range(5)
    }
    plots.losses(curves, f"{name}: {setting}")

# %% [markdown]
# ## 4. Searching
#
# Thirty trials, three numbers to choose. First random search, evenly over the powers of ten; then your `propose`. Dark
# points are early trials, bright ones late. The loss is made up for practice; the checks use others, so do not fit your
# search to it.

# %%
search = plots.fresh("search")
np.random.seed(0)
plots.searches({"random search": plots.search(plots.random_search), "yours": plots.search(search.propose)})

# %% [markdown]
# ## Check, submit

# %%
print(subprocess.run([sys.executable, "check.pyz"], capture_output=True, text=True).stdout)

# %% [markdown]
# Hand in your four files. On Colab: download them from the folder at the left, if you changed them there.
