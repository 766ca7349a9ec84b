"""Part 3: augmentation. Results are random, so they are judged by their properties.

The bounds on how often something happens are so wide that a right program fails by chance in fewer than one in a billion
gradings.
"""

from functools import partial

import numpy as np

from autograder.authoring import Chart, CheckFailed, Part, Verdict, number, partial_credit, type_in_words

from . import biased, chance

IMAGES = 4_000
ANSWERS = {"first", "second", "again", "images", "kept"}
ROUNDING = 1  # gray levels
LEVELS, MARGIN = 8, 0.1  # bins of factors, and how much rounding may change the shares of these bins
APART, MOSTLY = 0.05, 0.85  # of two factors drawn separately: 90 % of them are this far apart
TRAINED_WITH, TESTED_WITH, EPOCHS = 240, 300, 30
RESCUED = 0.9  # accuracy: with both biases left it is 0.25, with flips beside the right changes 0.75, without flips 0.99
WORLDS = 3  # each with its own shapes: a training sometimes goes badly, but not three in a row
TESTS = {  # whether shapes have the colours and the places that they have in training
    "as in training": (True, True),
    "in other colours": (False, True),
    "at other places": (True, False),
    "in other colours, at other places": (False, False),
}


class Augmentation(Part):
    """augmentation.py: flipped, cropped, shifted, recoloured, rescue."""

    harness = {"augmented": "the function", "after_training": "rescue"}

    @number("3.1")
    def test_flipped(self):
        """flipped: half of the images, each on its own"""
        self._require_flips(3, 4, 5)

    @number("3.2")
    @partial_credit
    def test_windows(self, set_score=None):
        """cropped and shifted: all places equally likely, and black where the image has left"""
        groups = {
            "cropped": partial(self._require_crops, 3, 6, 7, size=(4, 3)),
            "shifted": partial(self._require_shifts, 3, 5, 6, most=1),
        }
        self._require_groups(set_score, groups)

    @number("3.3")
    def test_recoloured(self):
        """recoloured: a factor for each channel of each image"""
        self._require_colours(3, 5, 6, strength=0.5)

    @number("3.4")
    @partial_credit
    def test_any(self, set_score=None):
        """flipped, cropped, shifted, recoloured: images of any size, any number of channels, and single ones"""
        channels, (height, width) = 1 + 2 * self.between(0, 2), map(int, self.random.permutation([5, 8]))

        def flips():
            self._require_flips(channels, height, width)
            self._require_flips(2, 1, width)
            self._require_unchanged("flipped", (channels, height, 1))

        def crops():
            self._require_crops(channels, height, width, size=(height - 2, width - 1))
            self._require_crops(2, width, height, size=(1, height))
            self._require_unchanged("cropped", (2, height, width), (height, width))

        def shifts():
            self._require_shifts(channels, height, width, most=2)
            self._require_shifts(2, width, height, most=1)
            self._require_unchanged("shifted", (channels, height, width), 0)

        def colours():
            self._require_colours(channels, height, width, strength=1.0)
            self._require_colours(2, width, height, strength=0.25)
            self._require_unchanged("recoloured", (channels, height, width), 0.0)

        self._require_groups(set_score, {"flipped": flips, "cropped": crops, "shifted": shifts, "recoloured": colours})

    @number("3.5")
    def test_rescue(self):
        """rescue: a network that trains with it recognises shapes in any colour and place"""
        self._require_rescue()

    @number("3.6")
    def test_rescue_any(self):
        """rescue: other shapes, drawn for this check"""
        self._require_rescue()

    def _require_flips(self, *shape):
        """Require that each image of this shape is flipped or not."""
        images = self._draw(IMAGES, shape)
        result = self._answer("flipped", images, shape)
        found = self._found("flipped", result, {"the image": images, "its mirror image": images[..., ::-1]})
        self._require_likely("flipped", "pairs of neighbours treated alike", found[::2] == found[1::2], 0.5)

    def _require_crops(self, *shape, size):
        """Require that each image of this shape becomes one of its windows."""
        images, (height, width) = self._draw(IMAGES, shape), size
        places = np.ndindex(shape[1] - height + 1, shape[2] - width + 1)
        windows = {
            f"the window at row {row}, column {column}": images[:, :, row : row + height, column : column + width]
            for row, column in places
        }
        self._found("cropped", self._answer("cropped", images, (shape[0], height, width), size), windows)

    def _require_shifts(self, *shape, most):
        """Require that each image of this shape is moved, and black where it has left."""
        images, moves = self._draw(IMAGES, shape), range(-most, most + 1)
        moved = {f"the image moved by ({down}, {right})": _moved(images, down, right) for down in moves for right in moves}
        self._found("shifted", self._answer("shifted", images, shape, most), moved)

    def _require_colours(self, *shape, strength):
        """Require that each channel of each image of this shape is multiplied by a factor of its own."""
        images = self._draw(IMAGES, shape)
        result = self._answer("recoloured", images, shape, strength)
        low, high = _factors(images, result)
        if (wrong := low > high).any():
            image, channel = np.argwhere(wrong)[0]
            self._wrong(
                f"recoloured({_words(images)}, {strength}): channel {channel} of image {image} is not the old one times a "
                "factor. Is the factor the same for all of its pixels? Does a product above 255 become 255, or does it "
                "overflow?"
            )
        if (wrong := (high < 1 - strength) | (low > 1 + strength)).any():
            image, channel = np.argwhere(wrong)[0]
            self._wrong(
                f"recoloured({_words(images)}, {strength}): channel {channel} of image {image} was multiplied by about "
                f"{(low + high)[image, channel] / 2:.2f}. Factors are from {1 - strength:g} to {1 + strength:g}."
            )
        factors = (low.clip(1 - strength) + high.clip(max=1 + strength)) / 2
        shares = ((factors - 1) / strength + 1) / 2  # from 0, the least factor, to 1
        levels = (shares * LEVELS).astype(int).clip(0, LEVELS - 1)
        for level in range(LEVELS):
            between = f"factors from {_factor(level, strength):.2f} to {_factor(level + 1, strength):.2f}"
            self._require_likely("recoloured", between, levels == level, 1 / LEVELS, MARGIN)
        if shape[0] > 1:
            apart = np.count_nonzero(abs(shares[:, 0] - shares[:, 1]) > APART)
            if apart < chance.likely(IMAGES, MOSTLY)[0]:
                self._wrong(
                    f"recoloured gives channels 0 and 1 the same factor in {IMAGES - apart} of {IMAGES} images. Draw a "
                    "factor for each channel, so that colours change, too."
                )

    def _require_unchanged(self, function, shape, *arguments):
        """Require that a call that allows only one result returns a single image unchanged."""
        image = self._draw(1, shape)
        result = self._answer(function, image, shape, *arguments, is_random=False)
        if not np.array_equal(result, image):
            call = ", ".join(map(str, (_words(image), *arguments, "random")))
            self._wrong(f"{function}({call}) allows only one result: it must return the image unchanged.")

    def _require_rescue(self):
        """Require that a network, trained with a biased set that `rescue` changes, recognises images without the bias."""
        for _ in range(WORLDS):
            found, expected = self._after_rescue()
            right = (found == expected).reshape(len(TESTS), TESTED_WITH).mean(axis=1).tolist()
            *_, colours, places, accuracy = right
            if accuracy >= RESCUED:
                break
        self.charts.append(Chart("Shapes recognised after rescue", list(zip(TESTS, right))))
        if accuracy < RESCUED:
            mistaken = found != expected
            mirrored = np.isin(found, biased.MIRRORED) & np.isin(expected, biased.MIRRORED) & mistaken
            self._wrong(
                f"After training with rescue, the network recognises {accuracy:.1%} of the shapes in other colours and at "
                f"other places; {RESCUED:.0%} are enough. It recognises {colours:.0%} of those in other colours alone, and "
                f"{places:.0%} of those at other places alone: which bias is left? Of all its mistakes, "
                f"{mirrored.sum() / mistaken.sum():.0%} take a shape for its mirror image."
            )

    def _after_rescue(self):
        """Train a network with `rescue`; return its predictions for all TESTS, and the right classes."""
        world = biased.world(self.random)
        images, labels = world.draw(TRAINED_WITH, self.random, own_colour=True, own_place=True)
        tests = [world.draw(TESTED_WITH, self.random, *own) for own in TESTS.values()]
        asked, expected = (np.concatenate(each) for each in zip(*tests))
        self._answer("rescue", images, images.shape[1:])
        logits = self.ask("after_training", images, labels, asked, EPOCHS, self.between(0, 2**31))
        shape = (len(asked), biased.CLASSES)
        if not isinstance(logits, np.ndarray) or logits.shape != shape or logits.dtype.kind != "f":
            self._wrong("The network that trained with rescue returns no logits.")
        return logits.argmax(axis=1), expected

    def _answer(self, function, images, shape, *arguments, is_random=True):
        """Return the images that a function returns, each uint8 of this shape; fail unless it draws as it should."""
        seed = self.between(0, 2**31)
        answers = self.ask("augmented", function, images, seed, *arguments, said=function)
        if not isinstance(answers, dict) or answers.keys() != ANSWERS:
            self._wrong(f"{function} returned nothing that can be read.")
        expected = (len(images), *shape)
        for answer in (answers["first"], answers["second"], answers["again"]):
            is_array = isinstance(answer, np.ndarray)
            if not is_array or answer.dtype != np.uint8 or answer.shape != expected:
                received = f"{answer.dtype} of shape {answer.shape}" if is_array else type_in_words(answer)
                self._wrong(f"{function} must return uint8 of shape {expected}, but returned {received}.")
        if not np.array_equal(answers["images"], images):
            self._wrong(f"{function} changed the images that it was given. Work on a copy: the caller still needs them.")
        if not np.array_equal(answers["kept"], answers["first"]):
            self._wrong(f"The result of {function} changes when its images are changed later. Return a copy.")
        if not np.array_equal(answers["again"], answers["first"]):
            self._wrong(f"{function} must draw only from `random`: with the same seed, it returned something else.")
        if is_random and np.array_equal(answers["second"], answers["first"]):
            self._wrong(
                f"Called twice, {function} returned the same images. Does each call draw again from `random`, and can all "
                "results come up?"
            )
        return answers["first"]

    def _found(self, function, result, candidates):
        """Return which of the candidates each image has become, and fail unless all of them come, about evenly.

        candidates: for each possible result, its name and what all images would become.
        """
        found = _which(result, list(candidates.values()))
        if (found < 0).any():
            image = int(np.argmin(found))
            channels = [
                _which(result[:, [channel]], [each[:, [channel]] for each in candidates.values()])[image]
                for channel in range(result.shape[1])
            ]
            names = list(candidates)
            some = f"{names[0]}, or {names[-1]}" if len(names) == 2 else f"{names[0]}, ..., or {names[-1]}"
            apart = " Its channels were changed in different ways." if min(channels) >= 0 else ""
            self._wrong(f"{function}: image {image} of {len(result)} is not one of the possible results: {some}.{apart}")
        for place, name in enumerate(candidates):
            self._require_likely(function, name, found == place, 1 / len(candidates))
        return found

    def _require_likely(self, function, what, happened, probability, margin=0.0):
        """Require that something happened in about as many draws as it should.

        happened: bool, in which draws it did. margin: the share by which the probability may be off.
        """
        count, draws = np.count_nonzero(happened), happened.size
        least, _ = chance.likely(draws, probability * (1 - margin))
        _, most = chance.likely(draws, probability * (1 + margin))
        if not least <= count <= most:
            self._wrong(
                f"{function}: of {draws} draws, {count} gave {what}; it should be about {draws * probability:.0f}. "
                "Are all results equally likely, and does each image get its own draw?"
            )

    def _require_groups(self, set_score, groups):
        """Give each group an equal share of the points, then fail with the first failure, if any."""
        set_score(0)
        failures = {}
        for name, require in groups.items():
            try:
                require()
            except CheckFailed as failed:
                failures[name] = failed
        set_score(self.check.points * (1 - len(failures) / len(groups)))
        if 0 < len(failures) < len(groups):
            right = ", ".join(name for name in groups if name not in failures)
            self.notes.append(f"Right: {right}. Not yet: {', '.join(failures)}.")
        for failed in failures.values():
            raise failed

    def _draw(self, count, shape):
        """Draw images in which no pixel is black."""
        return self.random.integers(1, 256, (count, *shape), dtype=np.uint8)

    def _wrong(self, sentence):
        self.fail_with(Verdict.WRONG, sentence)


