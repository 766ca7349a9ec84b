"""Part 1: LeNet for handwritten digits.

The grader asks for logits and counts the errors itself: the worker never sees a label of the test images.
"""

from dataclasses import dataclass, field

from autograder.authoring import Chart, Verdict, datasets, leaderboard, number, partial_credit, require_bounds
from autograder.networks import Measured, Tested, TestedClassifier, augmentations, metrics, share

DIGITS = tuple("0123456789")
ALL = 10_000  # test images of MNIST: errors are scaled to this number, however many images are used


@dataclass(frozen=True)
class Bonus:
    """Extra points for at most this many errors."""

    errors: int
    points: float


@dataclass(frozen=True)
class LeNet(Tested):
    """What LeNet has to achieve, and how much it may cost. Raises ValueError for impossible settings."""

    no_points_from: int = 240
    all_points_to: int = 130
    bonus: list[Bonus] = field(default_factory=list)
    cheap_multiply_adds: int = 208_260
    cheap_points: float = 0

    def __post_init__(self):
        super().__post_init__()
        errors = {"no_points_from": self.no_points_from, "all_points_to": self.all_points_to}
        points = {"cheap_points": self.cheap_points}
        for position, bonus in enumerate(self.bonus, start=1):
            errors[f"bonus number {position}: errors"] = bonus.errors
            points[f"bonus number {position}: points"] = bonus.points
        require_bounds(errors, 0, ALL, f"from 0 to {ALL:,}")
        require_bounds(points | {"cheap_multiply_adds": self.cheap_multiply_adds}, 0, 1e12, "0 or more")
        if self.all_points_to >= self.no_points_from:
            raise ValueError("all_points_to must be below no_points_from")


class Lenet(TestedClassifier):
    """lenet.py: build_model, train; and its weights, lenet.pt or lenet.safetensors."""

    Settings = LeNet
    data_set = "mnist"
    flips = False
    seen = "half of them moved by a pixel"
    class_names = drawn_class_names = DIGITS
    draw_images = staticmethod(datasets.drawn.digits)
    # A cautious optimizer learns thin lines on black slowly, and a shift by one pixel moves most of them off their pixels:
    # plain training on ten digits recognised 87 to 100 % of the copies.
    batch_epochs, well_fitted = 1_000, 0.7

    def views(self, images, purpose):
        """Return a view of each image that no small table contains."""
        return augmentations.nudged(images, self.secret(purpose))

    @number("1.1")
    def test_build_model(self):
        """build_model: ten logits for each image, the same alone and in any batch"""
        self.require_sound_logits()

    @number("1.2")
    @partial_credit
    def test_train(self, set_score=None):
        """train: a new model learns, and fits one small batch perfectly"""
        self.require_learning(set_score)

    @number("1.3")
    @partial_credit
    def test_errors(self, set_score=None):
        """lenet.pt: errors on images of the test set"""
        set_score(0)
        self.require_within_budget()  # a larger network is another task
        measured = self.measured()
        recalls = metrics.recalls(measured.logits, measured.labels)
        bars = [(DIGITS[each], recall) for each, recall in recalls.items()]
        self.charts.append(Chart("Images recognised, by digit", bars))
        errors, most, none_from = errors_of(measured), self.settings.all_points_to, self.settings.no_points_from
        gained = share(-errors, -none_from, -most)
        on_top = self._on_top(errors)
        self.extra = sum(on_top.values())
        set_score(self.check.points * gained + self.extra)
        self.notes.insert(0, f"{errors} errors in {ALL:,}: {measured.images}.")
        self.notes += [f"{points:g} extra points for {what}." for what, points in on_top.items()]
        if gained < 1:
            self.fail_with(
                Verdict.WRONG,
                f"{errors} errors in {ALL:,} give {gained:.0%} of the points: none from {none_from:g} errors, all "
                f"up to {most:g}. Look at the worst mistakes in vision.ipynb: would a network recognise them that has "
                "seen digits turned, shifted and in other sizes?",
                hint=self.why_so_low(measured),
            )

    @number("1.4")
    def test_size(self):
        """build_model and lenet.pt: parameters, multiply-adds and the size of the file"""
        self.require_within_budget()

    @leaderboard("errors in 10,000", "asc")
    def test_leaderboard_errors(self, set_leaderboard_value=None):
        """The errors from 1.3."""
        if measured := self.measured_before():
            set_leaderboard_value(errors_of(measured))

    @leaderboard("multiply-adds of lenet.py", "asc")
    def test_leaderboard_multiply_adds(self, set_leaderboard_value=None):
        """The cost of one image."""
        set_leaderboard_value(self.size().multiply_adds)

    def _on_top(self, errors: int) -> dict[str, float]:
        """Return what earns extra points, and how many."""
        said = self.settings
        few = {f"{bonus.errors:g} errors or fewer": bonus.points for bonus in said.bonus if errors <= bonus.errors}
        is_cheap = errors <= said.all_points_to and self.size().multiply_adds <= said.cheap_multiply_adds
        cheap = {f"at most {said.cheap_multiply_adds:,} multiply-adds": said.cheap_points}
        return few | (cheap if is_cheap and said.cheap_points else {})


def errors_of(measured: Measured) -> int:
    """Return how many of 10,000 images are misread, rounded: points depend on the number that students see."""
    return round(ALL * measured.mistakes / len(measured.labels))
