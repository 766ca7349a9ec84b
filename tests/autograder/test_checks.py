"""The checks as a whole: points, cost, tolerance, and what the cases can tell apart."""

import json
from copy import deepcopy
from functools import partial
from math import prod

import numpy as np
import pytest

import kernels
from autograder import feedback, loading, part
from autograder.assignment import find
from autograder.compare import is_right
from autograder.grading import grade
from autograder.part import Check, CheckFailed, Grading
from autograder.reference import Reference
from autograder.sandbox.replies import Returned
from tests.autograder.answering import let_reply

CNN = find("cnn")
REFERENCE = CNN.reference()
FUNCTIONS = ("output_size", "conv2d", "conv2d_channels", "pool2d", "count_dense", "count_conv", "count_network")
RANDOM = np.random.default_rng(0)
SEEDS = [f"seed {index}" for index in range(5)]


def cases_of(checks, seed):
    """Return the cases of some checks, as drawn from the seed, without running a submission."""
    return [case for check in checks for case in check.cases(REFERENCE, seed)]


def checks_of_parts_1_to_3(public=None):
    checks = [check for check in CNN.checks() if check.number and check.case.needs is None]
    return [check for check in checks if public is None or check.public == public]


def asking(function, *arguments, **options):
    """Return a case of no check."""
    return REFERENCE.case(function, arguments, options, feedback.outputs)


def accepts(case, answer):
    return is_right(answer, case.answers)


def test_points_add_up():
    totals = {one.title: sum(check.points for check in CNN.checks() if check.part is one) for one in CNN.parts}
    assert totals == {"Convolution": 30, "Pooling": 20, "Counting parameters": 20, "CIFAR-10": 30}


def test_numbers_are_unique_and_in_order():
    numbers = [check.number for check in CNN.checks() if check.number]
    assert numbers == sorted(set(numbers))
    assert len(numbers) >= 15


@pytest.mark.parametrize("seed", SEEDS)
def test_an_honest_seven_loop_solution_has_little_to_do(seed):
    total = 0
    for case in cases_of(checks_of_parts_1_to_3(), seed):
        if case.function in ("conv2d", "conv2d_channels"):
            total += case.expected.size * prod(case.arguments[1].shape[-3:])
        elif case.function == "pool2d":
            total += case.expected.size * prod(np.broadcast_to(case.options.get("size", 2), 2))
    assert total < 300_000


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_hidden_cases_tell_every_misconception_from_the_truth(function, seed):
    cases = [case for case in cases_of(checks_of_parts_1_to_3(public=False), seed) if case.function == function]
    assert REFERENCE.undetected("", cases) == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_public_cases_tell_most_misconceptions_from_the_truth(function):
    cases = [case for case in cases_of(checks_of_parts_1_to_3(public=True), "any") if case.function == function]
    assert len(REFERENCE.undetected("", cases)) <= len(REFERENCE.function(function).misconceptions) / 2


@pytest.mark.costly
def test_public_cases_are_the_same_for_all_and_hidden_ones_are_not():
    def texts(public, seed):
        return [
            str([argument.tolist() if isinstance(argument, np.ndarray) else argument for argument in case.arguments])
            for case in cases_of(checks_of_parts_1_to_3(public), seed)
        ]

    assert texts(True, "one") == texts(True, "two")
    assert texts(False, "one") == texts(False, "one")
    same = [one == two for one, two in zip(texts(False, "one"), texts(False, "two"))]
    assert sum(same) <= len(same) / 10


def test_the_tolerance_admits_float32_in_any_order_and_rejects_half_precision():
    random = np.random.default_rng(0)
    images = random.normal(size=(1, 8, 12, 12)).astype(np.float32)
    weights = random.normal(size=(4, 8, 3, 3)).astype(np.float32)
    case = asking("conv2d_channels", images, weights)
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(2, 3))
    products = np.einsum("nchwrs,kcrs->nkhwcrs", windows, weights).reshape(1, 4, 10, 10, -1)  # float32
    for _ in range(20):
        shuffled = products[..., random.permutation(products.shape[-1])]
        assert accepts(case, np.cumsum(shuffled, axis=-1, dtype=np.float32)[..., -1])
    assert not accepts(case, case.expected.astype(np.float16).astype(np.float64))
    rounded = images.astype(np.float16).astype(np.float32)
    half = asking("conv2d_channels", rounded, weights).expected
    assert not accepts(case, half)


