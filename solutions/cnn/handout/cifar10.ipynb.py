# %% [markdown]
# # Part 4: a network for CIFAR-10
#
# Ten classes of 32x32 photos. You write `build_model` and `train` in **cifar10.py**; this notebook shows you the
# images, trains your network, shows what it has learned, and checks it. It runs on Colab (Runtime, Change runtime
# type, GPU) and at home. What it calls stands in `practice.py`, which you need not change.

# %%
# On Colab the files of the homework have to be uploaded first: choose at least cifar10.py, practice.py and check.pyz.
import subprocess
import sys
from pathlib import Path

if not all(Path(name).exists() for name in ("cifar10.py", "practice.py", "check.pyz")):
    from google.colab import files

    files.upload()

# %% [markdown]
# ## Look at the images
#
# The next cell gets CIFAR-10 once (163 MB; the official site can be slow).

# %%
import practice

try:
    practice.load("test")
except practice.Sentence:
    print("This takes a few minutes.")
    subprocess.run([sys.executable, "check.pyz", "data", "fetch"], check=True)
images, labels = practice.load("train")
print(f"{len(images):,} images to train with")
practice.show_images(images, labels)

# %% [markdown]
# What would you look for to tell a cat from a dog? A colour would not do; neither would one pixel, or one place in
# the image. Small kernels that slide over the whole image are a better start.

# %% [markdown]
# ## Define the network
#
# Open `cifar10.py` (on Colab: the folder symbol at the left, then a double click), write `build_model` and `train`,
# save, and run the cells from here. The next one reads your file anew each time: there is no need to restart
# anything.

# %%
import importlib

import cifar10

importlib.reload(cifar10)
help(cifar10.build_model)
help(cifar10.train)
print(cifar10.build_model())

# %% [markdown]
# ## Train
#
# Start with one epoch to see that it works, then train for longer. After each epoch the network is looked at from
# outside:
#
# - **Training images** are those that it learns from. It can learn them by heart, so a low loss on them alone says
#   little.
# - **Validation images**, 2,000 of the training images, are held back: `train` never gets them. While both curves get
#   better, the network learns something about the classes. When the training loss still falls but the validation loss
#   rises, it learns single images by heart: it *overfits*. More augmentation, a smaller network or fewer epochs help.
# - **Test images** stay untouched until the end. You will choose between networks by their validation accuracy, and
#   what was chosen by some images looks too good on just these images. So the test images must not take part in
#   choosing.
#
# Interrupt the cell (the square) whenever you like: the best weights so far are in `cifar10.pt`, and running the cell
# again goes on after the last complete epoch, with a new optimizer. `anew=True` starts from the beginning. What an
# earlier training has left is kept, as `cifar10-before-1.pt` and so on.

# %%
importlib.reload(cifar10)
SEED, EPOCHS = 0, 10
model = practice.train(cifar10.build_model, cifar10.train, epochs=EPOCHS, seed=SEED)

# %% [markdown]
# ## Augment
#
# Changes that leave the class as it is (mirrored, shifted by a pixel or two) make more images out of few. If your
# `cifar10.py` has a function `augment(images)`, here is what it does. Call it for each batch in `train`, train again,
# and see whether the two curves come closer.

# %%
practice.show_augmented(images, getattr(cifar10, "augment", None))

# %% [markdown]
# ## What it confuses
#
# A row for each class. The diagonal counts what was right; at the right stands the *recall*, the share of the class's
# images that was found. Which two classes are mixed up most often? Do they look alike to you?

# %%
_, validation = practice.split(images, labels, SEED)
practice.confusion(model, *validation)

# %% [markdown]
# ## Its worst mistakes
#
# Here the network was surest, and wrong. Is the animal cut off, the background unusual, the colour rare? Some
# mistakes you may share.

# %%
practice.worst_mistakes(model, *validation)

# %% [markdown]
# ## The kernels of the first layer
#
# Each small picture is one kernel as an RGB image, stretched from black to white. Look for edges (one side light, the
# other dark), for blobs of a colour, and for opposite colours side by side. Before training they are noise; kernels
# of 5x5 or 7x7 show more than those of 3x3.

# %%
practice.first_kernels(model)

# %% [markdown]
# ## Save, check, submit
#
# The weights are saved already: `cifar10.pt` holds those with the best validation accuracy, and `model` has them too.
# Now that nothing is chosen any more, the test images may say how good it is. The checks show them flipped, moved or in
# another light, which costs 1 to 3 points.

# %%
print(f"Accuracy on the test images: {practice.accuracy(model, *practice.load('test')):.1%}")
print(subprocess.run([sys.executable, "check.pyz"], capture_output=True, text=True).stdout)

# %% [markdown]
# Hand in `cifar10.pt` together with your four files. On Colab: download it from the folder at the left (`cifar10.py`
# as well, if you changed it there).
