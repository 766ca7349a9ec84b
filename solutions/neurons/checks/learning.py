"""The checks of part 3: learning."""

from itertools import product

import numpy as np

from autograder.authoring import Verdict, number, type_in_words

from . import replies
from .replies import JudgedPart, MalformedReply

HIDDEN = ("identity", "relu", "sigmoid", "tanh")
SHAPES = ([200, 10, 150, 2], [3, 7, 5, 2])  # of initial networks: one is large and uneven enough to measure its weights
LEAST, MOST = 0.3, 3.0  # standard deviation of weights, times the root of the number of inputs
MARGIN = 1.15  # more than the deviation of a thousand random numbers may miss these by chance
RATE, EPOCHS, NEURONS = 1.0, 300, 12  # with these, a network learned each of 9,000 tasks like those below
TASKS, ENOUGH = 6, 5
SETTINGS = ("works", "rate too small", "rate too large", "bad start", "no hidden layer")
KEYS = ("sizes", "scale", "rate", "epochs")
MOST_SCALE, MOST_RATE, MOST_EPOCHS, MOST_NEURONS, MOST_HIDDEN = 100.0, 10_000.0, 1000, 16, 2
STARTS_ENOUGH = 18  # of 20
STILL_HIGH, FAR_HIGHER = 0.5, 10.0