def _which(result, candidates):
    """Return, for each image, the position of the candidate that it equals, or -1."""
    equal = np.stack([(result == each).all(axis=(1, 2, 3)) for each in candidates])
    return np.where(equal.any(axis=0), equal.argmax(axis=0), -1)


def _moved(images, down, right):
    """Return images moved by whole pixels, black where they have left."""
    height, width = images.shape[2:]
    moved = np.zeros_like(images)
    moved[:, :, _left(down, height), _left(right, width)] = images[:, :, _left(-down, height), _left(-right, width)]
    return moved


def _left(move, length):
    """Return the part of an axis that an image still covers after moving along it."""
    return slice(max(move, 0), length + min(move, 0))


def _factors(before, after):
    """Return the bounds of the factor of each channel, two arrays (N, C); the first is larger where no factor fits.

    before: no pixel is 0. A result of 255 may have been cut off.
    """
    before, after = (images.reshape(*images.shape[:2], -1).astype(float) for images in (before, after))
    low, high = (after - ROUNDING) / before, np.where(after < 255, (after + ROUNDING) / before, np.inf)
    return low.max(axis=2), high.min(axis=2)


def _factor(level, strength):
    return 1 - strength + 2 * strength * level / LEVELS


def _words(images):
    return f"{'x'.join(map(str, images.shape))} uint8"
