"""What the grader asks of a network in PyTorch. It runs beside the student's code, in harness.py."""

import contextlib
import difflib
import math
import numbers
import os
import random
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any, NoReturn

import numpy as np
import torch
import torch.utils.data
import weights
from described import described
from failing_layer import layers_named
from numpy.typing import NDArray
from torch import nn
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

Images = NDArray[np.uint8]  # (N, C, H, W)
Shift = float | list[float]
Operation = Any  # torch._ops.OpOverload, which PyTorch's documentation does not name


class _Loader(torch.utils.data.DataLoader):  # type: ignore[misc]  # mypy does not read PyTorch
    """Loads data in the process that trains: the sandbox allows no other."""

    dropped_all = False  # whether one of them has dropped its only batch

    def __init__(self, *arguments: object, **options: object) -> None:
        """Ignore options that only other processes need, whatever a submission asks for."""
        if len(arguments) > 5:
            arguments = (*arguments[:5], 0, *arguments[6:])
        else:
            options["num_workers"] = 0
        only_for_workers = ("prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout", "worker_init_fn")
        super().__init__(*arguments, **{name: value for name, value in options.items() if name not in only_for_workers})

    def __iter__(self) -> Iterator[object]:
        """Note whether there is an image, but no batch."""
        with contextlib.suppress(TypeError):  # a data set without a length
            _Loader.dropped_all |= self.drop_last and len(self.dataset) > 0 and len(self) == 0
        batches: Iterator[object] = super().__iter__()
        return batches


torch.utils.data.DataLoader = torch.utils.data.dataloader.DataLoader = _Loader
_to_train_with: list[tuple[torch.Tensor, torch.Tensor]] = []
_models: dict[str, nn.Module] = {}


def _forward_missing(module: nn.Module, *inputs: object) -> NoReturn:
    """Raise if forward is missing: PyTorch's own error does not name the likely slip."""
    kind = type(module)
    similar = difflib.get_close_matches("forward", vars(kind), n=1)
    raise AttributeError(f"{kind.__name__} has no method called forward." + (f" Rename {similar[0]}?" if similar else ""))


nn.Module.forward = _forward_missing


def build(student: ModuleType) -> str | None:
    """Build a model and keep it as "new"; return None, or what build_model returned instead of a model, in words."""
    model = _model(student, "new")
    return None if isinstance(model, nn.Module) else described(model)


def logits(
    student: ModuleType, which: str, images: Images, training: bool = False, normal: tuple[Shift, Shift] = (0.0, 1.0)
) -> NDArray[np.float32] | str:
    """Return the model's answer: uint8 (N, C, H, W) -> (N, classes); or what else it returned, in words.

    which: "new" for the model as built, "trained" after train_new, "submitted" with the submission's weights.
    training: in the mode in which it trains, with the statistics of this batch, instead of evaluation mode.
    normal: a mean and a deviation, numbers or lists of one for each channel: the model gets images, from 0 to 1, less the
    mean and divided by the deviation.
    """
    model = _model(student, which).train(training)
    shift, scale = (torch.as_tensor(each, dtype=torch.float32).reshape(-1, 1, 1) for each in normal)
    with torch.no_grad(), layers_named():
        answer = model((_to_images(images) - shift) / scale)
    if not isinstance(answer, torch.Tensor) or math.prod(answer.shape) > 10_000_000:
        words: str = described(answer)
        return words
    found: NDArray[np.float32] = answer.detach().cpu().float().numpy()
    return np.ascontiguousarray(found)


def independent(student: ModuleType, which: str, images: Images) -> None:
    """Let the model answer in evaluation mode; raise RuntimeError in a line that depends on other images or chance.

    Such a line draws random numbers, or normalises with the statistics of the batch. Others are not noticed.
    """
    with torch.no_grad(), _Independent():
        _model(student, which).eval()(_to_images(np.concatenate([images, images])))  # of one image they would be its own


class _Independent(TorchDispatchMode):  # type: ignore[misc]  # mypy does not read PyTorch
    def __torch_dispatch__(
        self, operation: Operation, types: object, arguments: Sequence[Any] = (), options: dict[str, Any] | None = None
    ) -> object:
        if torch.Tag.nondeterministic_seeded in operation.tags:
            raise RuntimeError("it draws random numbers")
        normalises = operation is torch.ops.aten.native_batch_norm.default and arguments[5]  # as it does in training
        if normalises and len(arguments[0]) > 1:  # InstanceNorm makes one image of a batch, with more channels
            raise RuntimeError("it normalises with the statistics of the batch")
        return operation(*arguments, **(options or {}))


def give_images(student: ModuleType, images: Images, labels: NDArray[np.int64]) -> None:
    """Keep images, uint8 (N, C, H, W), and labels, int64 (N,), to train with; further calls add more."""
    _to_train_with.append((torch.from_numpy(images), torch.from_numpy(labels)))