class Learning(JudgedPart):
    """learning.py: gradients, initial, train, settings."""

    @number("3.1")
    def test_gradients_of_small_networks(self):
        """gradients: one layer, and two"""
        for hidden in ([], [2], [3]):
            inputs, labels, layers = self._task([2, *hidden, 2], ["tanh"] * len(hidden), 3)
            self.require(self.case("gradients", inputs, labels, layers))

    @number("3.2")
    def test_initial(self):
        """initial: random weights of the right size, the same for the same seed, different for another"""
        for sizes in SHAPES:
            seeds = [int(seed) for seed in self.random.choice(100_000, 3, replace=False)]
            networks = [self._initial(sizes, seed) for seed in seeds]
            again = self._initial(sizes, seeds[0])
            call = f"initial({sizes}, {seeds[0]})"
            if not all(np.array_equal(*pair) for layers in zip(networks[0], again) for pair in zip(*layers)):
                self.fail_with(Verdict.WRONG, "The same seed gives a different network the second time.", call)
            for place, (one, *others) in enumerate(zip(*([weights for weights, _ in layers] for layers in networks))):
                if any(np.array_equal(one, other) for other in others):
                    sentence = f"Layer {place} has the same weights for seed {seeds[0]} and for another seed."
                    self.fail_with(Verdict.WRONG, sentence, call)
                if len(np.unique(one)) < one.size:
                    sentence = (
                        f"Some weights of layer {place} are equal. Neurons that start alike learn alike: draw each weight."
                    )
                    self.fail_with(Verdict.WRONG, sentence, call)
            self._require_spread(sizes, networks, call)

    @number("3.3")
    def test_train_for_a_few_epochs(self):
        """train: the weights and losses of a few epochs"""
        inputs, labels, layers = self._task([2, 3, 2], ["tanh"], 4)
        self.require(
            self.case("train", layers, inputs, labels, 0.5, 1),
            self.case("train", layers, inputs, labels, 0.25, 3),
        )

    @number("3.4")
    def test_settings_are_what_they_should_be(self):
        """settings: five dicts with all keys, within the bounds"""
        self._settings()

    @number("3.5")
    def test_gradients_any(self):
        """gradients: any number of layers, inputs and classes, every activation; inputs left unchanged"""

        def draw():
            shapes = ((3, 3, 3, 3), (2, 5, 4, 3), (4, 4, 4), (1, 3, 2), (5, 2), (3, 4, 1), (2, 2, 2, 2, 2))
            tasks = [self._task(list(sizes), self.random.permutation(HIDDEN), self.between(2, 7)) for sizes in shapes]
            tasks += [self._task([3, 3, 3, 3], [activation] * 2, 5) for activation in HIDDEN]
            tasks.append(self._task([2, 3, 2], ["sigmoid"], 1))
            return [self.case("gradients", *task) for task in tasks]

        self.require(*self.draw(draw))

    @number("3.6")
    def test_train_any(self):
        """train: any network, rate and number of epochs; layers left unchanged"""

        def draw():
            def task(sizes):
                inputs, labels, layers = self._task(sizes, self.random.permutation(HIDDEN), self.between(3, 7))
                return layers, inputs, labels

            rates = self.random.uniform(0.05, 0.6, 4)
            return [
                self.case("train", *task([3, 4, 2]), float(rates[0]), self.between(2, 5)),
                self.case("train", *task([2, 3, 3, 3]), float(rates[1]), self.between(2, 5)),
                self.case("train", *task([4, 2]), float(rates[2]), self.between(3, 6)),
                self.case("train", *task([2, 2, 2]), rate=float(rates[3]), epochs=1),
                self.case("train", *task([2, 2, 2]), rate=0.5, epochs=0),
            ]

        self.require(*self.draw(draw))

    @number("3.7")
    def test_learns(self):
        """initial and train: networks learn XOR, other tables and points in the plane from random weights"""
        from .hidden import training

        missed = []
        for what, inputs, labels in self._tasks():
            sizes = [inputs.shape[1], NEURONS, int(labels.max()) + 1]
            start = [
                (*layer, activation)
                for layer, activation in zip(self._initial(sizes, self.between(0, 100_000)), _activations(sizes))
            ]
            reply = self.returned("train", start, inputs, labels, RATE, EPOCHS)
            call = f"train(initial({sizes}, seed), inputs, labels, {RATE}, {EPOCHS})"
            layers, losses = self.judged(call, lambda reply, sizes=sizes: _trained(reply, sizes, EPOCHS), reply)
            right = np.count_nonzero(training.logits(layers, inputs).argmax(axis=1) == labels)
            if right < len(labels):
                missed.append(
                    f"{what}: {right} of {len(labels)} are right, the loss goes from {losses[0]:.3g} to {losses[-1]:.3g}."
                )
        learned = TASKS - len(missed)
        self.notes.append(f"{learned} of {TASKS} tasks are learned.")
        if learned < ENOUGH:
            self.fail_with(
                Verdict.WRONG,
                f"Only {learned} of {TASKS} tasks are learned in {EPOCHS} epochs with the rate {RATE}, from the weights "
                f"that initial returns; {ENOUGH} would be enough. {missed[0]}",
            )

    @number("3.8")
    def test_settings(self):
        """settings: each works or fails as it should, from 20 random starts"""
        from .hidden import training

        found = self._settings()
        works = found["works"]
        for name, free in (("rate too small", "rate"), ("rate too large", "rate"), ("bad start", "scale")):
            if other := next((key for key in KEYS if key != free and found[name][key] != works[key]), None):
                sentence = f'"{name}" may differ from "works" only in its {free}, but differs in its {other}, too.'
                self.fail_with(Verdict.WRONG, sentence, "settings()")
        if found["no hidden layer"]["sizes"] != (2, 2):
            self.fail_with(Verdict.WRONG, 'The sizes of "no hidden layer" must be [2, 2].', "settings()")
        for name in SETTINGS:
            losses, learned = training.trainings_of_xor(**found[name])
            does, sentence = _behaviour(name, losses, learned)
            if (count := np.count_nonzero(does)) < STARTS_ENOUGH:
                self.fail_with(
                    Verdict.WRONG,
                    f'"{name}" {sentence} from only {count} of {len(does)} starts; {STARTS_ENOUGH} are needed.',
                    "settings()",
                )

    def _task(self, sizes, activations, count):
        """Draw inputs, labels and a network."""
        layers = [
            (self.random.normal(size=shape), self.random.normal(size=shape[1:]) / 2, str(activation))
            for shape, activation in zip(zip(sizes, sizes[1:]), [*activations[: len(sizes) - 2], "identity"])
        ]
        return self.random.normal(size=(count, sizes[0])), self.random.integers(0, sizes[-1], count), layers

    def _initial(self, sizes, seed):
        """Return the (weights, biases) of the layers with which a network starts."""
        reply = self.returned("initial", sizes, seed)
        call = f"initial({sizes}, {seed})"
        layers = self.judged(call, lambda reply: replies.layers(reply, sizes, _activations(sizes), "The result"), reply)
        for place, (_, biases) in enumerate(layers):
            if (abs(biases) > 1).any():
                sentence = (
                    f"The biases of layer {place} must be from -1 to 1, but one is {biases[abs(biases).argmax()]:.4g}."
                )
                self.fail_with(Verdict.WRONG, sentence, call)
        return layers

    def _require_spread(self, sizes, networks, call):
        """Fail unless the weights of large layers have the mean 0 and a standard deviation within the bounds."""
        for place, count in enumerate(sizes[:-1]):
            weights = np.concatenate([layers[place][0].ravel() for layers in networks])
            if len(weights) < 1000:
                continue
            deviation, unit = weights.std(), 1 / np.sqrt(count)
            if not LEAST * unit / MARGIN <= deviation <= MOST * unit * MARGIN:
                self.fail_with(
                    Verdict.WRONG,
                    f"The weights of layer {place} have a standard deviation of {deviation:.4g}. "
                    f"With {count} inputs it should be from {LEAST * unit:.3g} to {MOST * unit:.3g}.",
                    call,
                )
            if abs(weights.mean()) > deviation / 4:
                sentence = f"The weights of layer {place} have the mean {weights.mean():.4g}. It should be 0."
                self.fail_with(Verdict.WRONG, sentence, call)

    def _tasks(self):
        """Draw what a network is to learn: its description, inputs and labels."""
        for place in range(TASKS):
            if place % 4 == 0:
                inputs = np.array(list(product((-1.0, 1.0), repeat=2)))
                yield "XOR" if place else "XNOR", inputs, np.array([0, 1, 1, 0] if place else [1, 0, 0, 1])
            elif place % 4 == 1:
                inputs = np.array(list(product((-1.0, 1.0), repeat=3)))
                yield "A table of three inputs", inputs, self.random.permutation([0, 0, 0, 0, 1, 1, 1, 1])
            else:
                centre, angles = self.random.uniform(-0.3, 0.3, 2), self.random.uniform(0, 2 * np.pi, 12)
                labels = np.arange(12) % 2
                radius = np.where(labels == 1, self.random.uniform(1.2, 1.6, 12), self.random.uniform(0, 0.4, 12))
                points = centre + radius[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
                yield "A disc and a ring around it", points, labels

    def _settings(self):
        """Return the settings, each as the arguments of the grader's training."""
        return self.judged("settings()", _read_settings, self.returned("settings"))


def _activations(sizes):
    return ["tanh"] * (len(sizes) - 2) + ["identity"]


def _trained(reply, sizes, epochs):
    """Read what train returns."""
    layers, losses = replies.entries(reply, 2, "The result", "a tuple (layers, losses)")
    losses = replies.entries(losses, epochs, "losses", f"a list of one loss for each of the {epochs} epochs")
    return replies.layers(layers, sizes, _activations(sizes), "layers"), replies.numbers(losses, (epochs,), "losses")


def _read_settings(reply):
    """Read the settings, each within its bounds."""
    _require_keys(reply, SETTINGS, "The result")
    found = {}
    for name in SETTINGS:
        setting = reply[name]
        _require_keys(setting, KEYS, f'"{name}"')
        sizes = setting["sizes"]
        if not isinstance(sizes, (list, tuple)) or not 2 <= len(sizes) <= 2 + MOST_HIDDEN:
            raise MalformedReply(f'The sizes of "{name}" must be a list of 2 to {2 + MOST_HIDDEN} integers.')
        sizes = [replies.whole(size, f'A size of "{name}"') for size in sizes]
        if sizes[0] != 2 or sizes[-1] != 2 or not all(1 <= size <= MOST_NEURONS for size in sizes):
            raise MalformedReply(
                f'"{name}" must have 2 inputs, 1 to {MOST_NEURONS} neurons in a hidden layer, and 2 outputs.'
            )
        found[name] = {
            "sizes": tuple(sizes),
            "scale": _within(replies.number(setting["scale"], f'The scale of "{name}"'), 0, MOST_SCALE, name, "scale"),
            "rate": _within(replies.number(setting["rate"], f'The rate of "{name}"'), 0, MOST_RATE, name, "rate"),
            "epochs": _within(replies.whole(setting["epochs"], f'The epochs of "{name}"'), 1, MOST_EPOCHS, name, "epochs"),
        }
    return found


def _require_keys(value, keys, name):
    if type(value) is not dict:
        raise MalformedReply(f"{name} must be a dict, but is {type_in_words(value)}.")
    if set(value) != set(keys):
        raise MalformedReply(f"{name} must have the keys {', '.join(map(repr, keys))}, and no others.")


def _within(value, least, most, name, key):
    if not least <= value <= most:
        raise MalformedReply(f'The {key} of "{name}" must be from {least} to {most:g}, but is {value:.6g}.')
    return value


def _behaviour(name, losses, learned):
    """Return from which starts a setting does what it should, and say what it should do."""
    if name == "works":
        return learned, "learns XOR"
    if name == "rate too small":
        becomes_smaller = (np.diff(losses, axis=0) < 0).all(axis=0)
        return becomes_smaller & (
            losses[-1] > STILL_HIGH
        ), f"lowers the loss in each epoch and leaves it above {STILL_HIGH}"
    if name == "rate too large":
        return ~(losses <= FAR_HIGHER * losses[0]).all(
            axis=0
        ), "makes the loss more than ten times as large as at the start"
    return ~learned, "fails to learn XOR"
