"""The judge of programs: what it takes for wrong, and that no program can stop it."""

import sys

import numpy as np
import pytest

from benchmarks.truth import isolation, oracle, programs
from benchmarks.truth.interface import FILES, PARAMETERS, TYPES, calls, literal
from benchmarks.truth.judge import Bench, questions
from release.proof.mutants import mutants

SOURCE = """
def output_size(size, kernel, stride=1, padding=0):
    free = size + 2 * padding - kernel
    return free // stride + 1 if free >= 0 else 0
"""


@pytest.fixture(scope="module")
def bench():
    return Bench(questions(["parameters.py"], 100, "any"), [])


def complaint(bench, body):
    """Return what the judge says of a program whose count_dense has this body, after `right` was the right answer."""
    lines = [
        "import os, time",
        "from right_parameters import *",
        "from right_parameters import count_dense as solution",
        "",
    ]
    lines += ["def count_dense(layer_sizes, bias=True):", "    right = solution(layer_sizes, bias)"]
    source = "\n".join([*lines, *(f"    {line}" for line in body.splitlines())])
    judgement = bench.judge(programs.Program("test", "file", "parameters.py", source, frozenset(FILES["parameters.py"])))
    assert not judgement.wrong.keys() - {"count_dense"}
    return judgement.wrong.get("count_dense", (0, None))[1]


@pytest.mark.skipif(sys.platform != "linux", reason="judges in processes that are confined as Linux does it")
@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    "body, says",
    [
        ("return right", None),
        ("print(right)\nreturn right", None),
        ("import numpy\nreturn numpy.int32(right)", None),
        ("return right + 1", "returns 1, not 0"),
        ("return float(right)", "returns a float"),
        ("right", "returns a NoneType"),
        ("if isinstance(layer_sizes, list): layer_sizes.append(1)\nreturn right", "changes its input"),
        ("return layer_sizes.here", "raises AttributeError"),
        ("raise SystemExit", "raises SystemExit"),
        ("os._exit(0)", "ends Python"),
        ("while True: pass", "takes too long"),
        ("while True:\n    try: time.sleep(0)\n    except BaseException: pass", ""),
        ("time.sleep(100)", "never ends"),
        ("return bytearray(1 << 40)", "MemoryError"),
        ("return sum(range(10 ** 15))", "never ends"),
    ],
)
def test_the_judge_says_what_is_wrong(bench, monkeypatch, body, says):
    if says in ("never ends", ""):  # the others end, however slow the machine is
        monkeypatch.setattr(isolation, "HARD", 1.0)
    monkeypatch.setattr(isolation, "SOFT", 0.2)
    found = complaint(bench, body)
    assert found == says if says is None else says in found


def test_a_file_that_cannot_be_read_is_wrong(bench):
    program = programs.Program("test", "file", "parameters.py", "import nothing", frozenset(FILES["parameters.py"]))
    assert bench.judge(program).wrong.keys() == set(FILES["parameters.py"])


def test_the_oracle_knows_the_handouts_examples():
    assert oracle.output_size(4, 2, stride=2, padding=1) == 3
    assert oracle.conv2d([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 1], [0, 2]]) == [[13, 17], [25, 29]]
    assert oracle.pool2d([[[[1, 3, 2, 4], [5, 6, 8, 7]]]], mode="median") == [[[[4.0, 5.5]]]]
    assert oracle.count_dense([15, 10, 5, 2], bias=False) == 210
    assert oracle.count_conv(3, 8, 5) == 608
    layers = [{"type": "conv", "out_channels": 2, "kernel_size": 3}, {"type": "flatten"}, {"type": "dense", "units": 5}]
    assert oracle.count_network((1, 4, 4), layers, bias=False) == 58


@pytest.mark.parametrize("function", PARAMETERS)
def test_calls_are_drawn_from_the_whole_interface(function):
    drawn = calls(function, 400, "any")
    assert list(map(str, drawn)) == list(map(str, calls(function, 400, "any")))
    for name in PARAMETERS[function]:
        given = [call.named()[name] for call in drawn if name in call.named()]
        assert any(name in call.options for call in drawn)
        assert {type(value).__name__ for value in given} & {"int64", "ndarray", "tuple", "list", "bool", "str"}
        assert len({literal(value) for value in given}) > 1
    arrays = [value.dtype.name for call in drawn for value in call.named().values() if isinstance(value, np.ndarray)]
    assert not arrays or set(arrays) == set(TYPES)


def test_a_call_is_shown_as_python_reads_it():
    for call in calls("conv2d", 50, "any"):
        read = eval(f"dict({str(call).partition('(')[2]}" if not call.arguments else "{}", {"np": np})
        assert all(np.array_equal(value, call.options[name]) for name, value in read.items())


def test_mutants_are_one_slip_away_and_all_different():
    found = list(mutants(SOURCE))
    assert len({mutant.source for mutant in found}) == len(found) > 40
    descriptions = [mutant.description for mutant in found]
    for expected in (
        "line 3: size + 2 * padding -> size - 2 * padding",
        "line 3: 2 -> 3",
        "line 4: free // stride -> free / stride",
        "line 4: free >= 0 -> free > 0",
        "line 4: stride -> kernel",
        "line 3: free = size + 2 * padding - kernel -> (nothing)",
    ):
        assert expected in descriptions
    assert all("def output_size(size, kernel, stride=1, padding=0):" in mutant.source for mutant in found)


def test_a_change_is_judged_where_it_can_be_seen():
    source = "def a(): return b()\ndef b(): return TABLE['c']()\ndef c(): return 1\nTABLE = {'c': c}\ndef d(): return 2"
    reached = programs.reached_from(source, ("a", "d"))
    assert reached["c"] == {"a"} and reached["d"] == {"d"} and reached["TABLE"] == {"a"}
