"""Practice: everything around your network, so that you only write the network and its training.

The notebook and `python cifar10.py` (or `lenet.py`) use it: it loads the images, watches your `train` from outside, draws
the curves, keeps the best weights, and makes pictures of what the network has learned. You need not change it; don't submit
it. Feel free to read it.
"""

import argparse
import contextlib
import io
import itertools
import json
import math
import os
import pickle
import random
import shutil
import signal
import sys
import threading
import time
import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Homework:
    """What is trained: the file that you write, and the images."""

    name: str  # of your file, and of its weights
    data: str  # the folder of the images, as `check.pyz data fetch` calls it
    shape: tuple[int, int, int]  # of an image: channels, height, width
    held_out: int  # validation images, at most
    goals: tuple[float, ...]  # accuracies in percent: training.json records when each was reached
    least_shown: float  # where the axis of accuracies begins, in percent
    shown: str  # how an accuracy is written

    @property
    def weights(self):
        """The file of weights, which you submit."""
        return f"{self.name}.pt"


HOMEWORKS = (
    Homework("cifar10", "cifar10", (3, 32, 32), 2_000, goals=(70, 80, 90, 93), least_shown=0, shown=".1%"),
    # Networks make so few mistakes with digits that 2,000 images would hardly tell two of them apart.
    Homework("lenet", "mnist", (1, 28, 28), 6_000, goals=(97, 98, 99, 99.4), least_shown=95, shown=".2%"),
)
CLASSES = {
    "cifar10": "airplane automobile bird cat deer dog frog horse ship truck".split(),
    "mnist": list("0123456789"),
    "drawn": "disc,square,triangle,cross,ring,horizontal,vertical,checkerboard,diagonal,dots".split(","),
}
# What training writes into the working folder beside the weights. These files are for you.
STOPPED, LOG, CURVES = ("training.pt", "training.json", "training.png")
PICTURES = Path("pictures")

IMAGES_AT_ONCE = 500  # when the network only predicts
NO_MATPLOTLIB = "Pictures need matplotlib: install it with `python -m pip install matplotlib`."
BLUE, ORANGE = "#0072B2", "#D55E00"  # colour-blind readers can tell them apart, too (Okabe and Ito)


class UserError(Exception):
    """Something that you can fix: terminals and notebooks show its message without a traceback."""

    def _render_traceback_(self):  # Jupyter and Colab ask for this
        return [str(self)]


# ---------------------------------------------------------------------------------------------------------------------
# The images
# ---------------------------------------------------------------------------------------------------------------------


def load(which):
    """Return images, uint8 (N, channels, height, width), and labels, int64 (N,). which: "train" or "test".

    They are in the folder cifar10 or mnist, here or in $CONVGRADE_DATA; $CONVGRADE_IMAGES names another folder.
    """
    folder = _folder()
    for place in (".", os.environ.get("CONVGRADE_DATA", ".")):
        images, labels = (Path(place, folder, f"{which}_{what}.npy") for what in ("images", "labels"))
        if images.is_file() and labels.is_file():
            # Memory-mapped: only what is used is read from the disk ("c": writing would not change the file).
            return torch.from_numpy(np.load(images, mmap_mode="c")), torch.from_numpy(np.load(labels)).long()
    fetch = f"python check.pyz data fetch {'drawn' if folder == 'drawn' else homework().data}"
    raise UserError(f"There are no images here yet (no {folder}/{which}_images.npy). Download them with `{fetch}`.")


