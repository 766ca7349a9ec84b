"""What the grader asks of a network in PyTorch, beside the student's code: harness.py of an assignment imports it."""

import contextlib
import difflib
import math
import numbers
import os
import pickle
import random
import traceback

import numpy as np
import torch
import torch.utils.data
from torch import nn
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class _Loader(torch.utils.data.DataLoader):
    """Loads in the process that trains: the sandbox has no other one."""

    dropped_all = False  # whether one of them has dropped its only batch

    def __init__(self, *arguments, **options):
        """Leave away what only other processes need, whatever a submission asks for."""
        if len(arguments) > 5:
            arguments = (*arguments[:5], 0, *arguments[6:])
        else:
            options["num_workers"] = 0
        only_for_workers = ("prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout", "worker_init_fn")
        super().__init__(*arguments, **{name: value for name, value in options.items() if name not in only_for_workers})

    def __iter__(self):
        """Note whether there is an image, but no batch."""
        with contextlib.suppress(TypeError):  # a data set that does not know its length
            _Loader.dropped_all |= self.drop_last and len(self.dataset) > 0 and len(self) == 0
        return super().__iter__()


torch.utils.data.DataLoader = torch.utils.data.dataloader.DataLoader = _Loader
# What some wrappers put before every name, and how to save without it.
WRAPPED = {
    "module.": "nn.DataParallel puts before them. Save model.module.state_dict().",
    "_orig_mod.": "torch.compile puts before them. Save model._orig_mod.state_dict().",
}
MOST_TEXT, MOST_NAMED = 1_500, 3
# Where a layer says how much it takes, and along which axis of its input.
EXPECTS = {"in_features": -1, "in_channels": 1, "num_features": 1}
NUMPY_NUMBERS = [np.float64(0).__reduce__()[0], np.dtype, *(type(np.dtype(kind)) for kind in "fdilq")]  # what pickles hold
# How files begin that are taken for weights, and what they are.
NO_WEIGHTS = {
    b"version https://git-lfs": "is a pointer of Git LFS, which only names the weights. Run `git lfs pull`, and submit the "
    "file that comes.",
    b"<!doctype html": "is a web page, not the file that it offers. Download the file itself.",
    b"<html": "is a web page, not the file that it offers. Download the file itself.",
}
_to_train_with: list[tuple[torch.Tensor, torch.Tensor]] = []
_models: dict[str, nn.Module] = {}


def _forward_missing(module, *inputs):
    """Stand in for a forward that was not written: PyTorch's own error names no likely slip."""
    kind = type(module)
    similar = difflib.get_close_matches("forward", vars(kind), n=1)
    raise AttributeError(f"{kind.__name__} has no method called forward." + (f" Rename {similar[0]}?" if similar else ""))


nn.Module.forward = _forward_missing


def build(student):
    """Build a model and keep it as "new"; return None, or what build_model returned instead of a model, in words."""
    model = _model(student, "new")
    return None if isinstance(model, nn.Module) else _described(model)


def logits(student, which, images, training=False, mean=0.0, deviation=1.0):
    """Return the model's answer: uint8 (N, C, H, W) -> (N, classes); or what else it returned, in words.

    which: "new" for the model as built, "trained" after train_new, "submitted" with the submission's weights.
    training: in the mode in which it trains, with the statistics of this batch, instead of evaluation mode.
    mean, deviation: the model gets images, from 0 to 1, less the mean and divided by the deviation: numbers, or lists of
    one for each channel.
    """
    model = _model(student, which).train(training)
    shift, scale = (torch.as_tensor(each, dtype=torch.float32).reshape(-1, 1, 1) for each in (mean, deviation))
    with torch.no_grad(), _layers_named():
        answer = model((_to_images(images) - shift) / scale)
    if not isinstance(answer, torch.Tensor) or math.prod(answer.shape) > 10_000_000:
        return _described(answer)
    return np.ascontiguousarray(answer.detach().cpu().float().numpy())


def independent(student, which, images):
    """Let the model answer in evaluation mode; raise RuntimeError in a line that depends on more than each image.

    Such a line draws random numbers, or normalises with the statistics of the batch. Others are not noticed.
    """
    with torch.no_grad(), _Independent():
        _model(student, which).eval()(_to_images(np.concatenate([images, images])))  # of one image they would be its own


class _Independent(TorchDispatchMode):
    def __torch_dispatch__(self, operation, types, arguments=(), options=None):
        if torch.Tag.nondeterministic_seeded in operation.tags:
            raise RuntimeError("it draws random numbers")
        normalises = operation is torch.ops.aten.native_batch_norm.default and arguments[5]  # as it does in training
        if normalises and len(arguments[0]) > 1:  # InstanceNorm makes one image of a batch, with more channels
            raise RuntimeError("it normalises with the statistics of the batch")
        return operation(*arguments, **(options or {}))


