"""A call that a failure shows makes the same call again, wherever it is pasted."""

import gc
import sys
import types

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from autograder import numbers
from autograder.assignment import find
from autograder.calls import in_brief, to_paste, with_imports
from autograder.part import CheckFailed, Grading
from autograder.sandbox.child import wire
from autograder.sandbox.limits import Limits
from autograder.sandbox.replies import Returned, Stopped, understand
from autograder.verdicts import Verdict
from tests.autograder.answering import let_reply

TYPES = st.sampled_from("?bBhHiIlLqQefd").map(np.dtype)
SHAPES = st.just(()) | array_shapes(min_side=0, max_dims=4, max_side=3)
LAYOUTS = (lambda array: array, np.transpose, lambda array: array[::-1] if array.ndim else array, np.asfortranarray)
in_arrays = st.builds(
    lambda array, layout, order: layout(array.astype(array.dtype.newbyteorder(order))),
    TYPES.flatmap(lambda dtype: arrays(dtype, SHAPES)),
    st.sampled_from(LAYOUTS),
    st.sampled_from("<>"),
)
scalars = TYPES.flatmap(lambda dtype: arrays(dtype, ())).map(lambda array: array[()])
plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=90) | scalars
keys = st.text(max_size=8) | st.integers() | st.booleans()
values = st.recursive(
    plain | in_arrays,
    lambda inner: st.lists(inner, max_size=30) | st.lists(inner, max_size=4).map(tuple) | st.dictionaries(keys, inner),
    max_leaves=12,
)
names = st.sampled_from(["stride", "bias", "mode"])


def arrived(value):
    """Return a value as the student's function gets it."""
    return wire.unpack(wire.pack(value))


def pasted(text, function="f", module="homework"):
    """Run a text as it stands, with a module of the student's beside it; return what the function was called with."""
    calls = []
    student = types.ModuleType(module)
    setattr(student, function, lambda *arguments, **options: calls.append((list(arguments), options)))
    sys.modules[module] = student
    try:
        exec(text, {})
    finally:
        del sys.modules[module]
    [call] = calls
    return call


def same(one, other):
    """Return whether two values are the same in their types, shapes and bits; one NaN is like another."""
    if isinstance(one, np.generic) and isinstance(other, np.generic):  # C's types of one size are one type
        one, other = np.asarray(one), np.asarray(other)
    if type(one) is not type(other):
        return False
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(same, [*one, *one.values()], [*other, *other.values()]))
    if isinstance(one, (np.ndarray, float)):
        one, other = np.asarray(one), np.asarray(other)
        signs = one.dtype.kind != "f" or np.array_equal(np.signbit(one[one == one]), np.signbit(other[other == other]))
        return one.dtype == other.dtype and signs and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    return one == other


@pytest.mark.costly
@given(st.lists(values, max_size=3), st.dictionaries(names, values))
def test_a_pasted_call_has_the_same_arguments(arguments, options):
    text = to_paste("homework", "f", arguments, options)
    if len(text) > 3_000 or text == in_brief("f", arguments, options):
        return
    assert same(list(pasted(text)), arrived([arguments, options])), text


@pytest.mark.costly
@pytest.mark.parametrize("name", ["cnn", "neurons", "vision"])
def test_calls_of_the_homeworks_can_be_pasted_and_fit_into_80_columns(name):
    if name == "vision":
        pytest.importorskip("torch")
    assigned = find(name)
    reference = assigned.reference()
    checks = [check for check in assigned.checks() if check.number and check.case.needs is None]
    cases = [(check, case) for check in checks for case in check.cases(reference, "any")]
    brief = 0
    for check, case in cases:
        text = to_paste(check.part.module, case.function, case.arguments, case.options)
        assert len(text) < 3_200 and max(map(len, text.splitlines())) <= 76, text
        if text == str(case):
            brief += 1
            continue
        call = pasted(text, case.function, check.part.module)
        assert same(list(call), arrived([list(case.arguments), case.options])), text
        assert not check.public or len(text) < 2_000
    assert brief < len(cases) / 20


