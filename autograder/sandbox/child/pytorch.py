"""What the grader asks of a network in PyTorch, beside the student's code: harness.py of an assignment imports it."""

import contextlib
import difflib
import math
import os
import pickle
import random

import numpy as np
import torch
import torch.utils.data
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


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
WRAPPED = ("module.", "_orig_mod.")  # what DataParallel and torch.compile put before every name
MOST_TEXT = 1_500
FORWARD_MISSING = torch.nn.Module.forward
# How files begin that are taken for weights, and what they are.
NO_WEIGHTS = {
    b"version https://git-lfs": "is a pointer of Git LFS, which only names the weights. Run `git lfs pull`, and submit the "
    "file that comes.",
    b"<!doctype html": "is a web page, not the file that it offers. Download the file itself.",
    b"<html": "is a web page, not the file that it offers. Download the file itself.",
}
_to_train_with: list[tuple[torch.Tensor, torch.Tensor]] = []
_models: dict[str, torch.nn.Module] = {}


@contextlib.contextmanager
def _errors_of_pytorch():
    """Raise PyTorch's own NotImplementedError, of a device that cannot do something, as a RuntimeError: no stub is left."""
    try:
        yield
    except NotImplementedError as error:
        if not str(error).startswith("Could not run"):
            raise
        sentence = str(error).partition(". This could")[0]
        raise RuntimeError(sentence).with_traceback(error.__traceback__) from None


@_errors_of_pytorch()
def logits(student, which, images, training=False):
    """Return the model's answer: uint8 (N, C, H, W) -> (N, classes).

    which: "new" for the model as built, "trained" after train_new, "submitted" with the submission's weights.
    training: in the mode in which it trains, with the statistics of this batch, instead of evaluation mode.
    """
    model = _model(student, which).train(training)
    with torch.no_grad():
        return _to_array(model(_to_images(images)))


def give_images(student, images, labels):
    """Keep images, uint8 (N, C, H, W), and labels, int64 (N,), to train with; further calls add more."""
    _to_train_with.append((torch.from_numpy(images), torch.from_numpy(labels)))


@_errors_of_pytorch()
def train_new(student, epochs, seed):
    """Train a newly built model by the student's `train` on the images given, keep it as "trained", return the history."""
    images, labels = map(torch.cat, zip(*_to_train_with))
    _to_train_with.clear()
    model = _new_model(student)
    history = student.train(model, images.float() / 255, labels, epochs=epochs, seed=seed)
    _models["trained"] = model
    return [float(loss) for loss in history] if isinstance(history, (list, tuple)) else history


def has_learned(student):
    """Return whether "trained" has other parameters than a new model, not other running statistics alone."""
    pairs = zip(_new_model(student).parameters(), _models["trained"].parameters())
    return any(torch.nn.parameter.is_lazy(new) or not torch.equal(new, trained) for new, trained in pairs)


@_errors_of_pytorch()
def load_weights(student, names):
    """Load the first file of these names into a new model and say how it went: "loaded", "missing", or what is wrong."""
    model = _new_model(student)
    folder = os.path.dirname(student.__file__)
    path = next((path for path in (os.path.join(folder, name) for name in names) if os.path.isfile(path)), None)
    if path is None:
        return "missing"
    name = os.path.basename(path)
    with open(path, "rb") as file:
        beginning = file.read(100).lstrip().lower()
    if what := next((what for begins, what in NO_WEIGHTS.items() if beginning.startswith(begins)), None):
        return f"{name} {what}"
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


@_errors_of_pytorch()
def count(student, images):
    """Return the model's parameters, the numbers in other tensors that it reads, and its multiply-adds for one image.

    images: one, uint8 (1, C, H, W). Multiply-adds are those that torch's own counter sees.
    """
    from torch.utils.flop_counter import FlopCounterMode

    model = _new_model(student).eval()
    images = _to_images(images)
    with torch.no_grad():
        model(images)  # lazy layers learn their shapes
        model.requires_grad_(False)  # the counter follows gradients, and falls over odd ones
        counter, reads = FlopCounterMode(display=False), _Reads(images)
        with counter, reads:
            model(images)
    parameters = list(model.parameters())
    counted = {_place(tensor) for tensor in (*parameters, *_running_statistics(model))}
    others = sum(numbers for place, numbers in reads.read.items() if place not in counted)
    return sum(parameter.numel() for parameter in parameters), others, counter.get_total_flops() // 2


class _Reads(TorchDispatchMode):
    """Notes which tensors operations read that no operation before them has made."""

    def __init__(self, given):
        super().__init__()
        self.read = {}  # the place in memory of each, and how many numbers are there
        self._made = {_place(given)}
        self._kept = [given]  # so that no place is used twice

    def __torch_dispatch__(self, operation, types, arguments=(), options=None):
        options = options or {}
        for tensor in _tensors((arguments, options)):
            if _place(tensor) not in self._made:
                self.read[_place(tensor)] = tensor.untyped_storage().nbytes() // tensor.element_size()
        result = operation(*arguments, **options)
        made = _tensors(result)
        self._kept += made
        self._made |= {_place(tensor) for tensor in made} - self.read.keys()
        return result


def _tensors(tree):
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor)]


def _place(tensor):
    return tensor.untyped_storage().data_ptr()


def _running_statistics(model):
    """Return what normalisations have measured, which nobody counts as parameters."""
    kind = torch.nn.modules.batchnorm._NormBase
    return [buffer for module in model.modules() if isinstance(module, kind) for buffer in module.buffers(recurse=False)]


def _model(student, which):
    if which == "new" and which not in _models:
        _models[which] = _new_model(student)
    return _models[which]


def _new_model(student):
    torch.manual_seed(0)
    np.random.seed(0)  # for initial weights that are drawn by other generators
    random.seed(0)
    model = student.build_model()
    if isinstance(model, torch.nn.Module) and getattr(model.forward, "__func__", None) is FORWARD_MISSING:
        name = type(model).__name__
        similar = difflib.get_close_matches("forward", vars(type(model)), n=1)
        raise AttributeError(f"{name} has no method called forward." + (f" Is {similar[0]} meant?" if similar else ""))
    return model


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