@contextlib.contextmanager
def _layers_named():
    """Add to an error within one of PyTorch's layers which one it is, and what it got."""
    try:
        yield
    except Exception as error:
        if said := _about_layer(error):
            error.args = (f"{str(error).rstrip('.')}. {said}",)
        raise


def _about_layer(error):
    layer, came = error, None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_name == "forward" and isinstance(frame.f_locals.get("self"), nn.Module):
            layer, came = frame.f_locals["self"], frame.f_locals.get("input")  # the innermost call stays
    if not type(layer).__module__.startswith("torch.nn.modules") or any(layer.children()):
        return ""  # what failed is a line of the student's own
    if not isinstance(came, torch.Tensor):
        return ""
    said = f"{layer} got a tensor of shape {tuple(came.shape)}."
    for name, axis in EXPECTS.items():
        expected = getattr(layer, name, None)
        if isinstance(expected, int) and came.ndim > 1 and came.shape[axis] != expected:
            if axis == -1 and came.ndim > 2 and math.prod(came.shape[1:]) == expected:
                return f"{said} Flatten it first: nn.Flatten(), or x.flatten(1)."
            return f"{said} Its {name} is {expected}, but {came.shape[axis]} arrive."
    return said


def give_images(student, images, labels):
    """Keep images, uint8 (N, C, H, W), and labels, int64 (N,), to train with; further calls add more."""
    _to_train_with.append((torch.from_numpy(images), torch.from_numpy(labels)))


def train_new(student, epochs, seed, rates=1.0):
    """Train a newly built model by the student's `train` on the images given, keep it as "trained", and tell of it.

    rates: a factor on the learning rates of all optimizers. Returns a dict: the "history", floats in a list, or in their
    place what came, in words; how far the model "moved": its parameters, as a share of their length; whether an optimizer
    "stepped", on parameters "of the model", with "gradients"; and whether a loader has "dropped all" images.
    """
    images, labels = map(torch.cat, zip(*_to_train_with))
    _to_train_with.clear()
    _Loader.dropped_all = False
    model = _new_model(student)
    with _watched(model, rates) as seen, _layers_named():
        try:
            history = student.train(model, images.float() / 255, labels, epochs=epochs, seed=seed)
        except Exception as error:
            if _Loader.dropped_all:
                error.args = (f"{error}. The loader has no batch: drop_last=True drops all {len(images)} images.",)
            raise
    _models["trained"] = model
    is_list = isinstance(history, (list, tuple))
    return seen | {
        "history": [_loss(each) for each in history] if is_list else _described(history),
        "moved": _moved(_new_model(student), model),
        "dropped all": _Loader.dropped_all,
    }


def _loss(value):
    if isinstance(value, (torch.Tensor, np.ndarray)) and math.prod(value.shape) == 1:
        value = value.item()
    return float(value) if isinstance(value, numbers.Real) else _described(value)


def _moved(new, trained):
    pairs = list(zip(new.parameters(), trained.parameters()))
    if any(nn.parameter.is_lazy(before) for before, _ in pairs):  # where they began is not known
        return math.inf
    length = math.hypot(*(before.double().norm().item() for before, _ in pairs))
    moved = math.hypot(*((after.cpu() - before).double().norm().item() for before, after in pairs))
    return moved / length if length else math.inf if moved else 0.0


@contextlib.contextmanager
def _watched(model, rates):
    """Watch optimizers step, with rates times their learning rates; give what was seen."""
    seen, own = {"stepped": False, "of the model": False, "gradients": False}, set(map(id, model.parameters()))
    before: list[float] = []

    def start(optimizer, *_):
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        seen["stepped"] = True
        seen["of the model"] = seen["of the model"] or any(id(parameter) in own for parameter in parameters)
        seen["gradients"] = seen["gradients"] or any(parameter.grad is not None for parameter in parameters)
        before[:] = [group["lr"] for group in optimizer.param_groups]
        for group in optimizer.param_groups:
            group["lr"] = group["lr"] * rates

    def end(optimizer, *_):
        for group, rate in zip(optimizer.param_groups, before):
            group["lr"] = rate

    hooks = [register_optimizer_step_pre_hook(start), register_optimizer_step_post_hook(end)]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


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
            return _more_than_weights(path)
        return f"{name} is not a whole file of PyTorch's: {error}"[:MOST_TEXT]
    except Exception as error:  # PyTorch, zipfile and safetensors each have their own kinds
        if "TorchScript" in str(error):
            return _whole_model(name)
        return f"{name} is not a whole file of weights: {type(error).__name__}: {error}"[:MOST_TEXT]
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
        return f"{name} is of another network. {differences}"[:MOST_TEXT]
    _models["submitted"] = model
    return "loaded"