@pytest.mark.parametrize(
    "draw",
    [
        numbers.whole,
        numbers.quarters,
        numbers.reals,
        *(lambda random, *shape, dtype=dtype: numbers.of_type(random, dtype, *shape) for dtype in numbers.TYPES),
    ],
)
def test_a_large_array_is_written_as_what_draws_it(draw):
    array = draw(np.random.default_rng(5), np.int64(9), 2, 11)
    text = to_paste("homework", "f", [array], {})
    assert "default_rng(" in text and len(text) < 250 and max(map(len, text.splitlines())) <= 76
    assert same(pasted(text)[0], [array])
    assert not np.array_equal(draw(np.random.default_rng(6), 9, 2, 11), array)


def test_an_array_that_was_changed_is_written_as_it_is():
    array = numbers.whole(np.random.default_rng(5), 10, 10)
    array[3, 4] = 0.5
    assert same(pasted(to_paste("homework", "f", [array], {}))[0], [array])


def test_nothing_is_kept_of_arrays_that_are_gone():
    gc.collect()
    before = len(numbers._drawn)
    some = [numbers.whole(np.random.default_rng(5), 3) for _ in range(5)]
    assert len(numbers._drawn) == before + 5
    del some
    assert len(numbers._drawn) == before


def test_what_is_too_long_is_written_in_brief():
    long = [np.linspace(0, 1, 1000).reshape(10, 100), list(range(5000)), {"a": (np.ones(3),)}]
    assert to_paste("homework", "f", long, {"n": 1}) == in_brief("f", long, {"n": 1})
    assert in_brief("f", long, {"n": 1}) == "f(10x100 float64, [0, 1, 2, ... 5,000 in all], {'a': (3 float64,)}, n=1)"
    assert to_paste("homework", "f", [np.ones(3, np.longdouble)], {}) == f"f(3 {np.dtype(np.longdouble)})"


@pytest.mark.parametrize(
    ("expression", "imports"),
    [
        ("gate((0, 1))", ["from gates import gate"]),
        ("activate(np.linspace(-1, 1, 81), 'relu')", ["import numpy as np", "from gates import activate"]),
        ("train(initial((2, 3), 5), 3)", ["from gates import initial, train"]),
        ("train(initial((2, 3), seed), images)", []),  # for a person only
        ("gate(3x3 float64)", []),
    ],
)
def test_a_call_that_a_check_wrote_gets_its_imports(expression, imports):
    assert with_imports("gates", expression).split("\n") == [*imports, expression]


def failure_of(name, number, reply):
    """Return the failure of a check of a homework to which every call is replied so."""
    assigned = find(name)
    check = next(check for check in assigned.checks() if check.number == number)
    part = check.on(Grading(submission=None, sandbox=None, seed="x", reference=assigned.reference()))
    let_reply(part, lambda function, *arguments, **options: reply)
    part.setUp()
    with pytest.raises(CheckFailed) as failed:
        getattr(part, check.method)()
    return failed.value.failure


RETURNED = "import numpy as np\nfrom gates import fires\nfires(\n    np.array([[0, 0],\n"


@pytest.mark.parametrize(
    ("number", "reply", "call"),
    [
        ("1.1", Returned(5, [], {}, ""), RETURNED),
        ("1.1", Stopped(Verdict.CRASHED, "It broke."), RETURNED),
        ("1.1", Stopped(Verdict.NOT_IMPLEMENTED, "It is not written yet."), "fires(4x2 float64, 2 float64, 1.5)"),
        ("1.2", Returned(None, [], {}, ""), "from gates import gate\ngate((1, 0))"),
        ("1.2", Stopped(Verdict.TIMED_OUT, "It did not end."), "from gates import gate\ngate((1, 0))"),
    ],
)
def test_each_way_to_fail_shows_a_call_that_shows_it_again(number, reply, call):
    assert failure_of("neurons", number, reply).call.startswith(call)


@pytest.mark.parametrize("number", ["1.1", "1.2"])
def test_where_nothing_was_called_no_call_is_shown(number):
    absent = {"absent": "fires"}
    broken = {"raised": ["SyntaxError"], "message": "f", "frames": [], "module": "", "importing": True}
    missing = broken | {"module": "scipy"}
    for reply in (absent, broken, missing):
        assert failure_of("neurons", number, understand(reply, "fires", "gates.py", Limits())).call == ""
    raised = broken | {"importing": False}
    assert failure_of("neurons", number, understand(raised, "fires", "gates.py", Limits())).call