def by_fft(case, dtype):
    """Return a convolution's answer by the Fourier transform, in which the errors of large outputs reach all others."""
    (images, weights), options = REFERENCE.function(case.function).by_name(case.arguments, case.options)
    (above, beside), (down, right) = (
        np.broadcast_to(options.get(name, less), 2) for name, less in (("padding", 0), ("stride", 1))
    )
    around = [(0, 0)] * (images.ndim - 2) + [(above, above), (beside, beside)]
    padded = np.pad(images.astype(dtype), around, constant_values=options.get("padding_value", 0))
    size, (height, width) = padded.shape[-2:], weights.shape[-2:]
    spectra, filters = np.fft.rfft2(padded), np.fft.rfft2(weights.astype(dtype), size).conj()
    product = spectra * filters if images.ndim == 2 else np.einsum("nchw,kchw->nkhw", spectra, filters)
    whole = np.fft.irfft2(product, size)
    answer = whole[..., : size[0] - height + 1 : down, : size[1] - width + 1 : right].astype(float)
    return answer if options.get("bias") is None else answer + options["bias"].astype(float)[:, None, None]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_fast_fourier_transform_is_right_and_half_precision_and_cut_off_decimals_are_not(seed):
    cases = [case for case in cases_of(checks_of_parts_1_to_3(), seed) if case.function.startswith("conv2d")]
    assert all(accepts(case, by_fft(case, np.float64)) for case in cases)
    real = [case for case in cases if case.function == "conv2d_channels" and case.arguments[0].dtype == np.float32]
    assert len(real) > 5 and all(accepts(case, by_fft(case, np.float32)) for case in real)
    assert not any(accepts(case, case.expected.astype(np.float16).astype(float)) for case in real)
    assert not any(accepts(case, np.trunc(case.expected)) for case in real)


def test_windows_of_zeros_forgive_what_rounding_leaves():
    image = np.zeros((6, 6))
    image[0, 0] = 9.0
    case = asking("conv2d", image, np.ones((2, 2)))
    assert accepts(case, case.expected + 5.9e-16)
    assert not accepts(case, case.expected + 1e-4)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_nothing_infinite_is_accepted(wrong):
    case = asking("conv2d", np.ones((3, 3)), np.ones((2, 2)))
    answer = case.expected.copy()
    assert accepts(case, answer)
    answer[0, 0] = wrong
    assert not accepts(case, answer)


def test_a_check_that_cannot_tell_is_the_graders_fault_and_gives_no_points(solution, monkeypatch, tmp_path):
    monkeypatch.setattr(Reference, "undetected", lambda self, check, cases, catches=(): {"flipped kernel"})
    monkeypatch.setattr(part, "DRAWS", 5)
    report = grade(solution, CNN, tmp_path / "results.json")
    verdicts = {outcome.number: outcome.verdict.value for outcome in report.outcomes}
    assert verdicts["1.6"] == "grader error" and verdicts["1.2"] == "passed"
    assert "check 1.5 draws no cases that detect flipped kernel" in report.faults[0]
    entry = next(test for test in json.loads((tmp_path / "results.json").read_text())["tests"] if test["number"] == "1.6")
    assert entry["score"] == 0
    assert entry["output"] == "The autograder itself failed here. This is not your fault: please tell your instructor."


@pytest.mark.costly
def test_a_score_of_an_earlier_submission_is_forgotten(solution, monkeypatch):
    """gradescope-utils keeps the score on the method, where a check that breaks would find it again."""
    assert next(outcome.score for outcome in grade(solution, CNN).outcomes if outcome.number == "2.2") == 4
    monkeypatch.setattr(loading.module(CNN.folder, "checks.pooling"), "quarters", None)
    outcome = next(outcome for outcome in grade(solution, CNN).outcomes if outcome.number == "2.2")
    assert (outcome.score, outcome.verdict.value) == (0, "grader error")