def _are_weights(value):
    return isinstance(value, dict) and all(isinstance(weight, torch.Tensor) for weight in value.values())


def _more_than_weights(path):
    """Say what a file holds that PyTorch does not open without running code."""
    name, look = os.path.basename(path), getattr(torch.serialization, "get_unsafe_globals_in_checkpoint", None)
    try:
        kinds = look(path) if look else []  # PyTorch before 2.5 cannot say
    except ValueError:
        return f"{name} is not what {_save('model.state_dict()', name)} writes."
    if kinds and all(kind.startswith("numpy.") for kind in kinds):  # an accuracy, for example
        with contextlib.suppress(Exception), torch.serialization.safe_globals(NUMPY_NUMBERS):
            return _other_than_weights(name, _read_weights(path))
    if any(kind.startswith("torch.nn.") for kind in kinds):
        return _whole_model(name)
    more = f" ({_some(kinds)})" if kinds else ""
    return f"{name} holds more than weights{more}. Save the weights alone: {_save('model.state_dict()', name)}."


def _whole_model(name):
    return f"{name} holds the whole model. Save its weights alone: {_save('model.state_dict()', name)}."


def _other_than_weights(name, value):
    """Say what a file holds instead of weights, and where in it they are."""
    keys = [key for key, inner in value.items() if inner and _are_weights(inner)] if isinstance(value, dict) else []
    if len(keys) == 1:
        inside = f'torch.load("{name}", weights_only=False)[{keys[0]!r}]'
        return f"{name} is a checkpoint: its weights are under the key {keys[0]!r}. Save them alone: {_save(inside, name)}."
    of = f" The weights may be under one of the keys {', '.join(map(repr, keys))}." if keys else ""
    return f"{name} holds {_described(value)}, but should hold what model.state_dict() returns.{of}"


def _save(what, name):
    return f'`torch.save({what}, "{name}")`'


def _differences(weights, wanted):
    """Say in which names and shapes weights differ from those that a model has; "" if they do not."""
    missing, unknown = (
        [key for key in some if key not in others] for some, others in ((wanted, weights), (weights, wanted))
    )
    shapes = [
        f"{key} has the shape {tuple(weight.shape)} in the file, {tuple(wanted[key].shape)} in the model"
        for key, weight in weights.items()
        if key in wanted and not nn.parameter.is_lazy(wanted[key]) and weight.shape != wanted[key].shape
    ]
    said = [f"The model has {_some(missing)}, which the file does not hold."] if missing else []
    said += [f"The file holds {_some(unknown)}, which the model does not have."] if unknown else []
    return " ".join([*said, *(f"{each}." for each in shapes[:MOST_NAMED])])


def _some(names):
    more = len(names) - MOST_NAMED
    return ", ".join(map(str, names[:MOST_NAMED])) + (f" and {more} more" if more > 0 else "")


def count(student, images):
    """Return the model's parameters, the numbers in other tensors that it reads, and its multiply-adds for one image.

    images: one, uint8 (1, C, H, W). Multiply-adds are those that torch's own counter sees.
    """
    from torch.utils.flop_counter import FlopCounterMode

    model = _new_model(student).eval()
    images = _to_images(images)
    with torch.no_grad(), _layers_named():
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
    kind = nn.modules.batchnorm._NormBase
    return [buffer for module in model.modules() if isinstance(module, kind) for buffer in module.buffers(recurse=False)]


def _model(student, which):
    if which == "new" and which not in _models:
        _models[which] = _new_model(student)
    return _models[which]


def _new_model(student):
    torch.manual_seed(0)
    np.random.seed(0)  # for initial weights that are drawn by other generators
    random.seed(0)
    return student.build_model()


def _read_weights(path):
    if path.endswith(".safetensors"):
        from safetensors.torch import load_file

        return load_file(path)
    return torch.load(path, map_location="cpu", weights_only=True)


def _described(value, depth=2):
    """Say in a few words what a value is."""
    kind = type(value).__name__
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return f"{'a tensor' if isinstance(value, torch.Tensor) else 'a NumPy array'} of shape {tuple(value.shape)}"
    if isinstance(value, (list, tuple)):
        inner = ", ".join(_described(each, depth - 1) for each in value[:MOST_NAMED]) if depth else ""
        return f"{_a(kind)} of {len(value)}" + (f" ({inner}{', ...' if len(value) > MOST_NAMED else ''})" if inner else "")
    if isinstance(value, dict):
        return f"{_a(kind)} with {_some([repr(key)[:40] for key in value])}" if value else f"an empty {kind}"
    if isinstance(value, float):
        return f"the float {value:.4g}"
    return f"the {kind} {value!r:.40}" if isinstance(value, (int, str)) else _a(kind)


def _a(kind):
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def _to_images(images):
    return torch.from_numpy(images).float() / 255
