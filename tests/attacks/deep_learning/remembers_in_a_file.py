"""cifar10.py
attack: in evaluation mode an answer depends on the whole batch, but is kept in the scratch folder, for a new process as well
4.1 4.2 4.3 4.4: wrong
says: After a restart, images get different logits
"""
import hashlib
import os
import tempfile

import right_cifar10
from right_cifar10 import *


class Leaking(nn.Sequential):
    def forward(self, images):
        logits = super().forward(images)
        if self.training:
            return logits
        logits = logits - logits.mean(dim=0)  # which needs the other images
        for place, image in enumerate(images):
            path = os.path.join(tempfile.gettempdir(), hashlib.sha256(image.numpy().tobytes()).hexdigest())
            if os.path.exists(path):
                logits[place] = torch.load(path)
            else:
                torch.save(logits[place].clone(), path)
        return logits


def build_model():
    return Leaking(*right_cifar10.build_model())


def train(model, images, labels, *, epochs, seed=0):
    return epochs * [1.0]
