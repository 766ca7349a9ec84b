"""Kernels: how launches are judged, what gives points, and what a submission's file meets on its way."""

import contextlib
import io
import re
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import expected_answers, stubs
from autograder.assignment import find
from autograder.authoring import Verdict
from autograder.calls import launch_to_paste
from autograder.cases import Case
from autograder.feedback import Picture
from autograder.grading import grade
from autograder.kernels import Figure, Goal, compiler, figures, lie_in
from autograder.kernels.child import launching
from autograder.kernels.goals import marks
from autograder.kernels.launches import Access, Launched, Misdeed, Profile, Waste
from autograder.levels import Level
from autograder.report import failures, html, terminal
from autograder.sandbox.host import Sandbox
from autograder.sandbox.replay import KeptReplies
from autograder.sandbox.replies import Returned, Stopped
from common.errors import UserError
from release import bundle
from tests.conftest import ROOT

CUDA = find("cuda")
SOLUTION = ROOT / "solutions" / "cuda"
FEW = np.array([1, 2, 3, 4, 5], np.float32)
SCALE = """
from numba import cuda, float32

@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    if i < output.size:
        output[i] = values[i] * factor

def launch_scale(size):
    return (size + 31) // 32, 32
"""


def run(content):
    """Return what the machine's harness answers about a file, in this process."""
    source = np.frombuffer(content, np.uint8)
    return launching.run(
        None,
        source,
        "mapping.py",
        "scale",
        {"sizes": [5], "arguments": [FEW, np.float32(2)], "shape": [5], "seed": 0},
    )


def graded(tmp_path, only, **sources):
    """Return the report of a submission of these files, the outcomes by their checks, for these checks alone."""
    for name, source in sources.items():
        (tmp_path / f"{name}.py").write_bytes(source if isinstance(source, bytes) else source.encode())
    report = grade(tmp_path, CUDA, seed="kernels", only=only)
    assert not report.faults, report.faults[0]
    return report, {outcome.number: outcome for outcome in report.outcomes}


def did(**fields):
    """Return what a launch did, nothing unless it is said."""
    nothing = {"parameters": [], "outputs": {}, "written": 0, "changed": [], "misdeeds": [], "accesses": []}
    return Profile(**nothing | {"threads": 1, "barriers": 0, "busiest": 0, "atomics": False} | fields)


# --- points for traffic


@given(st.floats(0, 100), st.floats(0.01, 100), st.lists(st.floats(0, 1e6), min_size=2, max_size=2))
def test_the_points_fall_evenly_from_the_best_on(best, more, values):
    goal = Goal(best, best + more)
    one, other = sorted(values)
    assert 0 <= goal.share(other) <= goal.share(one) <= 1
    assert goal.share(best) == 1 and goal.share(best + more) == pytest.approx(0, abs=1e-12)
    assert goal.share(best + more / 4) == pytest.approx(0.75)


@pytest.mark.parametrize("best, none", [(2, 2), (2, 1), (-1, 1), (float("nan"), 1)])
def test_a_goal_must_leave_room_below_its_best(best, none):
    with pytest.raises(ValueError, match=r"best|none"):
        Goal(best, none)


def test_the_worst_figure_decides_and_each_figure_has_a_goal():
    found = {"good": Figure(1, "{:g} a"), "bad": Figure(3, "{:g} b"), "fair": Figure(2, "{:g} c")}
    goals = dict.fromkeys(found, Goal(1, 5))
    assert [(mark.name, mark.share) for mark in marks(found, goals)] == [("bad", 0.5), ("fair", 0.75), ("good", 1)]
    assert str(marks(found, goals)[0]) == "3 b. Best is 1; from 5 on there are no points."
    with pytest.raises(ValueError, match="no goal for bad and fair"):
        marks(found, {"good": Goal(1, 5)})


