"""practice.py: it shows how any training goes and keeps its best weights, and changes nothing in it."""

import contextlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.optimizer import register_optimizer_step_post_hook
from torch.utils.data import DataLoader, TensorDataset

from autograder.datasets import drawn
from tests.conftest import ROOT, SOLUTIONS

IMAGES = 200  # 180 for training, 20 for validation
pytestmark = pytest.mark.sampled(3)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A student's folder with drawn images."""
    (tmp_path / "drawn").mkdir()
    for seed, which in enumerate(("train", "test")):
        images, labels = drawn.draw(IMAGES, seed)
        np.save(tmp_path / "drawn" / f"{which}_images.npy", images)
        np.save(tmp_path / "drawn" / f"{which}_labels.npy", labels)
    shutil.copy(SOLUTIONS / "handout" / "practice.py", tmp_path)
    (tmp_path / "cifar10.py").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONVGRADE_IMAGES", "drawn")
    monkeypatch.delenv("CONVGRADE_DATA", raising=False)
    return tmp_path


@pytest.fixture
def drawing(monkeypatch):
    """practice.py as it is."""
    specification = importlib.util.spec_from_file_location("practice", SOLUTIONS / "handout" / "practice.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    monkeypatch.setattr(module, "device", lambda: "cpu")
    return module


@pytest.fixture
def practice(drawing, monkeypatch):
    """practice.py without its curves, which take longer to draw than these networks to train."""
    monkeypatch.setattr(drawing.Run, "_draw", lambda run: None)
    return drawing


def build_model():
    return nn.Sequential(
        nn.Conv2d(3, 4, 5, stride=3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.2), nn.Flatten(), nn.Linear(400, 10)
    )


def batches_of(images, size):
    return torch.randperm(len(images)).split(size)


def plain(model, images, labels, *, epochs, seed=0, size=64, rate=0.01, extra=lambda model, x: None):
    """Train as most would. extra: what else a student may do in each step."""
    torch.manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
    history = []
    for _ in range(epochs):
        model.train()
        for batch in batches_of(images, size):
            loss = F.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            extra(model, images[batch])
        history.append(loss.item())
    return history


def tutorial(model, images, labels, *, epochs, seed=0):
    """Train in batches of 4, as PyTorch's tutorial does."""
    return plain(model, images, labels, epochs=epochs, seed=seed, size=4)


def with_a_loader(model, images, labels, *, epochs, seed=0):
    torch.manual_seed(seed)
    loader = DataLoader(TensorDataset(images, labels), batch_size=32, shuffle=True, drop_last=True)
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
    return []


def looks_at_its_accuracy(model, images, labels, *, epochs, seed=0):
    """Call the model a second time in each step, in training mode and with gradients."""
    return plain(model, images, labels, epochs=epochs, seed=seed, extra=lambda model, x: model(x).argmax(dim=1))


def two_versions(model, images, labels, *, epochs, seed=0):
    """Learn from each image and from its mirror image in one step."""
    torch.manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(epochs):
        for batch in batches_of(images, 50):
            x, y = images[batch], labels[batch]
            optimizer.zero_grad()
            (F.cross_entropy(model(x), y) + F.cross_entropy(model(x.flip(3)), y)).backward()
            optimizer.step()
    return []


def validates_itself(model, images, labels, *, epochs, seed=0):
    """Look at all images after each epoch, and forget to go back to training mode."""
    torch.manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(epochs):
        for batch in batches_of(images, 64):
            optimizer.zero_grad()
            F.cross_entropy(model(images[batch]), labels[batch]).backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            model(images)
    return []


def accumulates(model, images, labels, *, epochs, seed=0):
    """Make one step out of several batches."""
    torch.manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(epochs):
        optimizer.zero_grad()
        for batch in batches_of(images, 45):
            F.cross_entropy(model(images[batch]), labels[batch]).backward()
        optimizer.step()
    return []


def compiled(model, images, labels, *, epochs, seed=0):
    return plain(torch.compile(model, backend="eager"), images, labels, epochs=epochs, seed=seed)


LOOPS = [compiled, plain, tutorial, with_a_loader, looks_at_its_accuracy, two_versions, validates_itself, accumulates]


def log():
    with open("training.json") as stream:
        return json.load(stream)


def weights(path="cifar10.pt"):
    return torch.load(path, weights_only=True)


def same(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.costly
@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.__name__)
def test_any_loop_is_watched_epoch_by_epoch(practice, loop, monkeypatch):
    """Count by the optimizer's steps where the epochs are looked at: this says whether they are where they should be."""
    steps, seen_at = [], []
    hook = register_optimizer_step_post_hook(lambda *_: steps.append(1))
    look = practice.Run.epoch_ends
    monkeypatch.setattr(practice.Run, "epoch_ends", lambda run, epoch: (seen_at.append(len(steps)), look(run, epoch)))
    try:
        practice.train(build_model, loop, epochs=4)
    finally:
        hook.remove()
    assert [point["epoch"] for point in log()["curve"]] == [1, 2, 3, 4]
    assert seen_at[-1] == len(steps)
    # An epoch that drops its last images ends a little earlier than the count says; a step may still be under way.
    assert seen_at == pytest.approx(
        [len(steps) * epoch / 4 for epoch in (1, 2, 3, 4)], abs=3 if loop is with_a_loader else 1
    )


@pytest.mark.parametrize("loop", [plain, looks_at_its_accuracy, accumulates], ids=lambda loop: loop.__name__)
def test_watching_changes_nothing(drawing, loop):
    """The network draws random numbers even where it is only looked at, and the training is the same nevertheless."""

    class Noisy(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = build_model()
            self.layers[1].eval()  # a module whose mode is not that of the others

        def forward(self, images):
            return self.layers(F.dropout(images, 0.1))  # dropout in every mode: a usual mistake

    final = []

    def train(model, images, labels, **options):
        history = loop(model, images, labels, **options)
        final.append({name: value.clone() for name, value in model.state_dict().items()})
        final.append([module.training for module in model.modules()])
        return history

    (images, labels), _ = drawing.split(*drawing.load("train"), 3)
    torch.manual_seed(3)
    train(Noisy(), images.float() / 255, labels, epochs=3, seed=3)
    drawing.train(Noisy, train, epochs=3, seed=3)
    unwatched, modes, watched, watched_modes = final
    assert same(unwatched, watched)
    assert modes == watched_modes


def test_looking_leaves_modes_and_random_numbers(practice):
    model = nn.Sequential(build_model(), nn.Dropout())
    model[0].eval()
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    images, labels = practice.load("test")
    logits = practice.predict(model, images)
    assert torch.equal(torch.rand(3), expected)
    assert not logits.requires_grad and logits.shape == (IMAGES, 10)
    assert [module.training for module in model] == [False, True]
    model.eval()
    with torch.no_grad():
        assert torch.allclose(logits, model(images.float() / 255), atol=1e-5)
    assert practice.accuracy(model, images, labels) == (logits.argmax(1) == labels).double().mean().item()


def test_the_same_seed_gives_the_same_weights_and_another_one_others(practice, capsys):
    found = {}
    for run, seed in enumerate((5, 5, 6)):
        practice.train(build_model, plain, epochs=2, seed=seed)
        found[run] = weights()
    assert "An earlier training was better" not in capsys.readouterr().out.split("Kept from")[1]  # it was as good
    assert same(found[0], found[1])
    assert not same(found[0], found[2])


def test_validation_images_are_never_trained_with(practice):
    images, labels = practice.load("train")
    training, validation = practice.split(images, labels, seed=4)
    assert len(training[0]) == 180 and len(validation[0]) == 20
    everything = sorted(image.numpy().tobytes() for image in images)
    assert sorted(image.numpy().tobytes() for part in (training, validation) for image in part[0]) == everything
    again = practice.split(images, labels, seed=4)
    assert torch.equal(again[1][0], validation[0])
    assert not torch.equal(practice.split(images, labels, seed=5)[1][1], validation[1])
    many = practice.split(torch.arange(50_000), torch.arange(50_000))
    assert [len(part[0]) for part in many] == [48_000, 2_000]
    given = []
    practice.train(build_model, lambda model, images, labels, **_: given.append((images, labels)) or [], epochs=1, seed=4)
    assert torch.equal((given[0][0] * 255).round().byte(), training[0])
    assert torch.equal(given[0][1], training[1])


def test_the_best_weights_are_kept(practice):
    """A training that gets worse leaves the weights of its best epoch, and the model that is returned has them."""

    def gets_worse(model, images, labels, *, epochs, seed=0):
        plain(model, images, labels, epochs=epochs - 1, seed=seed)
        for _ in range(len(images) // 60):
            F.cross_entropy(model(images[:60]), labels[:60]).backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.fill_(0.0)
        return []

    model = practice.train(build_model, gets_worse, epochs=4)
    figures = log()
    accuracies = [point["validation_accuracy"] for point in figures["curve"]]
    assert figures["best"]["validation_accuracy"] == max(accuracies) > accuracies[-1]
    assert same(weights(), model.state_dict())
    _, validation = practice.split(*practice.load("train"))
    assert practice.accuracy(model, *validation) == pytest.approx(max(accuracies), abs=1e-4)
    assert all(value.device.type == "cpu" and value.is_contiguous() for value in weights().values())


def test_the_log_says_what_was_done(drawing):
    drawing.train(build_model, plain, epochs=3, seed=7)
    figures = log()
    expected = {"seed": 7, "data": "drawn", "images": 180, "validation_images": 20, "epochs": 3, "resumed_after": []}
    assert expected.items() <= figures.items()
    assert figures["parameters"] == 3 * 4 * 25 + 4 + 8 + 4010
    assert figures["pytorch"] == torch.__version__ and figures["device"].startswith("cpu")
    assert figures["seconds"] == figures["curve"][-1]["seconds"] >= figures["curve"][0]["seconds"]
    assert drawing.Path("training.png").read_bytes().startswith(b"\x89PNG")
    assert not os.path.exists("training.pt")


def test_the_log_says_when_an_accuracy_was_reached(practice):
    def knows(model, images, labels, *, epochs, seed=0):
        return plain(model, images, labels, epochs=epochs, seed=seed, rate=0.02)

    practice.train(build_model, knows, epochs=15)
    figures = log()
    for percent in (70, 80, 90):
        times = [point["seconds"] for point in figures["curve"] if point["validation_accuracy"] >= percent / 100]
        assert figures.get(f"seconds_until_{percent}_percent") == (times[0] if times else None)
    assert figures["curve"][-1]["training_accuracy"] > 0.7
    assert figures["curve"][-1]["training_loss"] < figures["curve"][0]["training_loss"]


def test_a_loss_that_is_no_number_is_null(practice):
    practice.train(build_model, lambda *a, **o: plain(*a, **o, rate=1e30), epochs=2)
    text = practice.Path("training.json").read_text()
    assert "NaN" not in text and "Infinity" not in text
    assert log()["curve"][-1]["training_loss"] is None
    assert practice.curves()._repr_png_()


def stops_after(epochs_to_do, loop=plain):
    """Return a loop that is interrupted in the epoch after those."""

    def train(model, images, labels, *, epochs, seed=0):
        loop(model, images, labels, epochs=epochs_to_do, seed=seed)
        F.cross_entropy(model(images[:64]), labels[:64]).backward()
        raise KeyboardInterrupt

    return train


def test_a_stopped_training_continues(practice, capsys):
    given = []

    def remembers(model, images, labels, *, epochs, seed=0):
        given.append((epochs, seed, {name: value.clone() for name, value in model.state_dict().items()}))
        return plain(model, images, labels, epochs=epochs, seed=seed)

    model = practice.train(build_model, stops_after(2), epochs=5, seed=9)
    said = capsys.readouterr().out
    assert "Stopped in epoch 3 of 5. The best weights are in cifar10.pt: epoch" in said
    assert "Run it again to continue after epoch 2." in said
    assert same(weights(), model.state_dict())
    last = torch.load("training.pt", weights_only=True)["weights"]
    best = log()["best"]["validation_accuracy"]
    practice.train(build_model, remembers, epochs=5, seed=9)
    ((epochs, seed, start),) = given
    assert (epochs, seed) == (3, 11)  # the images come in another order than in the first epochs
    assert same(start, last)
    figures = log()
    assert [point["epoch"] for point in figures["curve"]] == [1, 2, 3, 4, 5]
    assert figures["resumed_after"] == [2]
    assert figures["best"]["validation_accuracy"] >= best
    seconds = [point["seconds"] for point in figures["curve"]]
    assert seconds == sorted(seconds)
    assert "Continuing after epoch 2" in capsys.readouterr().out
    assert not os.path.exists("training.pt") and not list(practice.Path().glob("*-before-*"))


def test_stopped_before_anything_was_saved(practice, capsys):
    practice.train(build_model, stops_after(0), epochs=2)
    assert "Stopped in epoch 1 of 2. Weights are saved at the end of each epoch" in capsys.readouterr().out
    assert not os.path.exists("cifar10.pt") and not os.path.exists("training.pt")


def wider():
    return nn.Sequential(nn.Flatten(), nn.Linear(3072, 10))


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"build_model": wider}, "its network had other shapes"),
        ({"seed": 1}, "it used another seed or other images"),
        ({"epochs": 2}, "it already ran for 2 epochs, and you asked for 2"),
        ({"damaged": b"PK"}, "training.pt cannot be read"),
        ({"restart": True}, None),
    ],
)
def test_a_training_that_cannot_continue_starts_from_scratch_and_nothing_is_lost(practice, capsys, options, reason):
    practice.train(build_model, stops_after(2), epochs=4)
    before = weights()
    options = dict(options)
    if damaged := options.pop("damaged", None):
        practice.Path("training.pt").write_bytes(damaged)
    capsys.readouterr()
    practice.train(options.pop("build_model", build_model), plain, **{"epochs": 3, **options})
    said = capsys.readouterr().out
    assert (f"cannot continue: {reason}. This one starts from scratch." in said) if reason else ("cannot" not in said)
    assert log()["resumed_after"] == [] and log()["curve"][0]["epoch"] == 1
    assert same(weights("cifar10-before-1.pt"), before)
    assert os.path.exists("training-before-1.pt") and os.path.exists("training-before-1.json")


