"""A file of weights: load it into a model, or say what it is instead."""

import contextlib
import os
import pickle
from typing import TypeGuard

import numpy as np
import torch
from described import MOST_NAMED, described, some
from torch import nn

# What some wrappers put before every name, and how to save without it.
WRAPPED = {
    "module.": "nn.DataParallel puts before them. Save model.module.state_dict().",
    "_orig_mod.": "torch.compile puts before them. Save model._orig_mod.state_dict().",
}
MOST_TEXT = 1_500
NUMPY_NUMBERS = [np.float64(0).__reduce__()[0], np.dtype, *(type(np.dtype(kind)) for kind in "fdilq")]  # what pickles hold
# How files begin that are mistaken for weights, and what they are.
NO_WEIGHTS = {
    b"version https://git-lfs": "is a Git LFS pointer, which only names the weights. Run `git lfs pull`, and submit the "
    "file that you then have.",
    b"<!doctype html": "is a web page, not the file that it offers. Download the file itself.",
    b"<html": "is a web page, not the file that it offers. Download the file itself.",
}


def load(path: str, model: nn.Module) -> str:
    """Load a file into a model; return what is wrong with it, "" if nothing is."""
    name = os.path.basename(path)
    with open(path, "rb") as file:
        beginning = file.read(100).lstrip().lower()
    if what := next((what for begins, what in NO_WEIGHTS.items() if beginning.startswith(begins)), None):
        return f"{name} {what}"
    try:
        weights = _read(path)
    except pickle.UnpicklingError as error:
        if "Weights only load failed" in str(error):
            return _more_than_weights(path)
        return f"{name} is not a complete PyTorch file: {error}"[:MOST_TEXT]
    except Exception as error:  # PyTorch, zipfile and safetensors each have their own kinds
        if "TorchScript" in str(error):
            return _whole_model(name)
        return f"{name} is not a complete file of weights: {type(error).__name__}: {error}"[:MOST_TEXT]
    if not _are_weights(weights):
        return _other_than_weights(name, weights)
    for key, weight in weights.items():
        if not torch.isfinite(weight).all():
            return f"{name} holds NaN or infinity, in {key}. Did the loss become NaN while training?"
    try:
        model.load_state_dict(weights)
    except Exception as error:
        for prefix, sentence in WRAPPED.items():
            if weights and all(str(key).startswith(prefix) for key in weights):
                return f'{name}: every name in it begins with "{prefix}", which {sentence}'
        differences = _differences(weights, model.state_dict()) or f"{type(error).__name__}: {error}"
        return f"{name} belongs to another network. {differences}"[:MOST_TEXT]
    return ""


def _read(path: str) -> object:
    if path.endswith(".safetensors"):
        from safetensors.torch import load_file

        return load_file(path)
    return torch.load(path, map_location="cpu", weights_only=True)


def _are_weights(value: object) -> TypeGuard[dict[str, torch.Tensor]]:
    return isinstance(value, dict) and all(isinstance(weight, torch.Tensor) for weight in value.values())


def _more_than_weights(path: str) -> str:
    """Say what is in a file that PyTorch does not open without running code."""
    name, look = os.path.basename(path), getattr(torch.serialization, "get_unsafe_globals_in_checkpoint", None)
    try:
        kinds = look(path) if look else []  # PyTorch before 2.5 cannot say
    except ValueError:
        return f"{name} is not what {_save('model.state_dict()', name)} writes."
    if kinds and all(kind.startswith("numpy.") for kind in kinds):  # an accuracy, for example
        with contextlib.suppress(Exception), torch.serialization.safe_globals(NUMPY_NUMBERS):
            return _other_than_weights(name, _read(path))
    if any(kind.startswith("torch.nn.") for kind in kinds):
        return _whole_model(name)
    more = f" ({some(kinds)})" if kinds else ""
    return f"{name} holds more than weights{more}. Save the weights alone: {_save('model.state_dict()', name)}."


def _whole_model(name: str) -> str:
    return f"{name} holds the whole model. Save its weights alone: {_save('model.state_dict()', name)}."


def _other_than_weights(name: str, value: object) -> str:
    """Say what a file contains instead of weights, and where in it they are."""
    keys = [key for key, inner in value.items() if inner and _are_weights(inner)] if isinstance(value, dict) else []
    if len(keys) == 1:
        inside = f'torch.load("{name}", weights_only=False)[{keys[0]!r}]'
        return f"{name} is a checkpoint: its weights are under the key {keys[0]!r}. Save them alone: {_save(inside, name)}."
    of = f" The weights may be under one of the keys {', '.join(map(repr, keys))}." if keys else ""
    return f"{name} holds {described(value)}, but should hold what model.state_dict() returns.{of}"


def _save(what: str, name: str) -> str:
    return f'`torch.save({what}, "{name}")`'


def _differences(weights: dict[str, torch.Tensor], wanted: dict[str, torch.Tensor]) -> str:
    """Say in which names and shapes weights differ from a model's; "" if they do not."""
    missing, unknown = (
        [key for key in some if key not in others] for some, others in ((wanted, weights), (weights, wanted))
    )
    shapes = [
        f"{key} has the shape {tuple(weight.shape)} in the file, {tuple(wanted[key].shape)} in the model"
        for key, weight in weights.items()
        if key in wanted and not nn.parameter.is_lazy(wanted[key]) and weight.shape != wanted[key].shape
    ]
    said = [f"The model has {some(missing)}, which the file does not hold."] if missing else []
    said += [f"The file holds {some(unknown)}, which the model does not have."] if unknown else []
    return " ".join([*said, *(f"{each}." for each in shapes[:MOST_NAMED])])
