"""failures.py adversarial
5.3 5.4: wrong
says: but the budget is
"""

from right_failures import *


def adversarial(model, images, labels, budget):
    """Takes ten steps, each as long as the budget allows for all of them."""
    attacked = images
    for _ in range(10):
        seen = attacked.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(F.cross_entropy(model(seen), labels), seen)
        attacked = (attacked + budget * gradient.sign()).clamp(0, 1)
    return attacked
