"""What the checks of part 1 ask beside the student's code: what every network in PyTorch is asked."""

from pytorch import count, give_images, has_learned, load_weights, logits, train_new

__all__ = ["count", "give_images", "has_learned", "load_weights", "logits", "train_new"]
