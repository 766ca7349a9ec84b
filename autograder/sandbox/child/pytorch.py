"""What the grader asks of a network in PyTorch, beside the student's code: harness.py of an assignment imports it."""

import contextlib
import difflib
import math
import numbers
import os
import random

import numpy as np
import torch
import torch.utils.data
import weights
from described import described
from failing_layer import layers_named
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
    return None if isinstance(model, nn.Module) else described(model)


def logits(student, which, images, training=False, mean=0.0, deviation=1.0):
    """Return the model's answer: uint8 (N, C, H, W) -> (N, classes); or what else it returned, in words.

    which: "new" for the model as built, "trained" after train_new, "submitted" with the submission's weights.
    training: in the mode in which it trains, with the statistics of this batch, instead of evaluation mode.
    mean, deviation: the model gets images, from 0 to 1, less the mean and divided by the deviation: numbers, or lists of
    one for each channel.
    """
    model = _model(student, which).train(training)
    shift, scale = (torch.as_tensor(each, dtype=torch.float32).reshape(-1, 1, 1) for each in (mean, deviation))
    with torch.no_grad(), layers_named():
        answer = model((_to_images(images) - shift) / scale)
    if not isinstance(answer, torch.Tensor) or math.prod(answer.shape) > 10_000_000:
        return described(answer)
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
    with _watched(model, rates) as seen, layers_named():
        try:
            history = student.train(model, images.float() / 255, labels, epochs=epochs, seed=seed)
        except Exception as error:
            if _Loader.dropped_all:
                error.args = (f"{error}. The loader has no batch: drop_last=True drops all {len(images)} images.",)
            raise
    _models["trained"] = model
    is_list = isinstance(history, (list, tuple))
    return seen | {
        "history": [_loss(each) for each in history] if is_list else described(history),
        "moved": _moved(_new_model(student), model),
        "dropped all": _Loader.dropped_all,
    }


def _loss(value):
    if isinstance(value, (torch.Tensor, np.ndarray)) and math.prod(value.shape) == 1:
        value = value.item()
    return float(value) if isinstance(value, numbers.Real) else described(value)


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
    if wrong := weights.load(path, model):
        return wrong
    _models["submitted"] = model
    return "loaded"


def count(student, images):
    """Return the model's parameters, the numbers in other tensors that it reads, and its multiply-adds for one image.

    images: one, uint8 (1, C, H, W). Multiply-adds are those that torch's own counter sees.
    """
    from torch.utils.flop_counter import FlopCounterMode

    model = _new_model(student).eval()
    images = _to_images(images)
    with torch.no_grad(), layers_named():
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


def _to_images(images):
    return torch.from_numpy(images).float() / 255
