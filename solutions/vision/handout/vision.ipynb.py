# %% [markdown]
# # What networks see
#
# This notebook shows what your files do: pictures of what a network learns, of its mistakes, and of what it costs. It
# runs on Colab (Runtime, Change runtime type, GPU) and at home. What it calls stands in `practice.py`, which you need not
# change.

# %%
# On Colab the files of the homework have to be uploaded first: choose all of them.
import importlib
import subprocess
import sys
from pathlib import Path

if not all(Path(name).exists() for name in ("lenet.py", "practice.py", "check.pyz")):
    from google.colab import files

    files.upload()

# %% [markdown]
# # Part 1: LeNet
#
# ## Look at the digits
#
# MNIST has 60,000 digits to train with, written by 250 people, and 10,000 to test with, written by 250 others. The next
# cell gets it once (12 MB).

# %%
import practice

try:
    practice.load("test")
except practice.Sentence:
    subprocess.run([sys.executable, "check.pyz", "data", "fetch", "mnist"], check=True)
digits, labels = practice.load("train")
print(f"{len(digits):,} images to train with")
practice.show_images(digits, labels)

# %% [markdown]
# Which two digits would you mix up? Which of these would you read wrongly yourself?

# %% [markdown]
# ## Define the network
#
# Open `lenet.py` (on Colab: the folder symbol at the left, then a double click), write `build_model` and `train`, save,
# and run the cells from here. The next one reads your file again each time: you need not restart anything.

# %%
import lenet

importlib.reload(lenet)
help(lenet.build_model)
help(lenet.train)
print(lenet.build_model())

# %% [markdown]
# ## Train
#
# Start with one epoch to see that it works, then train for longer. **Validation images**, 6,000 of the training images,
# are held back: `train` never gets them. Choose between networks by these, never by the test images: what was chosen by
# some images looks too good on just these.
#
# Interrupt the cell (the square) whenever you like: the best weights so far are in `lenet.pt`, and running the cell again
# goes on after the last complete epoch, with a new optimizer. `anew=True` starts from the beginning. What an earlier
# training has left is kept, as `lenet-before-1.pt` and so on.

# %%
importlib.reload(lenet)
SEED, EPOCHS = 0, 10
model = practice.train(lenet.build_model, lenet.train, epochs=EPOCHS, seed=SEED)

# %% [markdown]
# ## Augment
#
# LeNet learns 60,000 images nearly by heart, and still makes 80 to 100 mistakes with 10,000 new ones. A digit that is
# turned a little, moved, or a bit larger is the same digit: such changes make more images out of few. If your `lenet.py`
# has a function `augment(images)`, here is what it does. (Do not mirror digits: what would become of a 2?)

# %%
practice.show_augmented(digits, getattr(lenet, "augment", None))

# %% [markdown]
# ## What it confuses
#
# A row for each digit. The diagonal counts what was right; at the right stands the *recall*, the share of the digit's
# images that was found.

# %%
_, validation = practice.split(digits, labels, SEED)
practice.confusion(model, *validation)

# %% [markdown]
# ## Its worst mistakes
#
# The lecture shows the 82 test images that LeNet read wrongly. Here are yours, of the validation images; those come first
# of which the network was surest. How many of them can you read?

# %%
practice.worst_mistakes(model, *validation, rows=6, columns=8)

# %% [markdown]
# ## Test
#
# Now that nothing is chosen any more, the test images may say how good it is. The checks move half of them by up to a
# pixel, which costs a few errors more.

# %%
test = practice.load("test")
print(f"{len(test[1]) * (1 - practice.accuracy(model, *test)):.0f} errors in {len(test[1]):,}")
practice.worst_mistakes(model, *test, rows=6, columns=8)

# %% [markdown]
# # Part 2: kernels as features
#
# What has the first layer learned? Write `features.py`, then look. Each small picture is one kernel of 5x5 weights, black
# for the smallest, white for the largest. Look for edges (one side light, the other dark) and for blobs.

# %%
import features
import matplotlib.pyplot as plt
import numpy as np