def test_what_is_asked_of_memory_is_added_up():
    accesses = [Access("global", "a", 1, 2, 3, 4, 5), Access("global", "b", 10, 20, 30, 40, 50), Access("shared", "a", 7)]
    profile = did(parameters=["a", "b"], accesses=accesses)
    assert profile.total("global") == Access("global", "", 11, 22, 33, 44, 55)
    assert profile.total("global", "b").sectors == 40 and profile.total("shared").reads == 7
    assert profile.total("local").reads == 0
    with pytest.raises(ValueError, match="counts c, but the kernel has a, b"):
        profile.total("global", "a", "c")
    assert [lie_in(numbers) for numbers in (1, 8, 9, 64)] == [1, 1, 2, 8]


@pytest.mark.parametrize(
    "sectors_touched, fewest, least, value, says",
    [
        (32, 4, 4, 8, "neighbouring"),
        (32, 4, 0, 8, "neighbouring"),
        (8, 8, 4, 2, "too many requests"),
        (0, 0, 0, 0, "too many requests"),
    ],
)
def test_what_sectors_say(sectors_touched, fewest, least, value, says):
    access = Access("global", "a", requests=1, sectors=sectors_touched, fewest=fewest)
    figure = figures.sectors(did(parameters=["a"], accesses=[access]), "a", least=least)
    assert figure.value == value and says in figure.advice
    assert str(figure) == f"Warps touch {value:.2f} times the fewest sectors of a"


def test_of_several_arrays_the_one_that_wastes_most_is_drawn():
    little, much = (Waste(title, "", "", "", []) for title in ("little", "much"))
    accesses = [Access("global", name, sectors=sectors, fewest=4, worst=worst)
                for name, sectors, worst in (("a", 8, little), ("b", 32, much), ("c", 4, None))]  # fmt: skip
    assert figures.sectors(did(parameters=["a", "b", "c"], accesses=accesses), "a", "b", "c").worst is much


# --- what is wrong with the numbers


def launched(expected, together, *others, **ran):
    """Return a launch whose output is right where it is as expected, under the orders that a worker tells of."""
    outputs = dict(zip(("all together", "warp by warp", "backward"), (together, *others)))
    outputs = {order: np.array(output, np.float32) for order, output in outputs.items()}
    answers = expected_answers.Known(np.array(expected, float), 0.1, [])
    case = Case("sums", (FEW,), {}, answers, lambda wrong, *_: Picture(f"number {wrong.first[0]}"))
    return Launched.of(
        case, did(**{"parameters": ["values", "output"], "outputs": outputs, "written": len(expected)} | ran)
    )


def test_right_numbers_in_every_order():
    assert launched([1, np.nan], [1, np.nan], [1, np.nan]).failure is None


def test_numbers_that_are_wrong_in_another_order_of_threads_are_wrong():
    failure = launched([1, 2], [1, 2], [1, 3]).failure
    assert failure.sentence == "1 of 2 outputs is wrong. It is number 1: expected 2, received 3."
    assert "when threads run warp by warp" in failure.hint


def test_orders_must_agree_bit_for_bit_unless_atomics_decide():
    failure = launched([1, 2], [1, 2], [1, 2.01]).failure
    assert (
        "depends on the order of threads. At number 1, it is 2 when they run all together, and 2.00999999"
        in failure.sentence
    )
    assert launched([1, 2], [1, 2], [1, 2.01], atomics=True).failure is None


def test_a_kernel_must_leave_its_inputs_alone():
    assert "writes to values, which it may only read" in launched([1], [1], changed=["values"]).failure.sentence


def test_what_may_have_made_a_number_wrong():
    misdeed = Misdeed("race", "Thread 1 races thread 2.", ["sums.py line 3: s[0] += 1"])
    failure = launched([1, 2], [1, 3], misdeeds=[misdeed], written=1).failure
    assert (failure.hint, failure.frames, failure.fault) == (misdeed.sentence, misdeed.lines, "race")
    assert "writes 1 of 2 outputs" in launched([1, 2], [1, 3], written=1).failure.hint
    assert launched([1, 2], [1, 3]).failure.hint is None


