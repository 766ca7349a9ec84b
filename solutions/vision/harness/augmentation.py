"""Pass random generators to the student's functions of part 3, and train the grader's small network."""

import copy

import numpy as np

RATE, BATCH = 0.008, 10  # of the small network's training
KERNELS, SIZE, POOL = 16, 5, 2  # of its convolution, and of the pool after it


def augmented(student, function, images, seed, *arguments):
    """Let a function change the images, uint8 (N, C, H, W), twice with one generator, then with another of the same seed.

    Returns a dict: the results of the "first" and the "second" call and of that "again" with the same seed, the "images"
    after these calls, and the "kept" first result after the images were overwritten.
    """
    change, random = getattr(student, function), np.random.default_rng(seed)
    first, second = (change(images, *arguments, random) for _ in range(2))
    again = change(images, *arguments, np.random.default_rng(seed))
    answers = {"first": copy.deepcopy(first), "second": second, "again": again, "images": images.copy()}
    images[:] = 255 - images
    return answers | {"kept": first}


def after_training(student, images, labels, asked, epochs, seed):
    """Train a small network on images, uint8 (N, C, 16, 16), and return its logits for others: (M, classes).

    In each epoch it gets what the student's `rescue` makes of the images.
    """
    random = np.random.default_rng(seed)
    network = _Network(images.shape[1:], int(labels.max()) + 1, random)
    batches = len(images) // BATCH
    for epoch in range(epochs):
        shown = student.rescue(images.copy(), random)
        for batch in np.array_split(random.permutation(len(images)), batches):
            network.learn(shown[batch], labels[batch], RATE * (1 - epoch / epochs))
    return network(asked)


class _Network:
    """A convolution with ReLU and a max pool, and a dense layer, in NumPy: trained within a second by Adam's rule."""

    def __init__(self, shape, classes, random):
        """Draw weights. shape: of an image, (C, H, W)."""
        channels, height, width = shape
        self.rows, self.columns = ((length - SIZE + 1) // POOL for length in (height, width))
        inputs, values = channels * SIZE**2, KERNELS * self.rows * self.columns
        self.weights = [
            random.normal(0, (2 / inputs) ** 0.5, (inputs, KERNELS)),
            np.zeros(KERNELS),
            random.normal(0, (1 / values) ** 0.5, (values, classes)),
            np.zeros(classes),
        ]
        self.weights = [weights.astype(np.float32) for weights in self.weights]
        self.means = [(np.zeros_like(weights), np.zeros_like(weights)) for weights in self.weights]
        self.steps = 0

    def __call__(self, images):
        """Return logits, (N, classes), and remember what `learn` needs."""
        kernels, intercepts, dense, thresholds = self.weights
        scaled = images.astype(np.float32) / 255 - 0.2
        windows = np.lib.stride_tricks.sliding_window_view(scaled, (SIZE, SIZE), axis=(2, 3)).transpose(0, 2, 3, 1, 4, 5)
        self.windows = windows.reshape(*windows.shape[:3], -1)
        maps = self.windows @ kernels + intercepts
        blocks = maps.reshape(len(images), self.rows, POOL, self.columns, POOL, KERNELS)
        pooled = blocks.max(axis=(2, 4), keepdims=True)
        self.open = (blocks == pooled) & (pooled > 0)  # where a change would pass through
        self.values = np.maximum(pooled, 0).reshape(len(images), -1)
        return self.values @ dense + thresholds

    def learn(self, images, labels, rate):
        """Take a step down the gradient of the cross-entropy."""
        found = self(images)
        error = np.exp(found - found.max(axis=1, keepdims=True))
        error /= error.sum(axis=1, keepdims=True)
        error[np.arange(len(labels)), labels] -= 1
        error /= len(labels)
        back = (error @ self.weights[2].T).reshape(len(images), self.rows, 1, self.columns, 1, KERNELS) * self.open
        back, windows = back.reshape(-1, KERNELS), self.windows.reshape(-1, self.windows.shape[-1])
        gradients = [windows.T @ back, back.sum(axis=0), self.values.T @ error, error.sum(axis=0)]
        self.steps += 1
        for weights, (mean, square), gradient in zip(self.weights, self.means, gradients):
            mean += 0.1 * (gradient - mean)
            square += 0.01 * (gradient**2 - square)
            step = mean / (1 - 0.9**self.steps) / (np.sqrt(square / (1 - 0.99**self.steps)) + 1e-8)
            weights -= (rate * step).astype(np.float32)
