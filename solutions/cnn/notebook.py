# %% [markdown]
# # Part 4: a network for CIFAR-10
#
# Ten classes of 32x32 photos. You write `build_model` and `train` in **cifar10.py**; this notebook gets the images, trains
# your network, looks at what it has learned, and checks it. It runs on Colab (Runtime, Change runtime
# type, GPU) and at home.

# %%
# On Colab the files of the homework have to be uploaded first: choose at least cifar10.py and check.pyz.
import subprocess
import sys
from pathlib import Path

if not (Path("cifar10.py").exists() and Path("check.pyz").exists()):
    from google.colab import files

    files.upload()

# %% [markdown]
# ## The images
#
# The next cell downloads CIFAR-10 once (163 MB; the official site can be slow) and writes it as arrays to `cifar10.npz`.

# %%
if not Path("cifar10.npz").exists():
    subprocess.run([sys.executable, "check.pyz", "data"], check=True)

import matplotlib.pyplot as plt
import numpy as np
import torch

with np.load("cifar10.npz") as data:
    train_images, train_labels = data["train_images"], data["train_labels"]
    test_images, test_labels = data["test_images"], data["test_labels"]
classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
print(f"{len(train_images):,} images to train with, {len(test_images):,} to test with")

# %%
figure, axes = plt.subplots(3, 8, figsize=(12, 5))
for axis, image, label in zip(axes.flat, train_images, train_labels):
    axis.imshow(image.transpose(1, 2, 0))  # matplotlib wants height, width, colour
    axis.set_title(classes[label], fontsize=9)
    axis.axis("off")
plt.show()

# %% [markdown]
# ## Your network
#
# Open `cifar10.py` (on Colab: the folder symbol at the left, then a double click), write `build_model` and `train`, save,
# and run the cells from here. They read your file anew each time.

# %%
import importlib

import cifar10

importlib.reload(cifar10)
device = "cuda" if torch.cuda.is_available() else "cpu"
model = cifar10.build_model().to(device)
parameters = sum(parameter.numel() for parameter in model.parameters())
print(f"{parameters:,} parameters, on {device}")

# %% [markdown]
# ## Training
#
# Start with one epoch to see that it works, then train for longer.

# %%
EPOCHS = 10
history = cifar10.train(
    model,
    torch.from_numpy(train_images).float() / 255,
    torch.from_numpy(train_labels).long(),
    epochs=EPOCHS,
)

# %%
plt.plot(range(1, len(history) + 1), history, marker="o")
plt.xlabel("epoch")
plt.ylabel("training loss")
plt.show()

# %% [markdown]
# ## How good is it?

# %%
model = model.cpu().eval()
with torch.no_grad():
    batches = torch.from_numpy(test_images).split(500)
    predicted = torch.cat([model(batch.float() / 255).argmax(dim=1) for batch in batches]).numpy()
print(f"accuracy on the test images: {(predicted == test_labels).mean():.1%}")

confusion = np.zeros((10, 10), int)
np.add.at(confusion, (test_labels, predicted), 1)
plt.figure(figsize=(6, 5))
plt.imshow(confusion, cmap="Blues")
plt.xticks(range(10), classes, rotation=60)
plt.yticks(range(10), classes)
plt.xlabel("predicted")
plt.ylabel("true")
plt.colorbar()
plt.show()

# %% [markdown]
# ## Save, check, hand in
#
# Hand in `cifar10.pt` together with your four files. On Colab: download it from the folder at the left.

# %%
torch.save(model.state_dict(), "cifar10.pt")
print(subprocess.run([sys.executable, "check.pyz"], capture_output=True, text=True).stdout)