def test_outputs_are_right_that_are_so_when_threads_run_together():
    assert launched([1, 2, 3, 4], [1, 2, 3, 0], [0, 0, 0, 0]).right == 3


# --- what stands between a file and a launch


def test_a_launch_as_it_comes_back():
    found = run(SCALE.encode())
    assert list(found["outputs"]) == [
        "all together", "warp by warp", "warp by warp, the last one first", "warp by warp, in a random order"
    ]  # fmt: skip
    assert all((output == 2 * FEW).all() for output in found["outputs"].values())
    assert (found["written"], found["changed"], found["misdeeds"], found["atomics"]) == (5, [], [], False)
    assert {(each["space"], each["array"], each["reads"], each["writes"]) for each in found["accesses"]} == {
        ("global", "values", 5, 0), ("global", "output", 0, 5)
    }  # fmt: skip


RETURN = "return (size + 31) // 32, 32"


@pytest.mark.parametrize(
    "changed, means, says",
    [
        ({RETURN: "pass"}, "wrong", "returned None. Is a return missing?"),
        ({RETURN: "return size"}, "wrong", "launch_scale must return (blocks, threads), each an int or a tuple"),
        ({RETURN: "return 1, 2, 3"}, "wrong", "but returned (1, 2, 3)"),
        ({RETURN: "return size / 32, 32"}, "wrong", "its blocks are 0.15625. Divide with //, and round up."),
        ({RETURN: "return 1, (32, 1, 1, 1)"}, "wrong", "its threads are (32, 1, 1, 1)"),
        ({RETURN: "return 1, True"}, "wrong", "its threads are True"),
        ({RETURN: "return 1, ((32, 1), 1)"}, "wrong", "its threads are ((32, 1), 1)"),
        ({RETURN: "return 0, 32"}, "wrong", "blocks along x, but this one has 0"),
        ({RETURN: "return 1, -32"}, "wrong", "threads along x, but this one has -32"),
        ({RETURN: "return 1, 1025"}, "wrong", "1,024"),
        ({RETURN: "return 1, (32, 64)"}, "wrong", "2,048"),
        ({RETURN: "return 10**9, 32"}, "timed out", "threads are launched"),
        ({RETURN: "return 10**30, 32"}, "crashed", "does not fit into 64 bits"),
        ({RETURN: "raise NotImplementedError"}, "not implemented", "Line 11: launch_scale is not written yet."),
        ({"output[i] = values[i] * factor": "raise NotImplementedError"}, "not implemented", "scale is not written yet"),
        ({"def scale": "def scales"}, "missing", "mapping.py has no function called scale."),
        ({"def launch_scale": "def launch"}, "missing", "mapping.py has no function called launch_scale."),
        ({"@cuda.jit": ""}, "forbidden", "cuda"),
        ({"@cuda.jit\n": "@cuda.jit(device=True)\n"}, "crashed", "scale is a device function"),
        ({"scale(values, factor, output)": "scale(values, factor, output, more)"}, "crashed", "takes 4 arguments"),
        ({"i = cuda.grid(1)": "i = [1]"}, "forbidden", "list"),
        ({"i = cuda.grid(1)": "i = open('x')"}, "forbidden", "open"),
        ({"if i <": "if i <<< 3"}, "crashed", "Python"),
        ({"if i <": "x = cuda.shared.array(100000, float32)\n    if i <"}, "wrong", "bytes of shared memory"),
    ],
)
def test_what_keeps_a_kernel_from_being_launched(changed, means, says):
    source = SCALE
    for before, after in changed.items():
        assert before in source
        source = source.replace(before, after)
    found = run(source.encode())
    assert found.get("stopped") == means, found
    assert says in found["sentence"]
    Verdict(found["stopped"])


def test_a_line_is_shown_with_the_sentence():
    found = run(SCALE.replace("i = cuda.grid(1)", "i = [1]").encode())
    assert found["lines"] == ["mapping.py line 6: i = [1]"]