@pytest.mark.parametrize(
    "backend", ["numpy", *(pytest.param(compiled, marks=pytest.mark.costly) for compiled in ("cpu", "simulator"))]
)
def test_every_backend_decides_alike(solution, backend):
    report = grade(solution, CNN, seed="a", reference=CNN.reference(backend))
    assert report.score == 70


def answering(check, answer):
    """Return a check whose student's functions all answer so."""

    def reply(function, *arguments, **options):
        arguments, options = deepcopy((list(arguments), options))
        return Returned(answer(*arguments, **options), arguments, options, "")

    asked = check.on(Grading(submission=None, sandbox=None, seed="x", reference=REFERENCE))
    let_reply(asked, reply)
    asked.setUp()
    return asked


def test_an_answer_that_looks_like_a_case_without_arguments_is_compared():
    class Alone(part.Part):
        def test_one(self):
            self.require(self.case("output_size", 4, 2))

    check = Check(CNN.config.parts["convolution"], Alone, "test_one", None, "Alone", 0.0, False, "hidden")
    with pytest.raises(AssertionError, match=r"must return an int, but returned a bool \(True\)"):
        answering(check, lambda *_, **__: True).test_one()


def answers_to(number, answer):
    """Return the failure of a check whose function answers so."""
    check = next(check for check in CNN.checks() if check.number == number)
    with pytest.raises(CheckFailed) as failed:
        getattr(answering(check, answer), check.method)()
    return failed.value.failure


def test_a_hint_explains_every_answer_of_the_check():
    """Without its stride, the first wrong size of check 1.1 happens to be the one without its + 1, too."""
    assert (
        "the stride is ignored"
        in answers_to("1.1", lambda size, kernel, stride=1, padding=0: size + 2 * padding - kernel + 1).hint
    )
    half_right = {(7, 3): 2}
    failure = answers_to(
        "1.1",
        lambda size, kernel, stride=1, padding=0: half_right.get(
            (size, kernel), (size + 2 * padding - kernel) // stride + 1
        ),
    )
    assert failure.sentence == "Expected 3, received 2." and failure.hint is None


def test_a_hint_explains_what_the_check_has_asked_before_too():
    """A kernel that is too large is asked for on its own. Rounded up, its -2 positions would be -1 as well."""
    failure = answers_to("1.1", lambda size, kernel, stride=1, padding=0: (size + 2 * padding - kernel) // stride + 1)
    assert failure.misconception == "no end at zero" and "rounded" not in failure.hint


def test_a_misconception_explains_calls_to_which_it_has_no_answer():
    def unpadded(image, kernel, stride=1, padding=0, padding_value=0.0):
        try:
            return kernels.conv2d(image.astype(float), kernel.astype(float), stride=stride, backend="numpy")
        except ValueError:  # the kernel does not fit
            return np.zeros((0, 0))

    assert answers_to("1.6", unpadded).misconception == "no padding"


def test_as_many_misconceptions_are_told_as_explain_the_answers():
    """The lecture's kernel has 1 and 0 in its first column: the first product is the sum of both."""
    failure = answers_to("1.2", lambda image, kernel, stride=1, padding=0: first_products(image, stride, padding))
    assert failure.misconception == "first product only"
    assert failure.hint.count("you get when") == 3 and "only the first column" in failure.hint


def first_products(image, stride, padding):
    rows, columns = ((length + 2 * padding - 2) // stride + 1 for length in image.shape)
    return np.pad(image, padding)[::stride, ::stride][:rows, :columns]


def test_an_argument_that_was_changed_gets_a_hint_whatever_the_answer_is():
    def in_place(images, size=2, stride=None, mode="max", returned=0):
        pooled = kernels.pool2d(images, size, stride, mode, backend="numpy")
        images += 1
        return pooled + RANDOM.normal(size=pooled.shape) * returned

    right, wrong = answers_to("2.1", in_place), answers_to("2.1", partial(in_place, returned=1))
    assert right.sentence.startswith("The call changed its argument number 1.")
    assert right.hint.startswith("A slice is a view") and "outputs are wrong" in wrong.sentence
    assert wrong.hint == f"The call also changed its argument number 1. {right.hint}"
    assert right.misconception == wrong.misconception == "inputs changed in place"