def test_weights_of_earlier_trainings_are_never_lost(practice, capsys):
    practice.train(build_model, lambda *a, **o: plain(*a, **o, rate=0.02), epochs=12)
    good = weights()
    reached = log()["best"]["validation_accuracy"]
    assert reached > 0.2
    for _ in range(2):
        capsys.readouterr()
        practice.train(build_model, lambda *a, **o: plain(*a, **o, rate=1e-9), epochs=1)
    assert same(weights("cifar10-before-1.pt"), good)
    assert not same(weights(), good) and not same(weights(), weights("cifar10-before-1.pt"))
    assert os.path.exists("cifar10-before-2.pt")
    said = capsys.readouterr().out
    assert said.count("An earlier training") == 1
    assert f"An earlier training was better, {reached:.1%}: cifar10-before-1.pt has its weights" in said


def test_weights_of_somebody_else_are_kept(practice):
    practice.Path("cifar10.pt").write_bytes(b"precious")
    practice.train(build_model, stops_after(0), epochs=1)
    assert practice.Path("cifar10.pt").read_bytes() == b"precious"
    practice.train(build_model, plain, epochs=1)
    assert practice.Path("cifar10-before-1.pt").read_bytes() == b"precious"


STUDENT = """
import time
import torch
from torch import nn
from torch.nn import functional as F

def build_model():
    return nn.Sequential(nn.Flatten(), nn.Linear(3072, 10))

def train(model, images, labels, *, epochs, seed=0):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for epoch in range(epochs):
        for batch in torch.randperm(len(images)).split(60):
            optimizer.zero_grad()
            F.cross_entropy(model(images[batch]), labels[batch]).backward()
            optimizer.step()
            time.sleep(PAUSE)
        print("my own line")
    return []

if __name__ == "__main__":
    import practice
    practice.main(build_model, train)
"""