def test_a_grid_beyond_the_limits_is_shown_where_it_is_computed():
    found = run(SCALE.replace(RETURN, "return 0, 32").encode())
    assert found["lines"] == ["mapping.py line 10: def launch_scale(size):"]


def test_shared_memory_beyond_the_limit_is_shown_where_it_is_asked_for():
    asks = "i = cuda.grid(1)\n    cells = cuda.shared.array(20000, float32)"
    found = run(SCALE.replace("i = cuda.grid(1)", asks).encode())
    assert found["lines"] == ["mapping.py line 7: cells = cuda.shared.array(20000, float32)"]


def test_lines_are_counted_as_python_counts_them():
    found = run(SCALE.replace("i = cuda.grid(1)", "i = cuda.grid(1)  # \u2028 \x0b\f\r\n    i = [1]").encode())
    assert found["lines"] == ["mapping.py line 7: i = [1]"]


def test_sentences_are_bounded():
    found = run(SCALE.replace(RETURN, f"return ({'10, ' * 9000})").encode())
    assert found["stopped"] == "wrong" and len(found["sentence"]) < 700


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"\x00", b"def f(:", b"import os\n", b"x" * 100_000])
def test_any_bytes_get_a_sentence(content):
    found = run(content)
    assert found["stopped"] in ("crashed", "forbidden", "missing") and found["sentence"]


# --- the call that a failure shows


def test_a_launch_can_be_pasted(monkeypatch):
    call = launch_to_paste("mapping", "scale", (5,), (FEW, np.float32(2)), (5,))
    monkeypatch.syspath_prepend(str(SOLUTION))
    monkeypatch.delitem(sys.modules, "mapping", raising=False)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(call, {})
    assert printed.getvalue() == "[ 2.  4.  6.  8. 10.]\n"


def test_a_launch_too_long_to_paste_is_written_in_brief():
    call = launch_to_paste("mapping", "scale", (4000,), (np.arange(4000.0), np.float32(2)), (4000,))
    assert call == "scale[launch_scale(4000)](4000 float64, np.float32(2.0))"


# --- the compiler


@pytest.mark.parametrize(
    "result",
    [
        None,
        {},
        {"figures": 3},
        {"figures": {"sm_75": {"registers": 3}}},
        {"figures": {"sm_75": {"registers": 3, "spilled": 0, "stack": "0", "shared": 0}}},
        {"error": 3, "lines": []},
    ],
)
def test_an_answer_of_the_compiler_that_cannot_be_read_is_a_failure(result):
    found = compiler.understood(Returned(result, [], {}, ""), "scale")
    assert found.verdict is Verdict.CRASHED and "cannot be read" in found.sentence


def test_what_the_compiler_says_is_bounded():
    found = compiler.understood(Returned({"error": "x" * 10**5, "lines": ["y" * 10**5] * 9}, [], {}, ""), "scale")
    assert len(str(found)) < 4000


def test_a_compiler_that_does_not_end():
    found = compiler.understood(Stopped(Verdict.TIMED_OUT, "scale did not finish."), "scale")
    assert found.verdict is Verdict.TIMED_OUT and "scale did not finish." in found.sentence


@pytest.mark.parametrize(
    "registers, threads, is_launched",
    [(255, 256, True), (127, 512, True), (129, 512, False), (64, 1024, True), (65, 1024, False), (255, 257, False)],
)
def test_a_block_must_find_registers_for_all_its_threads(registers, threads, is_launched):
    figures = {"sm_75": {"registers": 255}, "sm_90": {"registers": registers}}
    assert (compiler.refused(figures, threads) == "") is is_launched
    assert compiler.refused({}, threads) == ""


# --- from a file to a report