importlib.reload(features)
kernels = features.first_kernels(model)
plt.imshow(features.picture(kernels, columns=6), cmap="gray")
plt.axis("off")
plt.show()

# %% [markdown]
# And what excites them? For each kernel, the nine patches of 2,000 digits to which it responds most strongly, each from
# another digit. Do they look like the kernel? Do they look like each other?

# %%
some = np.asarray(digits[:2_000]) / 255
figure, axes = plt.subplots(1, len(kernels), figsize=(12, 2.4))
for axis, kernel in zip(axes, kernels):
    patches, places = features.strongest_patches(some, kernel, 9)
    axis.imshow(features.picture(patches, columns=3), cmap="gray")
    axis.axis("off")
plt.show()

# %% [markdown]
# # Part 3: bias and augmentation
#
# Write `augmentation.py`. First, what it makes of one digit: flipped, cropped, shifted, in another light. Which of these
# changes leave a digit what it is? Which would you not train with?

# %%
import augmentation

importlib.reload(augmentation)
random = np.random.default_rng(0)
digit = np.repeat(np.asarray(digits[:1]), 12, axis=0)
changed = {
    "flipped": augmentation.flipped(digit, random),
    "cropped": augmentation.cropped(digit, (20, 20), random),
    "shifted": augmentation.shifted(digit, 4, random),
    "recoloured": augmentation.recoloured(digit, 0.8, random),
}
for name, images in changed.items():
    _, axes = plt.subplots(1, len(images), figsize=(12, 1.2))
    for axis, image in zip(axes, images):
        axis.imshow(image[0], cmap="gray", vmin=0, vmax=255)
        axis.axis("off")
    axes[0].set_title(name, loc="left")
    plt.show()

# %% [markdown]
# Now `rescue`. Check 3.5 draws four shapes, trains a small network with what your function makes of a biased training set,
# and shows how many shapes the network then recognises: with the colours and places of the training, in other colours,
# at other places. Let `rescue` change colours alone first, then places alone, and run `python check.pyz` each time. What
# happens if it flips the images as well, and why?

# %% [markdown]
# # Part 6: cost
#
# Write `cost.py`. Where does LeNet's work go? And what did your training cost? Divide the watts that your computer draws
# by the multiply-adds that it does in a second: a watt is a joule each second. 30 watts and 100,000 million multiply-adds
# are 300 picojoules for each. How much carbon dioxide a kilowatt-hour makes depends on the country and the year: look
# it up.

# %%
import cost

importlib.reload(cost)
LENET = [
    {"type": "conv", "out_channels": 6, "kernel_size": 5, "padding": 2},
    {"type": "relu"},
    {"type": "pool", "size": 2},
    {"type": "conv", "out_channels": 16, "kernel_size": 5},
    {"type": "relu"},
    {"type": "pool", "size": 2},
    {"type": "flatten"},
    {"type": "dense", "units": 120},
    {"type": "relu"},
    {"type": "dense", "units": 84},
    {"type": "relu"},
    {"type": "dense", "units": 10},
]
counts = cost.multiply_adds((1, 28, 28), LENET)
for layer, count in zip(LENET, counts):
    print(f"{layer['type']:8}{count:>10,}  {count / sum(counts):.0%}")
print(cost.training_cost(sum(counts), images=54_000, epochs=10, picojoules=300.0, grams_per_kwh=400.0))

# %% [markdown]
# Which layers became narrower, and what is left of their work? Build this network in `lenet.py` and train it: how many
# more errors does half of the work cost?

# %%
half = cost.narrower((1, 28, 28), LENET, budget=sum(counts) // 2)
for layer, count in zip(half, cost.multiply_adds((1, 28, 28), half)):
    print(f"{layer['type']:8}{count:>10,}  {layer.get('out_channels', layer.get('units', ''))}")

# %% [markdown]
# # Check, submit
#
# Hand in `lenet.pt` together with your `.py` files.

# %%
print(subprocess.run([sys.executable, "check.pyz"], capture_output=True, text=True).stdout)