def start(folder, pause, *arguments, before=""):
    (folder / "cifar10.py").write_text(before + STUDENT.replace("PAUSE", str(pause)))
    command = [sys.executable, "cifar10.py", *arguments]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_ctrl_c_in_a_terminal_and_on_again(folder):
    """The weights load at every moment; the second run takes up where the first was stopped."""
    process = start(folder, 0.02, "--epochs", "500")
    deadline = time.monotonic() + 120
    loads = 0
    while loads < 20 and process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError):
            assert weights(folder / "cifar10.pt").keys() == {"1.weight", "1.bias"}
            loads += 1
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert loads == 20 and process.returncode == 130, err
    assert "Traceback" not in out + err and "Training:" in err
    stopped = out.strip().splitlines()[-1]
    assert stopped.startswith("Stopped in epoch") and "Run it again to continue after epoch" in stopped
    done = json.loads((folder / "training.json").read_text())["epochs"]
    process = start(folder, 0, "--epochs", str(done + 1))
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert f"Continuing after epoch {done}" in out and "Done. The best weights are in cifar10.pt" in out
    assert out.count("my own line") == 1
    assert log()["resumed_after"] == [done] and log()["epochs"] == done + 1
    assert {path.name for path in (folder / "pictures").iterdir()} == {"confusion.png", "mistakes.png", "kernels.png"}