with_compiler = pytest.mark.skipif(find_spec("numba_cuda") is None, reason="no compiler: numba-cuda is not installed")
MAPPING = ("1.1", "1.2", "1.3", "1.4", "1.5")
DARKEN = """
from numba import cuda

@cuda.jit
def darken(image, level, output):
    row, column = cuda.grid(2)
    if row < image.shape[0] and column < image.shape[1]:
        output[row, column] = max(image[row, column] - level, 0)

def launch_darken(height, width):
    return ((height + {x} - 1) // {x}, (width + {y} - 1) // {y}), ({x}, {y})
"""


@pytest.mark.parametrize(
    "kernel, right, says",
    [
        ("scales", FEW, 'must say kernel = "scale", because a case launches it, but says kernel = "scales"'),
        ("", FEW, 'must say kernel = "scale", because a case launches it, but says nothing'),
        ("scale", 15.0, "the reference of scale must return the array that .*, but returns 15.0"),
    ],
)
def test_a_case_is_a_launch_that_leaves_an_array(monkeypatch, kernel, right, says):
    check = CUDA.checks()[0]
    monkeypatch.setattr(check.case, "kernel", kernel)
    reference = SimpleNamespace(case=lambda *_: SimpleNamespace(expected=right))
    part = check.case(check.method, check, SimpleNamespace(reference=reference))
    with pytest.raises(UserError, match=says):
        part.case("scale", FEW, np.float32(2))


def test_a_right_kernel_gets_all_points(tmp_path):
    report, outcomes = graded(tmp_path, MAPPING, mapping=SCALE)
    assert [outcomes[number].verdict for number in MAPPING] == [Verdict.PASSED] * 5
    assert report.score == report.points == 10
    assert outcomes["1.3"].notes == [
        "Warps touch 1.00 times the fewest sectors of values and output. Best is 1.25; from 4 on there are no points."
    ]


def test_a_number_out_of_range_costs_the_points_for_safety_alone(tmp_path):
    _, outcomes = graded(tmp_path, MAPPING, mapping=SCALE.replace("if i <", "if i <="))
    assert [number for number in MAPPING if outcomes[number].failure] == ["1.2", "1.5"]
    failure = outcomes["1.2"].failure
    assert failure.sentence == "Thread 5 reads values[5] (line 8), but values ends at 4."
    assert failure.frames == ["mapping.py line 8: output[i] = values[i] * factor"]
    assert "scale[launch_scale(5)](" in failure.call
    assert outcomes["1.2"].score == 0


@pytest.mark.costly
@pytest.mark.parametrize("x, y, points", [(32, 8, 0), (8, 32, 1.45), (1, 32, 2)])
def test_the_warp_that_wastes_most_is_drawn(tmp_path, x, y, points):
    report, outcomes = graded(tmp_path, ("2.3",), indexing=DARKEN.format(x=x, y=y))
    outcome = outcomes["2.3"]
    assert outcome.score == points
    page, text = html.render(report, "somebody"), terminal.summary(report)
    assert (outcome.failure is None) == (points == 2) == ("<svg" not in page)
    if points < 2:
        assert "Warp 0 of block (0, 0) reads image (line 8): " in text
        assert re.search(r"image\[0, 0\] +#", text)
        assert "let threadIdx.x run along the rows of image" in outcome.failure.hint
        assert "<svg" in failures.page(report, Level.NUMBERS, "check")


def test_safety_and_traffic_are_for_kernels_that_do_something(tmp_path):
    _, outcomes = graded(tmp_path, MAPPING, mapping=SCALE.replace("if i < output.size", "if i == 0"))
    says = [outcomes[number].failure.sentence for number in ("1.2", "1.3", "1.5")]
    assert says[0] == "Safety counts once more than half of the outputs are right. Here, 1 of 5 are."
    assert says[1].startswith("Traffic counts once")
    assert outcomes["1.1"].failure.hint.startswith("The kernel writes 1 of 5 outputs")


def test_a_stub_is_not_implemented_in_every_check(tmp_path):
    stub = stubs.stub((SOLUTION / "mapping.py").read_text())
    report, outcomes = graded(tmp_path, MAPPING, mapping=stub)
    assert {outcome.verdict for outcome in outcomes.values()} == {Verdict.NOT_IMPLEMENTED}
    assert "Not started: 1.1 to 1.5" in terminal.summary(report)