def train_new(student: ModuleType, epochs: int, seed: int, rates: float = 1.0) -> dict[str, object]:
    """Train a newly built model with the student's `train` on these images, keep it as "trained", and describe that.

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


def _loss(value: object) -> float | str:
    if isinstance(value, (torch.Tensor, np.ndarray)) and math.prod(value.shape) == 1:
        value = value.item()
    return float(value) if isinstance(value, numbers.Real) else described(value)


def _moved(new: nn.Module, trained: nn.Module) -> float:
    pairs = list(zip(new.parameters(), trained.parameters()))
    if any(nn.parameter.is_lazy(before) for before, _ in pairs):  # where they began is not known
        return math.inf
    length = math.hypot(*(before.double().norm().item() for before, _ in pairs))
    moved = math.hypot(*((after.cpu() - before).double().norm().item() for before, after in pairs))
    return moved / length if length else math.inf if moved else 0.0


@contextlib.contextmanager
def _watched(model: nn.Module, rates: float) -> Iterator[dict[str, bool]]:
    """Watch optimizers step, with their learning rates times `rates`; yield what was seen."""
    seen, own = {"stepped": False, "of the model": False, "gradients": False}, set(map(id, model.parameters()))
    before: list[float] = []

    def start(optimizer: torch.optim.Optimizer, *_: object) -> None:
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        seen["stepped"] = True
        seen["of the model"] = seen["of the model"] or any(id(parameter) in own for parameter in parameters)
        seen["gradients"] = seen["gradients"] or any(parameter.grad is not None for parameter in parameters)
        before[:] = [group["lr"] for group in optimizer.param_groups]
        for group in optimizer.param_groups:
            group["lr"] = group["lr"] * rates

    def end(optimizer: torch.optim.Optimizer, *_: object) -> None:
        for group, rate in zip(optimizer.param_groups, before):
            group["lr"] = rate

    hooks = [register_optimizer_step_pre_hook(start), register_optimizer_step_post_hook(end)]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def load_weights(student: ModuleType, names: list[str]) -> str:
    """Load the first file with one of these names into a new model; return "loaded", "missing", or what is wrong."""
    model = _new_model(student)
    folder = os.path.dirname(str(student.__file__))
    path = next((path for path in (os.path.join(folder, name) for name in names) if os.path.isfile(path)), None)
    if path is None:
        return "missing"
    wrong: str = weights.load(path, model)
    if wrong:
        return wrong
    _models["submitted"] = model
    return "loaded"


def count(student: ModuleType, images: Images) -> tuple[int, int, int]:
    """Return the model's parameters, the numbers in other tensors that it reads, and its multiply-adds for one image.

    images: one, uint8 (1, C, H, W). Multiply-adds are those that torch's own counter sees.
    """
    from torch.utils.flop_counter import FlopCounterMode

    model = _new_model(student).eval()
    images = _to_images(images)
    with torch.no_grad(), layers_named():
        model(images)  # so that lazy layers learn their shapes
        model.requires_grad_(False)  # the counter follows gradients, and fails at odd ones
        counter, reads = FlopCounterMode(display=False), _Reads(images)
        with counter, reads:
            model(images)
    parameters = list(model.parameters())
    counted = {_place(tensor) for tensor in (*parameters, *_running_statistics(model))}
    others = sum(numbers for place, numbers in reads.read.items() if place not in counted)
    return sum(parameter.numel() for parameter in parameters), others, counter.get_total_flops() // 2


class _Reads(TorchDispatchMode):  # type: ignore[misc]  # mypy does not read PyTorch
    """Notes which tensors operations read without an earlier operation having made them."""

    def __init__(self, given: torch.Tensor) -> None:
        super().__init__()
        self.read: dict[int, int] = {}  # the memory address of each, and how many numbers it holds
        self._made = {_place(given)}
        self._kept = [given]  # so that no address is used again

    def __torch_dispatch__(
        self, operation: Operation, types: object, arguments: Sequence[Any] = (), options: dict[str, Any] | None = None
    ) -> object:
        options = options or {}
        for tensor in _tensors((arguments, options)):
            if _place(tensor) not in self._made:
                self.read[_place(tensor)] = tensor.untyped_storage().nbytes() // tensor.element_size()
        result = operation(*arguments, **options)
        made = _tensors(result)
        self._kept += made
        self._made |= {_place(tensor) for tensor in made} - self.read.keys()
        return result


def _tensors(tree: object) -> list[torch.Tensor]:
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor)]


def _place(tensor: torch.Tensor) -> int:
    place: int = tensor.untyped_storage().data_ptr()
    return place


def _running_statistics(model: nn.Module) -> list[torch.Tensor]:
    """Return the running averages of normalisations, which are not counted as parameters."""
    kind = nn.modules.batchnorm._NormBase
    return [buffer for module in model.modules() if isinstance(module, kind) for buffer in module.buffers(recurse=False)]


def _model(student: ModuleType, which: str) -> nn.Module:
    if which == "new" and which not in _models:
        _models[which] = _new_model(student)
    return _models[which]


def _new_model(student: ModuleType) -> nn.Module:
    torch.manual_seed(0)
    np.random.seed(0)  # for initial weights that other generators draw
    random.seed(0)
    return student.build_model()


def _to_images(images: Images) -> torch.Tensor:
    return torch.from_numpy(images).float() / 255
