"""Part 4: predict CIFAR-10 with a convolutional network in PyTorch.

Ten classes of 32x32 colour images: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck.
You write the network and the loop that trains it. Train with `cifar10.ipynb` or `python cifar10.py`: both show how it
goes and save the weights in `cifar10.pt`, which you submit together with this file.
"""

import torch
from torch import nn

# BEGIN SOLUTION
from torch.nn import functional as F

WIDTHS = (64, 256, 256)  # kernels in each block
WHITENING_IMAGES, SMALLEST_VARIANCE = 5_000, 3e-5
BATCH_SIZE, SMALLEST_BATCH, STEPS_PER_EPOCH = 500, 16, 100
LEARNING_RATE, MOMENTUM, WEIGHT_DECAY = 0.75, 0.85, 0.0013
FASTER_INTERCEPTS = 64
WARM_UP = 0.2  # of all steps
LABEL_SMOOTHING = 0.2
SHIFT = 2  # pixels


def convolution(in_channels, out_channels):
    """Return a 3x3 convolution that keeps height and width, and begins by handing its channels through."""
    layer = nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1, bias=False)  # the normalisation has intercepts
    # A 1 in the middle of a kernel copies a channel. Random kernels would first have to learn to lose nothing.
    nn.init.dirac_(layer.weight[:in_channels])
    return layer


def normalisation(channels):
    """Return a batch normalisation with intercepts alone: the next convolution can scale as well."""
    layer = nn.BatchNorm2d(channels, momentum=0.4)  # running averages that keep up with a short training
    layer.weight.requires_grad_(False)
    return layer


def block(in_channels, out_channels):
    """Return two convolutions with a 2x2 max pool between them: half the height and width, more channels."""
    return nn.Sequential(
        convolution(in_channels, out_channels),
        nn.MaxPool2d(2),  # before normalisation and GELU, which then have a quarter of the work
        normalisation(out_channels),
        nn.GELU(),
        convolution(out_channels, out_channels),
        normalisation(out_channels),
        nn.GELU(),
    )