def without(*packages):
    return f"import sys\nfor name in {packages!r}: sys.modules[name] = None\n"


def test_without_matplotlib_there_are_no_pictures(folder):
    process = start(folder, 0, "--epochs", "1", before=without("matplotlib", "matplotlib.figure"))
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "Pictures need matplotlib: install it with `python -m pip install matplotlib`." in out
    assert (folder / "cifar10.pt").exists() and not (folder / "training.png").exists()
    assert not (folder / "pictures").exists()


def test_without_tqdm_one_sentence_says_how_to_get_it(folder):
    process = start(folder, 0, before=without("tqdm", "tqdm.auto"))
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1 and out == ""
    assert err == "The progress bar needs tqdm: install it with `python -m pip install tqdm`.\n"


def test_without_images_one_sentence_says_how_to_get_them(folder):
    process = start(folder, 0, "--data", "cifar10")
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert err == (
        "There are no images here yet (no cifar10/train_images.npy). "
        "Download them with `python check.pyz data fetch cifar10`.\n"
    )


def test_a_typing_mistake_on_the_command_line(folder):
    process = start(folder, 0, "--epochs", "0")
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2 and "--epochs must be at least 1" in err


def not_written(*arguments, **options):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("build", "loop", "sentence"),
    [
        (not_written, plain, "build_model in cifar10.py isn't written yet."),
        (build_model, not_written, "train in cifar10.py isn't written yet."),
        (lambda: None, plain, "build_model must return a network (torch.nn.Module) with parameters, not None."),
        (nn.ReLU, plain, "build_model must return a network (torch.nn.Module) with parameters, not ReLU()."),
        (
            lambda: nn.Conv2d(3, 10, 3),
            plain,
            "For two images, build_model's network must return logits of shape (2, 10), not (2, 10, 30, 30).",
        ),
    ],
)
def test_what_students_get_wrong_is_said_in_one_sentence(practice, build, loop, sentence):
    with pytest.raises(practice.UserError) as said:
        practice.train(build, loop, epochs=1)
    assert str(said.value) == sentence
    assert said.value._render_traceback_() == [sentence]  # all that a notebook shows