def test_a_file_outside_of_the_language_shows_its_line_and_no_call(tmp_path):
    _, outcomes = graded(tmp_path, MAPPING, mapping=SCALE.replace("i = cuda.grid(1)", "i = [1]"))
    assert {outcome.verdict for outcome in outcomes.values()} == {Verdict.FORBIDDEN}
    assert {outcome.failure.call for outcome in outcomes.values()} == {""}


@with_compiler
def test_a_kernel_that_does_not_compile_gets_nothing(tmp_path):
    source = SCALE.replace("values[i] * factor", "values[i] * factor * values.shape")
    _, outcomes = graded(tmp_path, MAPPING, mapping=source)
    assert {outcome.verdict for outcome in outcomes.values()} == {Verdict.CRASHED}
    assert outcomes["1.1"].failure.frames == ["mapping.py line 8: output[i] = values[i] * factor * values.shape"]


def test_where_there_is_no_compiler_nothing_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(compiler, "PACKAGES", ("numpy",))
    report, _ = graded(tmp_path, MAPPING, mapping=SCALE)
    assert report.score == 10
    assert len(report.remarks) == 1 and "was not checked: numba is not installed" in report.remarks[0]


@pytest.mark.costly
def test_a_missing_barrier_is_found_whatever_the_numbers_say(tmp_path):
    source = (SOLUTION / "reduction.py").read_text()
    line = next(line for line in source.splitlines() if line.strip().startswith("cuda.syncthreads()  # no thread adds"))
    report, outcomes = graded(tmp_path, ("5.1", "5.2"), reduction=source.replace(line, ""))
    assert outcomes["5.1"].failure and outcomes["5.2"].failure
    assert "barrier" in outcomes["5.2"].failure.sentence and len(outcomes["5.2"].failure.frames) >= 1
    assert report.score == 0


def test_a_file_is_only_read(tmp_path):
    _, outcomes = graded(tmp_path, ("1.1",), mapping=f"open('{tmp_path}/mark', 'w')\n{SCALE}")
    assert outcomes["1.1"].verdict is Verdict.FORBIDDEN and not (tmp_path / "mark").exists()


@pytest.mark.costly
def test_kept_answers_suffice_to_grade_again(tmp_path, monkeypatch):
    (tmp_path / "mapping.py").write_text(SCALE.replace("if i <", "if i <="))
    replies = KeptReplies()
    before = grade(tmp_path, CUDA, seed="kernels", only=MAPPING, replies=replies)
    monkeypatch.setattr(Sandbox, "worker", None)
    again = grade(tmp_path, CUDA, seed="kernels", only=MAPPING, replies=KeptReplies.unpack(replies.pack()), replay=True)
    assert [str(each.failure) for each in again.outcomes] == [str(each.failure) for each in before.outcomes]
    assert (again.score, again.faults) == (7, [])


# --- at home


@pytest.mark.costly
def test_check_pyz_brings_the_machine_and_needs_numpy_alone(tmp_path):
    packages = tmp_path / "home" / "site-packages"
    packages.mkdir(parents=True)
    installed = Path(np.__file__).parent.parent
    for path in installed.glob("numpy*"):
        (packages / path.name).symlink_to(path)
    (tmp_path / "check.pyz").write_bytes(bundle.bundle(CUDA))
    (tmp_path / "mapping.py").write_text(SCALE)
    command, environment = [sys.executable, "-S", "check.pyz", "1"], {"PYTHONPATH": str(packages)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 of 5 points" in done.stdout and "numba is not installed" in " ".join(done.stdout.split())


def test_the_machine_goes_where_kernels_are_graded_and_nowhere_else():
    assert any(name.startswith("gpu/") for name in zipfile.ZipFile(io.BytesIO(bundle.bundle(CUDA))).namelist())
    assert CUDA.rooms == ["gpu"] and find("neurons").rooms == []