class Scale(nn.Module):
    """Multiply by a constant."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        """Return x times the factor."""
        return x * self.factor


def halve(model, weights, *_):
    """Halve the digits of the weights that are saved: 4 MB instead of 8."""
    weights.update({name: value.half() for name, value in weights.items() if value.is_floating_point()})


def whiten(layer, images):
    """Set the kernels of the first layer, for good, to what makes neighbouring pixels independent of each other.

    Pixels beside each other say nearly the same; a network would first have to learn to see what differs. The eigenvectors
    of the covariance of all 2x2 patches, each divided by its standard deviation, give twelve numbers that are uncorrelated
    and spread alike. GELU keeps little but what is positive, so each kernel comes with its negative.
    Source: Page, How to Train Your ResNet 8, 2019; Jordan, 94% on CIFAR-10 in 3.29 Seconds, 2024.
    """
    height, width = layer.kernel_size
    patches = images[:WHITENING_IMAGES].unfold(2, height, 1).unfold(3, width, 1)  # (N, 3, 31, 31, 2, 2)
    patches = patches.permute(0, 2, 3, 1, 4, 5).reshape(-1, 3 * height * width)
    variances, directions = torch.linalg.eigh(torch.cov(patches.T))
    kernels = (directions / (variances + SMALLEST_VARIANCE).sqrt()).T
    kernels = torch.cat([kernels, -kernels])
    with torch.no_grad():
        layer.weight.copy_(kernels.reshape(layer.weight.shape))
        layer.bias.copy_(-kernels @ patches.mean(dim=0))
    layer.requires_grad_(False)


def augment(images, flipped=None):
    """Flip some images and shift all of them by up to 2 pixels: they still show the same.

    flipped: which ones, bool (N,), each with probability 1/2 if it is left out. Neither is arithmetic on pixels: both
    read them in another order.
    """
    count, _, _, size = images.shape
    device = images.device

    def drawn(below):
        return torch.randint(below, (count, 1), device=device)

    padded = F.pad(images, (SHIFT,) * 4, mode="reflect").permute(0, 2, 3, 1)
    places = torch.arange(size, device=device)
    rows = places + drawn(2 * SHIFT + 1)
    flipped = drawn(2) == 1 if flipped is None else flipped[:, None]
    columns = torch.where(flipped, places.flip(0), places) + drawn(2 * SHIFT + 1)
    each = torch.arange(count, device=device)
    return padded[each[:, None, None], rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def share_of_rate(progress):
    """Return the share of the learning rate after a share of all steps: up to 1, then down to 0.

    Small steps at first, as nothing is known yet; large ones find a good region, ever smaller ones settle in it.
    """
    return min(progress / WARM_UP, (1 - progress) / (1 - WARM_UP))


def in_half_precision(device):
    """Return a context that computes in bfloat16 where the processor is made for it, and faster there."""
    if device.type == "cpu":
        able = torch.cpu.get_capabilities()
        pays = able.get("avx512_bf16", False) or able.get("amx_bf16", False)
    else:
        pays = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.autocast(device.type, torch.bfloat16, enabled=pays)


# END SOLUTION


def build_model():
    """Return your network, not yet trained.

    It maps images, float32 in [0, 1] of shape (N, 3, 32, 32), to logits of shape (N, 10): one number per class, the
    largest for the predicted class. No softmax at the end: the loss has it. After the same `torch.manual_seed` it returns
    the same network.

    >>> build_model()(torch.zeros(5, 3, 32, 32)).shape
    torch.Size([5, 10])
    """
    # BEGIN SOLUTION
    classes = nn.Linear(WIDTHS[2], 10, bias=False)
    nn.init.normal_(classes.weight)
    model = nn.Sequential(
        nn.Conv2d(3, 24, kernel_size=2),  # `train` sets these kernels,  32x32 -> 31x31
        nn.GELU(),
        block(24, WIDTHS[0]),  # 31x31 -> 15x15
        block(WIDTHS[0], WIDTHS[1]),  # 15x15 -> 7x7
        block(WIDTHS[1], WIDTHS[2]),  # 7x7 -> 3x3
        nn.MaxPool2d(3),  # what was seen, no matter where
        nn.Flatten(),
        classes,
        Scale(1 / 9),  # large weights that learn slowly, but logits that are small at first
    )
    model.register_state_dict_post_hook(halve)
    return model.to(memory_format=torch.channels_last)  # colours side by side in memory: a third less time on a CPU
    # END SOLUTION


def train(model, images, labels, *, epochs, seed=0):
    """Train the model in place and return its history: the mean training loss of each epoch, a list of floats.

    images: float32 tensor in [0, 1], (N, 3, 32, 32). labels: int64 tensor, (N,), numbers 0 to 9.
    The model may be on a GPU. The images stay where they are: move each batch to the device of the model.
    The same seed gives the same training.

    >>> model = build_model()
    >>> losses = train(model, torch.rand(20, 3, 32, 32), torch.arange(20) % 10, epochs=3)
    >>> len(losses)
    3
    """
    # BEGIN SOLUTION
    torch.manual_seed(seed)
    device = next(model.parameters()).device
    images, labels = images.to(device), labels.to(device)  # all of them: then no batch waits on its way to a GPU
    whiten(model[0], images)
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    kernels = [parameter for parameter in learned if parameter.ndim > 1]
    intercepts = [parameter for parameter in learned if parameter.ndim == 1]
    batch_size = min(max(len(images) // STEPS_PER_EPOCH, SMALLEST_BATCH), BATCH_SIZE)
    rate = LEARNING_RATE * batch_size / BATCH_SIZE  # half the batch is half as sure of its direction: half the step
    optimizer = torch.optim.SGD(
        [
            {"params": kernels, "lr": rate, "weight_decay": WEIGHT_DECAY},
            {"params": intercepts, "lr": rate * FASTER_INTERCEPTS, "weight_decay": WEIGHT_DECAY / FASTER_INTERCEPTS},
        ],
        momentum=MOMENTUM,
        nesterov=True,
    )
    steps = epochs * -(-len(images) // batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: share_of_rate((step + 0.5) / steps))
    model.train()
    flipped = torch.rand(len(images), device=device) < 0.5
    history = []
    for _ in range(epochs):
        flipped = ~flipped  # two epochs show each image both ways; to flip at random would show many twice the same way
        total = torch.zeros((), device=device)  # stays there: to look at it after each batch would make a GPU wait
        for batch in torch.randperm(len(images), device=device).split(batch_size):
            with in_half_precision(device):
                logits = model(augment(images[batch], flipped[batch]).contiguous(memory_format=torch.channels_last))
            loss = F.cross_entropy(logits.float(), labels[batch], label_smoothing=LABEL_SMOOTHING)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.detach() * len(batch)
        history.append(total.item() / len(images))
    return history
    # END SOLUTION


if __name__ == "__main__":
    import practice  # loads the images, shows the progress, saves the weights; see python cifar10.py --help

    practice.main(build_model, train)