def split(images, labels, seed=0):
    """Return (images, labels) to train with and (images, labels) to validate with: a tenth or fewer, drawn by the seed.

    A network can memorise its training images, so only images that it has never trained on show how good it is. Why not the
    test images? If you try ten networks and keep the one that is best on some images, its accuracy on these images is too
    good to be true. So you choose by the validation images, and the test images stay untouched until the end.
    """
    held_out = min(homework().held_out, len(images) // 10)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    return tuple((images[some], labels[some]) for some in (order[held_out:], order[:held_out]))


def class_names():
    """Return the names of the ten classes."""
    return CLASSES.get(Path(_folder()).name, CLASSES[homework().data])


def homework():
    """Return which homework this is: the one whose file is in the working folder."""
    here = [each for each in HOMEWORKS if Path(f"{each.name}.py").is_file()]
    if len(here) != 1:
        files = " or ".join(f"{each.name}.py" for each in HOMEWORKS)
        raise UserError(f"The working folder must contain either {files}, with the other files of that homework.")
    return here[0]


def _folder():
    return os.environ.get("CONVGRADE_IMAGES", homework().data)


def _percent(accuracy):
    return format(accuracy, homework().shown)


def _floats(images):
    """Return uint8 images as float32 in [0, 1]."""
    return images.float().div_(255)


# ---------------------------------------------------------------------------------------------------------------------
# Looking at a network without changing it
# ---------------------------------------------------------------------------------------------------------------------


def device():
    """Return the fastest device of this machine: an NVIDIA GPU, else an Apple GPU, else the processor."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def predict(model, images):
    """Return the logits of uint8 images, float32 (N, 10), on the CPU. The model and all random numbers stay as they are."""
    with _only_looking(model) as where:
        return torch.cat([model(_floats(some).to(where)).float().cpu() for some in images.split(IMAGES_AT_ONCE)])


def accuracy(model, images, labels):
    """Return the share of images that the model classifies correctly."""
    return (predict(model, images).argmax(dim=1) == labels).double().mean().item()


@contextlib.contextmanager
def _only_looking(model):
    """Switch to evaluation without gradients and yield the model's device; then restore modes and random states."""
    where = next(model.parameters()).device
    modes = [(module, module.training) for module in model.modules()]
    generators = [torch] if where.type == "cpu" else [torch, getattr(torch, where.type)]  # torch.cuda, torch.mps
    states = [generator.get_rng_state() for generator in generators]
    model.eval()
    try:
        with torch.no_grad():
            yield where
    finally:
        for module, mode in modes:
            module.training = mode
        for generator, state in zip(generators, states):
            generator.set_rng_state(state)


# ---------------------------------------------------------------------------------------------------------------------
# Training
# ---------------------------------------------------------------------------------------------------------------------


def train(build_model, train, *, epochs=10, seed=0, restart=False, on=None):
    """Train a network with your two functions and return it with its best weights. on: a device, if not the fastest.

    Shows progress, and after each epoch loss and accuracy on training and on validation images. The weights with the best
    validation accuracy so far are always in cifar10.pt (lenet.pt). Figures go to training.json, curves to training.png.

    Ctrl-C (in a notebook: interrupt) stops it. The next call continues after the last complete epoch, unless restart is
    true. Only the weights are restored: your optimizer and its learning rates start from the beginning, and the images come
    in another order, so the result is not quite the same as without the stop.
    """
    bar_of = _tqdm()
    (images, labels), validation = split(*load("train"), seed)
    for set_seed in (random.seed, np.random.seed, torch.manual_seed):
        set_seed(seed)
    model = _built(build_model).to(on or device())
    run = Run(model, (images, labels), validation, epochs, seed)
    if not restart:
        run.resume()
    done = run.epochs_done
    print(f"{_parameters(model):,} parameters, {len(images):,} training images, on {_device_name(model)}")
    bar = bar_of(
        total=epochs * len(images),
        initial=done * len(images),
        desc="Training",
        unit=" images",
        unit_scale=True,
        # tqdm keeps bar and printed lines apart on one stream only; a log file gets the lines without the bar.
        file=sys.stdout if sys.stdout.isatty() or _in_notebook() else sys.stderr,
    )
    try:
        with bar, _prints_above_bar(), Watch(run, bar):
            train(model, _floats(images), labels, epochs=epochs - done, seed=seed + done)
        run.epoch_ends(epochs)
        run.finish()
    except KeyboardInterrupt:
        run.stop()
    except NotImplementedError as error:
        raise _not_written("train", error) from None
    return model


class Watch:
    """Watch any training loop from outside: end an epoch of the run whenever the model has learned from all images.

    PyTorch lets others listen in: a model calls "hooks" before and after each batch that passes through it, and a tensor
    calls a hook when it gets its gradient. A batch counts once its logits have received a gradient: predictions without
    learning do not count, whatever mode the model is in. Batches that share one backward pass, such as two versions of the
    same images, count once.

    An optimizer's step comes after the backward pass and calls nothing, so an epoch's end is seen when the next batch
    comes. The last epoch's end is not seen at all: it is over when `train` returns.
    """

    def __init__(self, run, bar):
        self.run, self.bar, self.images = run, bar, run.about["images"]
        self.learned = run.epochs_done * self.images
        self.batch = 0  # images of the step that is under way

    def __enter__(self):
        before, after = map(torch.compiler.disable, (self._before, self._after))  # in case you use torch.compile
        self.hooks = [self.run.model.register_forward_pre_hook(before), self.run.model.register_forward_hook(after)]
        self._show()
        return self

    def __exit__(self, *error):
        for hook in self.hooks:
            hook.remove()
        if error == (None, None, None):
            self.bar.update(self.bar.total - self.bar.n)

    def _before(self, model, inputs):
        """Notice that a step has ended, because another batch arrives."""
        if not torch.is_grad_enabled() or not self.batch:
            return
        self.learned += self.batch
        self.bar.update(min(self.batch, self.bar.total - self.bar.n))
        self.batch = 0
        epoch = self.run.epochs_done + 1
        if epoch < self.run.epochs and self.learned >= epoch * self.images:
            self.run.epoch_ends(epoch)
            self._show()

    def _after(self, model, inputs, logits):
        """Listen to the gradient of a batch."""
        if isinstance(logits, torch.Tensor) and logits.requires_grad:
            count = len(logits)  # not the tensor itself, which would keep itself alive

            def learned_from(gradient):
                self.batch = max(self.batch, count)

            logits.register_hook(learned_from)

    def _show(self):
        self.bar.set_postfix_str(f"epoch {self.run.epochs_done + 1} of {self.run.epochs}")


class Run:
    """One training: its settings, its curve, its best weights, and the files that it writes."""

    def __init__(self, model, training, validation, epochs, seed):
        images, labels = training
        self.model, self.epochs = model, epochs
        # The same number of images of both kinds, so that the two curves can be compared.
        count = len(validation[1])
        self.looked_at = {"training": (images[:count], labels[:count]), "validation": validation}
        self.about = {"seed": seed, "data": Path(_folder()).name, "images": len(labels), "validation_images": count}
        self.curve, self.best_weights, self.resumed_after = [], None, []
        self.wrote, self.live = False, None
        self.started = time.perf_counter()

    @property
    def epochs_done(self):
        return self.curve[-1]["epoch"] if self.curve else 0

    @property
    def best(self):
        """The epoch with the best validation accuracy."""
        return _best(self.curve)

    def epoch_ends(self, epoch):
        """Measure, save and show."""
        point = {"epoch": epoch, "seconds": round(time.perf_counter() - self.started, 1)}
        for name, (images, labels) in self.looked_at.items():
            logits = predict(self.model, images)
            point[f"{name}_loss"] = F.cross_entropy(logits, labels).item()
            point[f"{name}_accuracy"] = (logits.argmax(dim=1) == labels).double().mean().item()
        with _ctrl_c_waits():
            self.curve.append(point)
            is_best = self.best is point
            if is_best:
                self.best_weights = _weights(self.model)
            self._save(is_best)
        self._draw()
        print(
            f"epoch {epoch} of {self.epochs} | {point['seconds']:.0f} s | "
            f"training {_percent(point['training_accuracy'])}, loss {point['training_loss']:.3f} | "
            f"validation {_percent(point['validation_accuracy'])}, loss {point['validation_loss']:.3f}"
            + (" | best, saved" if is_best else ""),
            flush=True,  # so that a log file can be followed
        )

    def _save(self, is_best):
        if not self.wrote:
            if not self.resumed_after:
                keep_earlier()
            self.wrote = True
        # It holds the best weights, too: if the machine fails between two files, resume writes them again.
        left = {
            "about": self.about,
            "curve": self.curve,
            "resumed_after": self.resumed_after,
            "weights": _weights(self.model),
            "best_weights": self.best_weights,
        }
        _write(STOPPED, _torch_bytes(left))
        if is_best:
            _write(homework().weights, _torch_bytes(self.best_weights))
        _write(LOG, (json.dumps(self._log(), indent=1) + "\n").encode())

    def _log(self):
        """Return the content of training.json."""
        curve = [{name: _figure(value) for name, value in point.items()} for point in self.curve]
        reached = {}
        for percent in homework().goals:
            seconds = [point["seconds"] for point in curve if point["validation_accuracy"] >= percent / 100]
            reached.update({f"seconds_until_{percent}_percent": seconds[0]} if seconds else {})
        return {
            **self.about,
            "parameters": _parameters(self.model),
            "device": _device_name(self.model),
            "pytorch": torch.__version__,
            "epochs": self.epochs_done,
            "resumed_after": self.resumed_after,
            "seconds": self.curve[-1]["seconds"],
            **reached,
            "best": _best(curve),
            "curve": curve,
        }

    def _draw(self):
        """Draw the curves again: in a notebook on the screen, and in training.png."""
        try:
            picture = curves(self.curve)
        except UserError:
            return  # no matplotlib: said at the end
        with _ctrl_c_waits():
            picture.save(CURVES)
        if not _in_notebook():
            return
        if self.live is None:
            from IPython.display import display

            self.live = display(picture, display_id=True)
        else:
            self.live.update(picture)

    def resume(self):
        """Continue a stopped training from training.pt; say why if that is impossible."""
        if not Path(STOPPED).exists():
            return
        try:
            left = torch.load(STOPPED, map_location="cpu", weights_only=True)
        except (RuntimeError, EOFError, pickle.UnpicklingError):
            left = {}
        if not left:
            reason = f"{STOPPED} cannot be read"
        elif left["about"] != self.about:
            reason = "it used another seed or other images"
        elif _shapes(left["weights"]) != _shapes(self.model.state_dict()):
            reason = "its network had other shapes"
        elif left["curve"][-1]["epoch"] >= self.epochs:
            reason = f"it already ran for {left['curve'][-1]['epoch']} epochs, and you asked for {self.epochs}"
        else:
            self._take_up(left)
            return
        print(f"The training that was stopped here cannot continue: {reason}. This one starts from scratch.")

    def _take_up(self, left):
        self.model.load_state_dict(left["weights"])
        self.curve, self.best_weights = left["curve"], left["best_weights"]
        self.resumed_after = [*left["resumed_after"], self.epochs_done]
        self.started -= self.curve[-1]["seconds"]
        _write(homework().weights, _torch_bytes(self.best_weights))
        print(
            f"Continuing after epoch {self.epochs_done} of the stopped training, with a new optimizer. To start from "
            f"scratch instead, use `python {homework().name}.py --restart`, or restart=True in the notebook."
        )

    def finish(self):
        """Give the model its best weights, and say how good they are."""
        self.model.load_state_dict(self.best_weights)
        Path(STOPPED).unlink()
        print(f"Done. {self._best_sentence()}")
        _say_if_earlier_was_better(self.best["validation_accuracy"], self.about["data"])
        if not Path(CURVES).exists():
            print(NO_MATPLOTLIB)

    def stop(self):
        """Say how far the training got before Ctrl-C."""
        if self.curve:
            self.model.load_state_dict(self.best_weights)
            where = f"{self._best_sentence()} Run it again to continue after epoch {self.epochs_done}."
        else:
            where = "Weights are saved at the end of each epoch, so there are none yet. Run it again to start over."
        print(f"Stopped in epoch {min(self.epochs_done + 1, self.epochs)} of {self.epochs}. {where}")

    def _best_sentence(self):
        reached = f"{_percent(self.best['validation_accuracy'])} on validation images"
        return f"The best weights are in {homework().weights}: epoch {self.best['epoch']}, {reached}."


def keep_earlier():
    """Rename what an earlier training left: cifar10.pt to cifar10-before-1.pt and so on, so that nothing is ever lost."""
    weights = homework().weights
    files = (weights, STOPPED, LOG, CURVES)
    number = next(n for n in itertools.count(1) if not any(_before(name, n).exists() for name in files))
    left = [name for name in files if Path(name).exists()]
    for name in left:
        # The weights are copied, so that the file always exists.
        (shutil.copy2 if name == weights else os.replace)(name, _before(name, number))
    if left:
        print(f"Kept from an earlier training: {', '.join(str(_before(name, number)) for name in left)}")


def _before(name, number):
    return Path(name).with_stem(f"{Path(name).stem}-before-{number}")


def _say_if_earlier_was_better(reached, data):
    logs = [(path, json.loads(path.read_text())) for path in Path().glob("training-before-*.json")]
    earlier = [(log["best"]["validation_accuracy"], path) for path, log in logs if log["data"] == data]
    better, path = max(earlier, default=(0, None))
    if better > _figure(reached):
        weights = path.name.replace("training", homework().name).replace(".json", ".pt")
        print(
            f"An earlier training was better, {_percent(better)}: {weights} has its weights, for the network of that time."
        )


def _built(build_model):
    """Return a new network after checking that it gives ten logits for each image."""
    try:
        model = build_model()
        if not isinstance(model, nn.Module) or not list(model.parameters()):
            raise UserError(f"build_model must return a network (torch.nn.Module) with parameters, not {model!r}.")
        with _only_looking(model) as where:
            logits = model(torch.zeros(2, *homework().shape, device=where))
    except NotImplementedError as error:
        raise _not_written("build_model", error) from None
    shape = tuple(getattr(logits, "shape", ()))
    if shape != (2, 10):
        raise UserError(f"For two images, build_model's network must return logits of shape (2, 10), not {shape}.")
    return model


def _not_written(name, error):
    """Return what to raise for a NotImplementedError: PyTorch's own, about operations of a device, have a message."""
    return error if str(error) else UserError(f"{name} in {homework().name}.py isn't written yet.")


def _best(curve):
    return max(curve, key=lambda point: point["validation_accuracy"])


def _figure(value):
    """Return a number as JSON can hold it: four digits, and null for a loss that is not finite."""
    return round(value, 4) if math.isfinite(value) else None


def _parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


def _weights(model):
    """Return a copy of the weights that loads on any machine: on the CPU, contiguous."""
    return {
        name: value.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
        for name, value in model.state_dict().items()
    }


def _shapes(weights):
    return {name: value.shape for name, value in weights.items()}


def _device_name(model):
    where = next(model.parameters()).device
    if where.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(where)})"
    return f"cpu ({torch.get_num_threads()} threads)" if where.type == "cpu" else where.type


