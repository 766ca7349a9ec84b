# %% [markdown]
# # Parts 4 and 5: transfer, and failures
#
# This notebook shows what your `transfer.py` and `failures.py` do, with the networks that `given.py` loads. It runs on
# Colab and at home, without a GPU.

# %%
# On Colab the files of the homework have to be uploaded first: choose all of them.
import importlib
import subprocess
import sys
from pathlib import Path

if not all(Path(name).exists() for name in ("transfer.py", "failures.py", "given.py", "first_five.npz", "check.pyz")):
    from google.colab import files

    files.upload()
if not Path("mnist").exists():
    subprocess.run([sys.executable, "check.pyz", "data", "fetch", "mnist"], check=True)

import given
import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

images, labels = given.digits("train")

# %% [markdown]
# # Part 4: Transfer
#
# The network `first_five` has seen the digits 0 to 4 only. Write `transfer` in `transfer.py`, save, and see what it brings
# with 20 images of each of the digits 5 to 9, beside a network that begins with random weights.

# %%
import transfer

importlib.reload(transfer)
trained = given.network("first_five")
chosen = torch.cat([torch.nonzero(labels == digit)[:220, 0].reshape(1, -1) for digit in range(5, 10)])
learned, asked = chosen[:, :20].flatten(), chosen[:, 20:].flatten()


def curve(model, epochs=10):
    """Train as the grader does, and return the accuracy after each epoch."""
    optimizer = torch.optim.Adam([each for each in model.parameters() if each.requires_grad], lr=1e-3)
    accuracies = []
    for _ in range(epochs):
        for batch in learned[torch.randperm(len(learned))].split(10):
            model.zero_grad()
            F.cross_entropy(model(images[batch]), labels[batch] - 5).backward()
            optimizer.step()
        with torch.no_grad():
            accuracies.append((model(images[asked]).argmax(dim=1) == labels[asked] - 5).float().mean().item())
    return accuracies


def forgotten(model):
    """Return the network with random weights, all of which learn."""
    for layer in model:
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters()
    return model.requires_grad_(True)


for name, model in (
    ("transferred", transfer.transfer(trained, 5)),
    ("new", forgotten(transfer.transfer(trained, 5))),
):
    plt.plot(range(1, 11), curve(model), label=name)
plt.xlabel("epoch")
plt.ylabel("accuracy")
plt.legend()
plt.show()

# %% [markdown]
# Which curve starts higher? Which is steeper? Which ends higher? Try to freeze all layers, none, or some; and share fewer.
# Does it matter which layers know something about any digit, and which about the digits 0 to 4 alone?

# %% [markdown]
# # Part 5: Failures
#
# The network `ten_digits` knows 99 % of the digits that it has not seen. Move them by a few pixels, or show them through
# noise.

# %%
import failures

importlib.reload(failures)
model = given.network("ten_digits")
test, kinds = (each[:500] for each in given.digits("test"))
changes = {f"moved by {pixels}": lambda images, pixels=pixels: failures.moved(images, 0, pixels) for pixels in range(5)}
changes |= {
    f"noise of {deviation / 10}": lambda images, deviation=deviation: failures.noisy(images, deviation / 10)
    for deviation in range(1, 9)
}
found = failures.accuracies(model, test, kinds, changes)
plt.barh(list(found), list(found.values()))
plt.gca().invert_yaxis()
plt.xlabel("accuracy")
plt.show()

# %% [markdown]
# ## Mislead it
#
# Above each digit stands what the network takes it for.

# %%
importlib.reload(failures)
misled = failures.adversarial(model, test, kinds, budget=0.15).detach()
with torch.no_grad():
    taken_for = model(misled).argmax(dim=1)
print(f"{(taken_for == kinds).float().mean():.1%} are left")
figure, places = plt.subplots(2, 8, figsize=(12, 3.5))
for index in range(8):
    places[0, index].imshow(test[index, 0], cmap="gray", vmin=0, vmax=1)
    places[1, index].imshow(misled[index, 0], cmap="gray", vmin=0, vmax=1)
    places[1, index].set_title(int(taken_for[index]))
for place in places.flat:
    place.axis("off")
plt.show()

# %% [markdown]
# ## Train against noise
#
# With 3,000 images. What does it cost on clean ones?

# %%
importlib.reload(failures)
robust = given.network("ten_digits")
print(failures.train_robust(robust, images[:3000], labels[:3000], epochs=8, seed=0))
deviations = [step / 10 for step in range(11)]
noise = {str(deviation): lambda images, deviation=deviation: failures.noisy(images, deviation) for deviation in deviations}
for name, each in (("before", model), ("after train_robust", robust)):
    plt.plot(deviations, list(failures.accuracies(each, test, kinds, noise).values()), label=name)
plt.xlabel("standard deviation of the noise")
plt.ylabel("accuracy")
plt.legend()
plt.show()

# %% [markdown]
# ## Check
#
# The public checks show the same curves, on digits that you have not seen.

# %%
print(subprocess.run([sys.executable, "check.pyz", "."], capture_output=True, text=True).stdout)
