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
# Now that nothing is chosen any more, the test images may say how good it is. The checks show them moved by up to a pixel
# and in another light, which costs a few errors more.

# %%
test = practice.load("test")
print(f"{len(test[1]) * (1 - practice.accuracy(model, *test)):.0f} errors in {len(test[1]):,}")
practice.worst_mistakes(model, *test, rows=6, columns=8)
