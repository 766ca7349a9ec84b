"""The checks as a whole: points, cost, tolerance, and what the cases can tell apart."""

import json
from math import prod

import numpy as np
import pytest
from autograder.checks import assignment
from autograder.checks.part import CheckFailed, Grading, Part, is_public, number, points

import misconceptions
from autograder.grading import grade
from autograder.reference import FUNCTIONS, Reference
from autograder.sandbox.replies import Returned

CNN = assignment("cnn")
REFERENCE = Reference()
SEEDS = [f"seed {index}" for index in range(5)]


def cases_of(checks, seed):
    """Return the cases of some checks, as drawn from the seed, without running a submission."""
    return [case for check in checks for case in check.run_without_submission(REFERENCE, seed)]


def checks_of_parts_1_to_3(public=None):
    checks = [check for check in CNN.checks() if number(check) and check.needs is None]
    return [check for check in checks if public is None or is_public(check) == public]


def test_points_add_up():
    totals = {part.title: sum(points(check) for check in CNN.checks() if type(check) is part) for part in CNN.parts}
    assert totals == {"Convolution": 30, "Pooling": 20, "Counting parameters": 20, "CIFAR-10": 30}


def test_numbers_are_unique_and_in_order():
    numbers = [number(check) for check in CNN.checks() if number(check)]
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
    assert REFERENCE.undetected(cases) == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_public_cases_tell_most_misconceptions_from_the_truth(function):
    cases = [case for case in cases_of(checks_of_parts_1_to_3(public=True), "any") if case.function == function]
    assert len(REFERENCE.undetected(cases)) <= len(misconceptions.about(function)) / 2


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
    case = REFERENCE.case("", "conv2d_channels", (images, weights), {})
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(2, 3))
    products = np.einsum("nchwrs,kcrs->nkhwcrs", windows, weights).reshape(1, 4, 10, 10, -1)  # float32
    for _ in range(20):
        shuffled = products[..., random.permutation(products.shape[-1])]
        assert case.accepts(np.cumsum(shuffled, axis=-1, dtype=np.float32)[..., -1])
    assert not case.accepts(case.expected.astype(np.float16).astype(np.float64))
    rounded = images.astype(np.float16).astype(np.float32)
    half = REFERENCE.case("", "conv2d_channels", (rounded, weights), {}).expected
    assert not case.accepts(half)


def by_fft(case, dtype):
    """Return a convolution's answer by the Fourier transform, in which the errors of large outputs reach all others."""
    (images, weights), options = case.by_name()
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
    assert all(case.accepts(by_fft(case, np.float64)) for case in cases)
    real = [case for case in cases if case.function == "conv2d_channels" and case.arguments[0].dtype == np.float32]
    assert len(real) > 5 and all(case.accepts(by_fft(case, np.float32)) for case in real)
    assert not any(case.accepts(case.expected.astype(np.float16).astype(float)) for case in real)
    assert not any(case.accepts(np.trunc(case.expected)) for case in real)


def test_windows_of_zeros_forgive_what_rounding_leaves():
    image = np.zeros((6, 6))
    image[0, 0] = 9.0
    case = REFERENCE.case("", "conv2d", (image, np.ones((2, 2))), {})
    assert case.accepts(case.expected + 5.9e-16)
    assert not case.accepts(case.expected + 1e-4)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_nothing_infinite_is_accepted(wrong):
    case = REFERENCE.case("", "conv2d", (np.ones((3, 3)), np.ones((2, 2))), {})
    answer = case.expected.copy()
    assert case.accepts(answer)
    answer[0, 0] = wrong
    assert not case.accepts(answer)


def test_a_check_that_cannot_tell_is_the_graders_fault_and_gives_no_points(solution, monkeypatch, tmp_path):
    monkeypatch.setattr(Reference, "undetected", lambda self, cases, catches=(): {"flipped kernel"})
    report = grade(solution, tmp_path / "results.json")
    verdicts = {outcome.number: outcome.verdict.value for outcome in report.outcomes}
    assert verdicts["1.6"] == "grader error" and verdicts["1.2"] == "passed"
    assert "no cases were found that tell {'flipped kernel'} from the truth" in report.faults[0]
    entry = next(test for test in json.loads((tmp_path / "results.json").read_text())["tests"] if test["number"] == "1.6")
    assert entry["score"] == 0
    assert entry["output"] == "The autograder itself failed here. This is not your fault: please tell your instructor."


def test_a_score_of_an_earlier_submission_is_forgotten(solution, monkeypatch):
    """gradescope-utils keeps the score on the method, where a check that breaks would find it again."""
    assert next(outcome.score for outcome in grade(solution).outcomes if outcome.number == "2.2") == 4
    monkeypatch.setattr("autograder.checks.cnn.pooling.quarters", None)
    outcome = next(outcome for outcome in grade(solution).outcomes if outcome.number == "2.2")
    assert (outcome.score, outcome.verdict.value) == (0, "grader error")


@pytest.mark.parametrize("backend", ["numpy", "cpu", pytest.param("simulator", marks=pytest.mark.slow)])
def test_every_backend_decides_alike(solution, backend):
    report = grade(solution, seed="a", reference=Reference(backend))
    assert report.score == 70


def test_an_answer_that_looks_like_a_case_without_arguments_is_compared():
    class Alone(Part):
        title, file = "Alone", "alone.py"

        def test_one(self):
            self.require(self.case("output_size", 4, 2))

    check = Alone("test_one")
    check.reply = lambda *arguments, **options: Returned(True, [], {}, "")
    check.grading = Grading(submission=None, sandbox=None, seed="x", reference=REFERENCE)
    check.setUp()
    with pytest.raises(AssertionError, match=r"must return an int, but returned a bool \(True\)"):
        check.test_one()


def answers_to(number_of_check, answer):
    """Return the failure of a check whose function answers so."""
    check = next(check for check in CNN.checks() if number(check) == number_of_check)
    check.reply = lambda function, *arguments, meanwhile, **options: Returned(
        answer(*arguments, **options), list(arguments), options, ""
    )
    check.grading = Grading(submission=None, sandbox=None, seed="x", reference=REFERENCE)
    check.setUp()
    with pytest.raises(CheckFailed) as failed:
        getattr(check, check._testMethodName)()
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
