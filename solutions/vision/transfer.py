"""Part 4: use what a network has learned for classes that it has never seen.

A network that has learned the digits 0 to 4 from thousands of images has kernels for strokes, corners and arcs. The digits
5 to 9 consist of the same. With 20 images of each, a network that begins with these kernels is better from the start,
gets better faster, and ends better than one that begins with random weights.
"""

# BEGIN SOLUTION
import copy

# END SOLUTION
from torch import nn


def transfer(trained, classes):
    """Return a new network for other classes, which starts with what a trained one has learned.

    trained: a torch.nn.Sequential, such as `given.network("first_five")`: convolutions, pools, ReLUs, and dense layers, the
    last of which has an output for each of its own classes. It maps images, float32 in [0, 1] of shape (N, 1, 28, 28), to
    logits. It stays as it is, whatever happens to the new network: its weights and their requires_grad never change.
    classes: how many classes the new network distinguishes, 2 or more.

    Returns a network of the same layers in the same order, except the last: that is a new nn.Linear with `classes` outputs,
    which learns. For the others, you choose which have the weights of `trained` and which are new, and which of them go on
    learning: a layer whose parameters have requires_grad = False is frozen. (When your work is graded, layers
    that are new get other random weights, and the network is trained by Adam in batches of 10.)

    >>> trained = nn.Sequential(nn.Conv2d(1, 2, 27), nn.ReLU(), nn.Flatten(), nn.Linear(8, 5))
    >>> transfer(trained, classes=3)[-1]
    Linear(in_features=8, out_features=3, bias=True)
    """
    # BEGIN SOLUTION
    *shared, last = copy.deepcopy(trained)
    model = nn.Sequential(*shared, nn.Linear(last.in_features, classes))
    for layer in shared:
        if isinstance(layer, nn.Conv2d):
            layer.requires_grad_(False)
    return model
    # END SOLUTION
