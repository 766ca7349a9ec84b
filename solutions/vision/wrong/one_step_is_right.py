"""failures.py adversarial
all: passed
"""

from right_failures import *


def adversarial(model, images, labels, budget):
    """FGSM: all points, but none on top."""
    seen = images.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(F.cross_entropy(model(seen), labels), seen)
    return (images + budget * gradient.sign()).clamp(0, 1)