def test_images_in_convgrade_data(practice, folder, monkeypatch):
    monkeypatch.setenv("CONVGRADE_DATA", str(folder))
    (folder / "elsewhere").mkdir()
    shutil.move(folder / "cifar10.py", folder / "elsewhere")
    monkeypatch.chdir(folder / "elsewhere")
    images, labels = practice.load("test")
    expected, classes = drawn.draw(IMAGES, 1)
    assert np.array_equal(images, expected) and np.array_equal(labels, classes) and labels.dtype == torch.int64


def is_picture(picture):
    return picture._repr_png_().startswith(b"\x89PNG")


ODD = {
    "a usual one": build_model,
    "2x2 kernels": lambda: nn.Sequential(nn.Conv2d(3, 5, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 10)),
    "many kernels": lambda: nn.Sequential(nn.Conv2d(3, 200, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(200, 10)),
    "one kernel": lambda: nn.Sequential(nn.Conv2d(3, 1, 32), nn.Flatten(), nn.Linear(1, 10)),
    "channel by channel": lambda: nn.Sequential(nn.Conv2d(3, 6, 3, groups=3), nn.Flatten(), nn.Linear(6 * 900, 10)),
    "patches first": lambda: nn.Sequential(
        nn.PixelUnshuffle(2), nn.Conv2d(12, 7, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(7, 10)
    ),
    "no convolution": wider,
}


@pytest.mark.costly
@pytest.mark.parametrize("build", ODD.values(), ids=ODD.keys())
def test_all_pictures_of_odd_networks(practice, build):
    torch.manual_seed(0)
    model, (images, labels) = build(), practice.load("test")
    for picture in (practice.confusion(model, images, labels), practice.worst_mistakes(model, images, labels)):
        assert is_picture(picture)
    assert is_picture(practice.first_kernels(model))


def test_no_kernels_to_see(practice, capsys):
    model = nn.Sequential(nn.AvgPool2d(16), nn.Flatten(), nn.Linear(12, 10))
    assert practice.first_kernels(model) is None
    assert "does not begin with a convolution" in capsys.readouterr().out


class Says(nn.Module):
    """A network that always says what it was told to say."""

    def __init__(self, classes):
        super().__init__()
        self.logits = nn.Parameter(20 * F.one_hot(torch.as_tensor(classes), 10).float())

    def forward(self, images):
        return self.logits[: len(images)].expand(len(images), 10)


def texts(picture):
    return [text.get_text() for panel in picture.figure.axes for text in (*panel.texts, panel.title)]


def test_the_confusion_matrix_counts(practice):
    images, labels = practice.load("test")
    found = labels != 3
    images, labels = images[found], labels[found]  # nothing of class 3 is here
    picture = practice.confusion(Says([6]), images, labels)
    counts = np.array(list(map(int, texts(picture)[:100]))).reshape(10, 10)
    expected = np.zeros((10, 10), int)
    expected[:, 6] = np.bincount(labels, minlength=10)
    assert np.array_equal(counts, expected)
    assert is_picture(picture)


def test_the_worst_mistakes_are_the_surest(practice):
    images, labels = practice.load("test")
    said = labels.clone()
    said[5], said[9] = (said[5] + 1) % 10, (said[9] + 1) % 10
    model = Says(said)
    with torch.no_grad():
        model.logits[9] /= 4  # not quite as sure
    names = practice.class_names()
    titles = [text for text in texts(practice.worst_mistakes(model, images, labels)) if text]
    assert [title.split("\n")[0] for title in titles] == [
        f"says {names[said[5]]}, 100%",
        f"says {names[said[9]]}, {torch.tensor([5.0] + 9 * [0.0]).softmax(0)[0]:.0%}",
    ]
    flawless = practice.worst_mistakes(Says(labels), images, labels)
    assert flawless.figure._suptitle.get_text() == "No mistakes here" and is_picture(flawless)


def test_images_of_each_class(practice):
    images, labels = practice.load("train")
    assert is_picture(practice.show_images(images, labels))
    assert is_picture(practice.show_images(images[:3], labels[:3]))  # most classes are missing
    assert list(drawn.CLASSES[:4]) == practice.class_names()[:4]


def test_augmented_images(practice, capsys):
    images, _ = practice.load("train")
    given = []

    def augment(batch):
        given.append((batch.dtype, batch.min().item() >= 0, batch.max().item() <= 1))
        return batch.add_(0.5).flip(3)  # brighter than white is no mistake, and its argument is its own

    before = images.clone()
    assert is_picture(practice.show_augmented(images, augment))
    assert set(given) == {(torch.float32, True, True)} and torch.equal(images, before)
    assert practice.show_augmented(images, None) is None
    assert "Augmentation changes training images at random" in capsys.readouterr().out
    with pytest.raises(practice.UserError, match="of the shape it was given"):
        practice.show_augmented(images, lambda batch: batch[:, :, 4:, 4:])


def test_the_pictures_need_no_command_before_a_training(practice):
    with pytest.raises(practice.UserError, match=r"There is no training\.json yet: train first"):
        practice.curves()


@pytest.fixture
def digits(folder, practice, monkeypatch):
    """The folder of a student who trains LeNet on digits, which are drawn here."""
    (folder / "cifar10.py").rename(folder / "lenet.py")
    (folder / "drawn").rename(folder / "mnist")
    for seed, which in enumerate(("train", "test")):
        images, labels = drawn.digits(IMAGES, seed)
        np.save(folder / "mnist" / f"{which}_images.npy", images)
        np.save(folder / "mnist" / f"{which}_labels.npy", labels)
    monkeypatch.delenv("CONVGRADE_IMAGES")
    return practice


def small_lenet():
    return nn.Sequential(nn.Conv2d(1, 4, 5, stride=3), nn.ReLU(), nn.Flatten(), nn.Linear(256, 10))


def test_another_homework_has_its_own_images_and_files(digits, capsys):
    model = digits.train(small_lenet, plain, epochs=2)
    assert same(weights("lenet.pt"), model.state_dict())
    assert log()["data"] == "mnist" and digits.class_names() == list("0123456789")
    digits.train(small_lenet, plain, epochs=1)
    assert os.path.exists("lenet-before-1.pt") and not os.path.exists("cifar10.pt")
    said = capsys.readouterr().out
    assert "The best weights are in lenet.pt" in said
    assert re.search(r"validation \d+\.\d\d%", said)  # two networks often differ by less than a tenth of a percent


def test_digits_are_drawn(digits):
    model, (images, labels) = small_lenet(), digits.load("test")
    for picture in (
        digits.show_images(images, labels),
        digits.show_augmented(images, lambda batch: batch.roll(1, dims=3)),
        digits.confusion(model, images, labels),
        digits.worst_mistakes(model, images, labels, rows=6, columns=8),
        digits.first_kernels(model),
        digits.first_kernels(nn.Sequential(nn.Flatten(), nn.Linear(784, 10))),
    ):
        assert is_picture(picture)
    assert digits.first_kernels(model).figure._suptitle.get_text() == "4 kernels of the first convolution, 5x5"


@pytest.mark.parametrize(
    ("build", "loop", "sentence"),
    [
        (not_written, plain, "build_model in lenet.py isn't written yet."),
        (small_lenet, not_written, "train in lenet.py isn't written yet."),
    ],
)
def test_a_sentence_names_the_file_of_this_homework(digits, build, loop, sentence):
    with pytest.raises(digits.UserError, match=re.escape(sentence)):
        digits.train(build, loop, epochs=1)


def test_where_the_images_of_this_homework_come_from(digits, folder):
    shutil.rmtree(folder / "mnist")
    with pytest.raises(digits.UserError, match=r"no mnist/train_images\.npy.* `python check\.pyz data fetch mnist`"):
        digits.load("train")


@pytest.mark.parametrize("files", [(), ("cifar10.py", "lenet.py")])
def test_a_folder_of_no_homework_or_of_two(practice, folder, monkeypatch, files):
    monkeypatch.delenv("CONVGRADE_IMAGES")
    (folder / "cifar10.py").unlink()
    for name in files:
        (folder / name).touch()
    with pytest.raises(practice.UserError, match=r"must contain either cifar10\.py or lenet\.py"):
        practice.load("train")


def test_each_homework_hands_out_the_same_practice():
    first, *others = [(ROOT / "solutions" / name / "handout" / "practice.py").read_bytes() for name in ("cnn", "vision")]
    assert others == [first]


@pytest.mark.long
def test_the_solution_trains_with_it(practice):
    specification = importlib.util.spec_from_file_location("cifar10", SOLUTIONS / "cifar10.py")
    student = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(student)
    practice.train(student.build_model, student.train, epochs=3)
    fresh = student.build_model()
    fresh.load_state_dict(weights())
    _, validation = practice.split(*practice.load("train"))
    assert practice.accuracy(fresh, *validation) == pytest.approx(log()["best"]["validation_accuracy"], abs=1e-4)