def _torch_bytes(what):
    stream = io.BytesIO()
    torch.save(what, stream)
    return stream.getvalue()


def _write(path, content):
    """Write a file completely or not at all: until then, readers find the old one."""
    temporary = Path(f"{path}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)


@contextlib.contextmanager
def _ctrl_c_waits():
    """Let Ctrl-C wait until the block is done. Python allows this in the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = []
    usual = signal.signal(signal.SIGINT, lambda *_: pressed.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
    if pressed:
        raise KeyboardInterrupt


def _tqdm():
    """Return the progress bar: a widget in notebooks, a line in terminals."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where Jupyter has no widgets, it is a line
            from tqdm.auto import tqdm
    except ImportError:
        raise UserError("The progress bar needs tqdm: install it with `python -m pip install tqdm`.") from None
    return tqdm


def _prints_above_bar():
    """Print all lines, your own too, above the bar and not into it."""
    from tqdm.contrib import DummyTqdmFile

    return contextlib.redirect_stdout(DummyTqdmFile(sys.stdout))


def _in_notebook():
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")


# ---------------------------------------------------------------------------------------------------------------------
# Pictures
# ---------------------------------------------------------------------------------------------------------------------


class Picture:
    """A matplotlib figure that notebooks show and that can be saved; it needs no screen."""

    def __init__(self, width, height):
        try:
            from matplotlib.figure import Figure
        except ImportError:
            raise UserError(NO_MATPLOTLIB) from None
        self.figure = Figure(figsize=(width, height), layout="constrained")

    def panels(self, rows=1, columns=1, **options):
        """Return the panels of the picture, an array of axes."""
        return self.figure.subplots(rows, columns, squeeze=False, **options).ravel()

    def title(self, text):
        self.figure.suptitle(text, fontsize=12)

    def save(self, path):
        """Save the picture as PNG."""
        _write(path, self._repr_png_())

    def _repr_png_(self):  # Jupyter and Colab ask for this
        stream = io.BytesIO()
        self.figure.savefig(stream, format="png", dpi=110)
        return stream.getvalue()


def show_images(images, labels, columns=12):
    """Show some images of each class: uint8 (N, channels, height, width) and their labels."""
    names = class_names()
    picture = Picture(9, 7.1)
    (panel,) = picture.panels()
    rows = [images[torch.where(labels == label)[0][:columns]] for label in range(len(names))]
    _show_rows(panel, [_floats(row) for row in rows], columns)
    panel.set_yticks([row + 0.5 for row in range(len(names))], names, fontsize=11)
    picture.title("Ten classes: some images of each")
    return picture


def show_augmented(images, augment, columns=8, rows=6):
    """Show images, uint8 (N, channels, height, width), and what augment makes of them.

    augment: a function of float images in [0, 1], or None.
    """
    if augment is None:
        print(
            f"Your {homework().name}.py has no function augment(images). Augmentation changes training images at random "
            "without changing their class: it shifts them, darkens them a little, or mirrors photos. The network then "
            "never sees quite the same image twice, so it is harder to memorise them. Write one, call it for each batch in "
            "train, and look at the result here."
        )
        return None
    originals = _floats(images[:rows])
    versions = [torch.as_tensor(augment(originals.clone())) for _ in range(columns - 1)]
    if any(version.shape != originals.shape for version in versions):
        raise UserError(f"augment must return images of the shape it was given, {tuple(originals.shape)}.")
    picture = Picture(8, 6.6)
    (panel,) = picture.panels()
    shown = torch.stack([originals, *(version.cpu().float() for version in versions)], dim=1)
    _show_rows(panel, list(shown), columns)
    panel.axvline(1, color="black", linewidth=2)
    panel.set_xticks([0.5, (columns + 1) / 2], ["image", "what augment makes of it"], fontsize=11)
    picture.title("Augmentation: would you still recognise the class?")
    return picture


def curves(curve=None):
    """Show loss and accuracy after each epoch. curve: as in training.json, which is read by default."""
    if curve is None:
        if not Path(LOG).exists():
            raise UserError(f"There is no {LOG} yet: train first.")
        curve = json.loads(Path(LOG).read_text())["curve"]
    best = _best(curve)
    epochs = [point["epoch"] for point in curve]
    picture = Picture(10, 3.8)
    loss, right = picture.panels(1, 2)
    for panel, what, factor in ((loss, "loss", 1), (right, "accuracy", 100)):
        for name, colour, line in (("training", BLUE, "o-"), ("validation", ORANGE, "s--")):
            values = [math.nan if point[f"{name}_{what}"] is None else factor * point[f"{name}_{what}"] for point in curve]
            panel.plot(epochs, values, line, color=colour, markersize=5, label=f"{name} images")
        panel.set_xlabel("epoch")
        panel.xaxis.get_major_locator().set_params(integer=True)
        panel.grid(alpha=0.3)
    loss.set_title("Loss: lower is better")
    loss.legend()
    right.set_title(f"Accuracy in %: best {_percent(best['validation_accuracy'])} after epoch {best['epoch']}")
    right.plot(best["epoch"], 100 * best["validation_accuracy"], "o", color="black", markersize=13, fillstyle="none")
    right.axhline(10, color="gray", linestyle=":")
    right.text(epochs[-1], 11, "guessing", ha="right", color="gray", fontsize=9, clip_on=True)
    right.set_ylim(homework().least_shown, 100)
    return picture


def confusion(model, images, labels):
    """Show how often each class is mistaken for which, and its recall: the share of its images that was recognised."""
    names = class_names()
    counts = np.zeros((len(names), len(names)), int)
    np.add.at(counts, (labels.numpy(), predict(model, images).argmax(dim=1).numpy()), 1)
    of_class = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(of_class, 1)
    picture = Picture(8, 7)
    (panel,) = picture.panels()
    panel.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(counts.shape):
        colour = "white" if shares[row, column] > 0.5 else "black" if counts[row, column] else "lightgray"
        panel.text(column, row, counts[row, column], ha="center", va="center", color=colour)
    panel.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor")
    panel.set_yticks(range(len(names)), names)
    panel.set_xlabel("what the network says")
    panel.set_ylabel("what it is")
    recalls = [f"{share:.0%}" if count else "none here" for share, (count,) in zip(shares.diagonal(), of_class)]
    recall = panel.secondary_yaxis("right")
    recall.set_yticks(range(len(names)), recalls)
    recall.tick_params(length=0)
    recall.set_ylabel("recall: how many are recognised")
    picture.title(f"{_percent(counts.diagonal().sum() / counts.sum())} of {counts.sum():,} images are classified correctly")
    return picture


def worst_mistakes(model, images, labels, rows=3, columns=5):
    """Show the mistakes with the highest loss: the network was most certain, and wrong."""
    names = class_names()
    logits = predict(model, images)
    said, chances = logits.argmax(dim=1), logits.softmax(dim=1)
    losses = torch.where(said == labels, -1.0, F.cross_entropy(logits, labels, reduction="none"))
    worst = [index for index in losses.argsort(descending=True).tolist() if losses[index] >= 0][: rows * columns]
    rows = max(1, -(-len(worst) // columns))
    picture = Picture(9, 2.15 * rows + 0.5)
    panels = picture.panels(rows, columns)
    for panel in panels:
        panel.axis("off")
    for panel, index in zip(panels, worst):
        true, guess = labels[index].item(), said[index].item()
        panel.imshow(images[index].permute(1, 2, 0).numpy(), cmap="gray", vmin=0, vmax=255)
        says = f"says {names[guess]}, {chances[index, guess]:.0%}"
        panel.set_title(f"{says}\nis {names[true]}, {chances[index, true]:.0%}", fontsize=9)
    picture.title("The worst mistakes, with the probabilities that the network gives" if worst else "No mistakes here")
    return picture


def first_kernels(model, most=96):
    """Show the kernels of the first layer, each scaled to the whole range from black to white.

    Kernels with three input channels are colour pictures; otherwise each channel is a grey one. A fully connected first
    layer has one picture of the size of an image for each unit.
    """
    shape = homework().shape
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            kernels, what = layer.weight, "kernels of the first convolution"
            break
        if isinstance(layer, nn.Linear) and layer.in_features == math.prod(shape):
            kernels, what = layer.weight.unflatten(1, shape), "units of the first layer"
            break
    else:
        print("This network does not begin with a convolution, so there are no kernels to show.")
        return None
    kernels = kernels.detach().float().cpu()
    if kernels.shape[1] not in (1, 3):
        kernels, what = kernels.flatten(0, 1).unsqueeze(1), f"{what}, channel by channel"
    shown = kernels[:most]
    least, largest = shown.amin((1, 2, 3), keepdim=True), shown.amax((1, 2, 3), keepdim=True)
    shown = (shown - least) / (largest - least).clamp_min(1e-12)
    columns = min(len(shown), 16 if len(shown) > 32 else 8)
    rows = -(-len(shown) // columns)
    picture = Picture(max(4.5, 0.62 * columns), 0.62 * rows + 1)
    panels = picture.panels(rows, columns, subplot_kw={"xticks": [], "yticks": []})
    for panel, kernel in zip(panels, shown):
        panel.imshow(kernel.permute(1, 2, 0).numpy(), cmap="gray", vmin=0, vmax=1)
    for panel in panels[len(shown) :]:
        panel.axis("off")
    size = "x".join(map(str, kernels.shape[2:]))
    some = f"{len(shown)} of the " if len(shown) < len(kernels) else ""
    picture.title(f"{some}{len(kernels)} {what}, {size}")
    return picture


def _show_rows(panel, rows, columns, gap=2):
    """Show rows of images, float32 (n, channels, height, width), as one picture with white between them."""
    height, width = rows[0].shape[2:]
    down, right = height + gap, width + gap
    canvas = torch.ones(len(rows) * down, columns * right, 3)
    for row, images in enumerate(rows):
        for column, image in enumerate(images[:columns]):
            top, left = row * down + gap // 2, column * right + gap // 2
            canvas[top : top + height, left : left + width] = image.permute(1, 2, 0).clamp(0, 1)
    panel.imshow(canvas.numpy(), extent=(0, columns, len(rows), 0), aspect=down / right)
    panel.tick_params(length=0)
    panel.set_xticks([])
    panel.set_yticks([])
    panel.spines[:].set_visible(False)


# ---------------------------------------------------------------------------------------------------------------------
# python cifar10.py, python lenet.py
# ---------------------------------------------------------------------------------------------------------------------


def main(build_model, student_train):
    """Train as the command line says, then write the pictures into the folder pictures."""
    try:
        _main(homework(), build_model, student_train)
    except UserError as error:
        sys.exit(str(error))


def _main(this, build_model, student_train):
    parser = argparse.ArgumentParser(description=f"Train your network and save its weights to {this.weights}.")
    parser.add_argument("--epochs", type=int, default=10, help="how often to train on all images [10]")
    parser.add_argument("--seed", type=int, default=0, help="the same number gives the same training [0]")
    parser.add_argument("--data", metavar="FOLDER", help=f"the folder of the images [{this.data}]")
    parser.add_argument("--device", choices=("cpu", "cuda", "mps"), help="where to compute [the fastest here]")
    parser.add_argument("--restart", action="store_true", help="do not continue a stopped training")
    asked = parser.parse_args()
    if asked.epochs < 1 or not 0 <= asked.seed < 2**32:
        parser.error("--epochs must be at least 1, and --seed from 0 to 2**32 - 1")
    if asked.data:
        os.environ["CONVGRADE_IMAGES"] = asked.data
    model = train(build_model, student_train, epochs=asked.epochs, seed=asked.seed, restart=asked.restart, on=asked.device)
    if Path(STOPPED).exists():
        sys.exit(130)  # by Ctrl-C
    if find_spec("matplotlib"):
        _write_pictures(model, *split(*load("train"), asked.seed)[1])
        print(f"Look at {CURVES} and at the pictures in {PICTURES}.")
    print("Now check your homework: python check.pyz")


def _write_pictures(model, images, labels):
    PICTURES.mkdir(exist_ok=True)
    confusion(model, images, labels).save(PICTURES / "confusion.png")
    worst_mistakes(model, images, labels).save(PICTURES / "mistakes.png")
    kernels = first_kernels(model)
    if kernels:
        kernels.save(PICTURES / "kernels.png")
