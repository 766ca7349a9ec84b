"""What the grader asks of a PyTorch submission. Runs inside the worker, next to the student's code."""

import math
import os

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
_models: dict[str, torch.nn.Module] = {}


def logits(student, which, images, training=False):
    """Return the model's answer: uint8 (N, 3, 32, 32) -> (N, 10).

    which: "new" for the model as built, "trained" after train_new, "submitted" with the submission's weights.
    training: in the mode in which it trains, with the statistics of this batch, instead of evaluation mode.
    """
    model = _model(student, which).train(training)
    with torch.no_grad():
        return _to_array(model(_to_images(images)))


def train_new(student, images, labels, epochs, seed):
    """Train a newly built model by the student's `train`, keep it as "trained", and return the history."""
    model = _new_model(student)
    history = student.train(model, _to_images(images), torch.from_numpy(labels).long(), epochs=epochs, seed=seed)
    _models["trained"] = model
    return [float(loss) for loss in history] if isinstance(history, (list, tuple)) else history


def load_weights(student):
    """Load the submission's weights into its model and say how that went: "loaded", "missing", or what is wrong."""
    model = _new_model(student)
    folder = os.path.dirname(student.__file__)
    paths = [os.path.join(folder, name) for name in WEIGHTS if os.path.exists(os.path.join(folder, name))]
    if not paths:
        return "missing"
    try:
        model.load_state_dict(_read_weights(paths[0]))
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:1500]
    _models["submitted"] = model
    return "loaded"


def count(student):
    """Return the parameters of the model, and its multiply-adds for one image as torch's own counter sees them."""
    from torch.utils.flop_counter import FlopCounterMode

    model = _model(student, "new").eval()
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


def _to_images(images):
    return torch.from_numpy(images).float() / 255


def _to_array(logits):
    if not isinstance(logits, torch.Tensor) or math.prod(logits.shape) > 10_000_000:
        return logits  # the grader says what it should have been
    return np.ascontiguousarray(logits.detach().cpu().float().numpy())
