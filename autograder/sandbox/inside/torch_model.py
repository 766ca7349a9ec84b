"""What the grader asks of a PyTorch submission. Runs inside the worker, next to the student's code."""

import math
import os
import pickle

import numpy as np
import torch
import torch.utils.data


class _Loader(torch.utils.data.DataLoader):
    """Loads in the process that trains: the sandbox has no other one."""

    def __init__(self, *arguments, **options):
        """Leave away what only other processes need, whatever a submission asks for."""
        if len(arguments) > 5:
            arguments = (*arguments[:5], 0, *arguments[6:])
        else:
            options["num_workers"] = 0
        only_for_workers = ("prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout", "worker_init_fn")
        super().__init__(*arguments, **{name: value for name, value in options.items() if name not in only_for_workers})


torch.utils.data.DataLoader = torch.utils.data.dataloader.DataLoader = _Loader
WEIGHTS = ("cifar10.pt", "cifar10.safetensors")
WRAPPED = ("module.", "_orig_mod.")  # what DataParallel and torch.compile put before every name
MOST_TEXT = 1_500
_to_train_with: list[tuple[torch.Tensor, torch.Tensor]] = []
_models: dict[str, torch.nn.Module] = {}


def logits(student, which, images, training=False):
    """Return the model's answer: uint8 (N, 3, 32, 32) -> (N, 10).

    which: "new" for the model as built, "trained" after train_new, "submitted" with the submission's weights.
    training: in the mode in which it trains, with the statistics of this batch, instead of evaluation mode.
    """
    model = _model(student, which).train(training)
    with torch.no_grad():
        return _to_array(model(_to_images(images)))


def give_images(student, images, labels):
    """Keep images, uint8 (N, 3, 32, 32), and labels, int64 (N,), to train with; further calls add more."""
    _to_train_with.append((torch.from_numpy(images), torch.from_numpy(labels)))


def train_new(student, epochs, seed):
    """Train a newly built model by the student's `train` on the images given, keep it as "trained", return the history."""
    images, labels = map(torch.cat, zip(*_to_train_with))
    _to_train_with.clear()
    model = _new_model(student)
    history = student.train(model, images.float() / 255, labels, epochs=epochs, seed=seed)
    _models["trained"] = model
    return [float(loss) for loss in history] if isinstance(history, (list, tuple)) else history


def load_weights(student):
    """Load the submission's weights into its model and say how it went: "loaded", "missing", or what is wrong with them."""
    model = _new_model(student)
    folder = os.path.dirname(student.__file__)
    path = next((path for path in (os.path.join(folder, name) for name in WEIGHTS) if os.path.exists(path)), None)
    if path is None:
        return "missing"
    name = os.path.basename(path)
    try:
        weights = _read_weights(path)
    except pickle.UnpicklingError as error:
        if "Weights only load failed" in str(error):
            return f"{name} holds more than weights. Save model.state_dict(), not the model."
        return f"{name} is not a whole file of PyTorch's: {error}"[:MOST_TEXT]
    except Exception as error:  # PyTorch, zipfile and safetensors each have their own kinds
        return f"{name} is not a whole file of weights: {type(error).__name__}: {error}"[:MOST_TEXT]
    if not isinstance(weights, dict) or not all(isinstance(weight, torch.Tensor) for weight in weights.values()):
        return f"{name} holds {_what(weights)}, but should hold what model.state_dict() returns."
    for key, weight in weights.items():
        if not torch.isfinite(weight).all():
            return f"{name} holds NaN or infinity, in {key}. Did the loss become NaN while training?"
    try:
        model.load_state_dict(weights)
    except Exception as error:
        prefix = next((prefix for prefix in WRAPPED if all(str(key).startswith(prefix) for key in weights)), None)
        hint = f' Every name begins with "{prefix}": save the state_dict of the model inside.' if prefix and weights else ""
        return f"{name} is of another network.{hint} {type(error).__name__}: {error}"[:MOST_TEXT]
    _models["submitted"] = model
    return "loaded"


def count(student):
    """Return the parameters of the model, and its multiply-adds for one image as torch's own counter sees them."""
    from torch.utils.flop_counter import FlopCounterMode

    model = _new_model(student).eval().requires_grad_(False)  # the counter follows gradients, and falls over odd ones
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        model(torch.zeros(1, 3, 32, 32))
    return sum(parameter.numel() for parameter in model.parameters()), counter.get_total_flops() // 2


def _model(student, which):
    if which == "new" and which not in _models:
        _models[which] = _new_model(student)
    return _models[which]


def _new_model(student):
    torch.manual_seed(0)
    return student.build_model()


def _read_weights(path):
    if path.endswith(".safetensors"):
        from safetensors.torch import load_file

        return load_file(path)
    return torch.load(path, map_location="cpu", weights_only=True)


def _what(value):
    return f"{'an' if type(value).__name__[0] in 'aeiou' else 'a'} {type(value).__name__}" + (
        " of other things than tensors" if isinstance(value, dict) else ""
    )


def _to_images(images):
    return torch.from_numpy(images).float() / 255


def _to_array(logits):
    if not isinstance(logits, torch.Tensor) or math.prod(logits.shape) > 10_000_000:
        return logits  # the grader says what it should have been
    return np.ascontiguousarray(logits.detach().cpu().float().numpy())
