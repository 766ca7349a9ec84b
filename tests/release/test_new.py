"""The homework that `convgrade new` writes passes `convgrade verify`, which finds each kind of damage to it."""

import os
import re
import signal
import subprocess
import sys
import time

import psutil
import pytest

from autograder.assignment import find
from common.errors import UserError
from common.records import read_toml
from release import bundle, new
from release.proof import slips
from release.verify import verify

LINE = 1 + (new.SCAFFOLD / "metrics.py").read_text().splitlines().index("    np.add.at(table, (labels, predictions), 1)")


@pytest.fixture
def homework(tmp_path):
    folder = tmp_path / "homework"
    new.write(folder)
    return folder


def convgrade(*arguments, **options):
    command = [sys.executable, "-m", "command_line", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)


def problems(folder, seeds=1):
    return verify(find(folder), seeds, jobs=1).problems


@pytest.mark.costly
def test_what_new_writes_is_proved_in_several_processes(tmp_path):
    written = convgrade("new", tmp_path / "hw", "--title", 'K-nearest "neighbours"')
    assert written.returncode == 0 and f"convgrade verify {tmp_path / 'hw'}" in written.stdout
    assert find(tmp_path / "hw").title == 'K-nearest "neighbours"'
    proved = convgrade("verify", tmp_path / "hw", "--seeds", 3, "--jobs", 2, env=os.environ | {"COLUMNS": "120"})
    assert proved.returncode == 0, proved.stdout + proved.stderr
    rows = {line.split()[0]: line for line in proved.stdout.splitlines() if re.match(r"1\.\d ", line)}
    assert list(rows) == ["1.1", "1.2", "1.3", "1.4"]
    assert rows["1.1"].split()[1:6] == ["2", "public", "1", "of", "1"]
    assert rows["1.4"].endswith("2: classes_taken_from_the_labels, repeated_pairs_count_once")
    assert "Problem" not in proved.stdout and "proved under 3 seeds" in proved.stdout


@pytest.mark.parametrize("title", ["", 'a "quoted" \\ title', "Größe\nand more\x7f\x00", "title = 1", "'''"])
def test_any_text_is_a_title(tmp_path, title):
    new.write(tmp_path / "hw", title)
    assert read_toml((tmp_path / "hw" / "assignment.toml").read_bytes(), "assignment.toml")["title"] == title


def test_new_overwrites_nothing(homework):
    before = {path: path.read_bytes() for path in homework.rglob("*") if path.is_file()}
    done = convgrade("new", homework)
    assert done.returncode == 2 and "is not empty: name a folder that does not exist yet" in done.stderr
    assert before == {path: path.read_bytes() for path in homework.rglob("*") if path.is_file()}
    with pytest.raises(UserError, match="cannot write"):
        new.write(homework / "metrics.py" / "hw")


def test_an_empty_folder_is_filled(tmp_path):
    assert [path.name for path in new.write(tmp_path) if path.parent == tmp_path] == [
        "assignment.toml",
        "metrics.py",
        "reference.py",
    ]


def test_the_scaffold_is_in_nothing_that_is_handed_out(homework):
    assert not [name for name in bundle.own_files(("autograder", "command_line"), ()) if "scaffold" in name]
    content = bundle.bundle(find(homework)).decode("latin1")
    assert "release/" not in content and "misconception(" not in content and "right_metrics" not in content


def change(file, old, new):
    def damage(folder):
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new))

    return damage


def add(file, text):
    def damage(folder):
        path = folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_text((path.read_text() if path.exists() else "") + text)

    return damage


WITHOUT_DRAW = change("checks/metrics.py", "self.require(*self.draw(draw))", "self.require(*draw())")
AS_IT_IS = add(
    "reference.py",
    """

@misconception("accuracy", says="nothing is wrong.")
def as_it_is(predictions, labels):
    return accuracy.answer(predictions, labels)
""",
)
LUCKY = add(
    "wrong/lucky.py",
    '''"""metrics.py
1.3: wrong
"""
from right_metrics import confusion


def accuracy(predictions, labels):
    return 1.0 if len(labels) == 8 else float((predictions == labels).mean())
''',
)


def all_of(*damages):
    def damage(folder):
        for each in damages:
            each(folder)

    return damage


def without_markers(folder):
    lines = (folder / "metrics.py").read_text().splitlines()
    (folder / "metrics.py").write_text("\n".join(line for line in lines if "SOLUTION" not in line))


def function_between_markers(folder):
    text = (folder / "metrics.py").read_text()
    head, _, confusion = text.partition("def confusion(")
    confusion = confusion.replace("    # BEGIN SOLUTION\n", "").replace("    # END SOLUTION\n", "")
    (folder / "metrics.py").write_text(f"{head}# BEGIN SOLUTION\ndef confusion({confusion}# END SOLUTION\n")


DAMAGES = {
    "the solution is wrong": (
        change("metrics.py", "float(np.mean(predictions == labels))", "float(np.mean(predictions != labels))"),
        ["the solution fails check 1.1: wrong. Expected 0.8, received 0.2. Correct metrics.py, the check, or what"],
    ),
    "the solution crashes": (
        change("metrics.py", "float(np.mean(predictions == labels))", "float(np.mean(predictions == label))"),
        ["the solution fails check 1.1: crashed. accuracy raised NameError: name 'label' is not defined. Correct"],
    ),
    "the stub holds the solution": (
        without_markers,
        ["the stub of metrics.py gets 2 points in check 1.1: put what students must write between # BEGIN SOLUTION"],
    ),
    "the stub lacks a function": (
        function_between_markers,
        ["check 1.2 calls confusion, but the stub of metrics.py lacks it: put # BEGIN SOLUTION below its docstring"],
    ),
    "a marker has no end": (
        change("metrics.py", "    # END SOLUTION\n\n", "\n"),
        ["metrics.py, line 39: # BEGIN SOLUTION, but the one in line 23 has not ended"],
    ),
    "the stub is broken": (
        change("metrics.py", "    return table\n    # END SOLUTION", "    # END SOLUTION\n  return"),
        ["metrics.py is not valid Python: unindent does not match any outer indentation level"],
    ),
    "a wrong program is right": (
        change("wrong/loops_are_right.py", "all: passed", "1.4: wrong"),
        ["check 1.4 draws no cases that detect wrong/loops_are_right.py: draw others, or correct the verdicts"],
    ),
    "a wrong program is right in a public check": (
        change("wrong/loops_are_right.py", "all: passed", "1.1: wrong"),
        ["wrong/loops_are_right.py should be wrong in check 1.1, but is passed. Change its docstring, or the cases"],
    ),
    "a wrong program names too few checks": (
        change("wrong/repeated_pairs_count_once.py", "1.2 1.4: wrong", "1.4: wrong"),
        ["wrong/repeated_pairs_count_once.py should be passed in check 1.2, but is wrong."],
    ),
    "a wrong program ends in another way": (
        change("wrong/repeated_pairs_count_once.py", "1.2 1.4: wrong", "1.2 1.4: crashed"),
        ["wrong/repeated_pairs_count_once.py should be crashed in check 1.2, but is wrong."],
    ),
    "a wrong program names a check that is not there": (
        change("wrong/repeated_pairs_count_once.py", "1.2 1.4: wrong", "1.2 1.4 2.1: wrong"),
        ["wrong/repeated_pairs_count_once.py names the check 2.1, which metrics.py does not have"],
    ),
    "a wrong program replaces nothing": (
        change("wrong/loops_are_right.py", '"""metrics.py', '"""matrix.py'),
        ["wrong/loops_are_right.py replaces matrix.py, which is not the file of any part"],
    ),
    "a wrong program says something else": (
        change("wrong/repeated_pairs_count_once.py", "says: outputs", "says: all is well"),
        ['wrong/repeated_pairs_count_once.py: no failure says "all is well" (seed verify-1): correct the last line'],
    ),
    "a check is worth nothing": (
        change("assignment.toml", '"1.4" = { points = 3 }', '"1.4" = { points = 0 }'),
        ["wrong/classes_taken_from_the_labels.py loses no points: give its checks points, or write all: passed"],
    ),
    "a line is in the handout": (
        add("handout/README.md", "Hint: `np.add.at(table, (labels, predictions), 1)`.\n"),
        [f"line {LINE} of the solution in metrics.py is in the handout, in README.md: `np.add.at(table,"],
    ),
    "a line is in the checks": (
        add("checks/metrics.py", "    # np.add.at(table, (labels, predictions), 1)\n"),
        [f"line {LINE} of the solution in metrics.py is in the handout, in check.pyz: homework/checks/metrics.py: `np.add"],
    ),
    "a line is in a notebook": (
        add("handout/demo.ipynb.py", '# %%\nprint("hi")\nnp.add.at(table, (labels, predictions), 1)\n'),
        [f"line {LINE} of the solution in metrics.py is in the handout, in demo.ipynb: `np.add.at"],
    ),
    "a master is missing": (
        lambda folder: (folder / "metrics.py").unlink(),
        ["metrics.py cannot be read: No such file or directory. Each part needs its master"],
    ),
    "a master is broken": (
        change("metrics.py", "float(np.mean(predictions == labels))", "float(np.mean(predictions == labels)"),
        ["metrics.py is not valid Python: '(' was never closed (line 24: return float(np.mean"],
    ),
    "no check detects a misconception": (
        all_of(WITHOUT_DRAW, AS_IT_IS),
        ['no check detects the misconception "as it is" of accuracy: draw cases with self.draw, or take it out of'],
    ),
    "a draw detects no misconception": (
        AS_IT_IS,
        ["check 1.3 draws no cases that detect as it is: draw others, or name the misconceptions that self.draw must"],
    ),
    "a misconception breaks": (
        all_of(WITHOUT_DRAW, change("reference.py", "float(np.sum(predictions == labels))", "predictions[99]")),
        ['the misconception "count for share" of accuracy breaks: IndexError: index 99 is out of bounds'],
    ),
    "a misconception is misspelt": (
        change("reference.py", '@misconception("accuracy"', '@misconception("acuracy"'),
        ['reference.py has the misconception "count for share" of acuracy, which no check calls: is it misspelt?'],
    ),
    "a draw names a misconception that is not there": (
        change("checks/metrics.py", "self.draw(draw)", 'self.draw(draw, "off by one")'),
        ['check 1.3: it draws to catch "off by one", a misconception that accuracy lacks: it has count for share'],
    ),
    "a check calls a missing function": (
        change("checks/metrics.py", 'self.case("accuracy", LABELS, LABELS)', 'self.case("precision", LABELS, LABELS)'),
        ["check 1.1: ", "calls precision, but neither reference.py nor a master has a function of this name"],
    ),
    "a check calls a function that only the reference has": (
        all_of(
            change("checks/metrics.py", 'self.case("accuracy", LABELS, LABELS)', 'self.case("precision", LABELS)'),
            add("reference.py", "\n\n@reference\ndef precision(labels):\n    return 1.0\n"),
        ),
        ["check 1.1 calls precision, but metrics.py has no function of this name"],
    ),
    "a check calls a function wrongly": (
        change("checks/metrics.py", 'self.case("accuracy", LABELS, LABELS)', 'self.case("accuracy", LABELS)'),
        ["check 1.1: ", "missing a required argument: 'labels'"],
    ),
    "a check breaks": (
        change("checks/metrics.py", "(LABELS + 1) % 3", "LABELS / nothing"),
        ["check 1.1 breaks while it asks its cases: NameError: name 'nothing' is not defined (checks/metrics.py, line 23)"],
    ),
    "the reference takes something else": (
        change("reference.py", "def accuracy(predictions, labels):", "def accuracy(predictions, labels, exactly=True):"),
        ["accuracy has the parameters (predictions, labels) in metrics.py, but (predictions, labels, exactly=True) in"],
    ),
    "the time is too short": (
        all_of(
            change("assignment.toml", "call_seconds = 5 ", "call_seconds = 0.2"),
            change("metrics.py", "    return float(", "    while True:\n        pass\n    return float("),
        ),
        ["the solution fails check 1.1: timed out."],
    ),
    "the memory is too small": (
        all_of(
            change("assignment.toml", "memory_mb = 512", "memory_mb = 400"),
            change("metrics.py", "    return float(", "    bytes(250_000_000)\n    return float("),
        ),
        ["the solution with half of its limits fails check 1.1: out of memory.", "Raise call_seconds, part_seconds or"],
    ),
}


@pytest.mark.costly
@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_found_for_the_right_reason(homework, damage):
    apply, says = DAMAGES[damage]
    apply(homework)
    found = problems(homework)
    assert all(any(sentence in problem for problem in found) for sentence in says), "\n".join(found)
    assert says, found


@pytest.mark.costly
def test_a_wrong_program_may_change_its_master(homework):
    program = '''"""metrics.py
1.2 1.4: wrong
"""
import right_metrics
from right_metrics import accuracy, confusion as right


def confusion(predictions, labels, classes):
    return right(predictions, labels, classes) + 1


right_metrics.confusion = confusion
'''
    add("wrong/changes_its_master.py", program)(homework)
    assert problems(homework) == []


@pytest.mark.costly
def test_what_depends_on_the_seed_is_found(homework):
    all_of(WITHOUT_DRAW, LUCKY)(homework)
    found = problems(homework, seeds=5)
    assert any(
        re.search(r"whether wrong/lucky\.py passes check 1\.3 depends on luck: of 5 seeds", each) for each in found
    ), found


@pytest.mark.costly
def test_a_solution_that_fails_under_some_seeds(homework):
    change(
        "metrics.py",
        "return float(np.mean(predictions == labels))",
        "return float(np.mean(predictions == labels)) if len(labels) != 8 else 0.5",
    )(homework)
    found = problems(homework, seeds=5)
    assert re.search(r"the solution fails check 1\.3 under [1-4] of 5 seeds \(verify-\d is one\): wrong\.", found[0]), found


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (add("checks/metrics.py", "    def broken(:\n"), "checks/metrics.py cannot be loaded: SyntaxError"),
        (change("checks/metrics.py", '@number("1.4")', '@number("1.3")'), "several checks have the number 1.3"),
        (add("assignment.toml", '"1.5" = { points = 1 }\n'), "checks.1.5 has points, but no check has this number"),
        (change("assignment.toml", '"1.4" = { points = 3 }', ""), "checks.1.4 is missing: how many points does it give?"),
        (lambda folder: (folder / "assignment.toml").unlink(), "unknown assignment"),
    ],
)
def test_what_cannot_be_loaded_is_the_callers_mistake(homework, damage, says):
    damage(homework)
    done = convgrade("verify", homework)
    assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_a_problem_is_printed_and_ends_with_1(homework):
    (homework / "metrics.py").unlink()
    done = convgrade("verify", homework)
    assert done.returncode == 1 and not done.stderr.count("Traceback")
    assert done.stdout.startswith("Problem: metrics.py cannot be read") and done.stdout.endswith(
        "homework: 1 problem to fix\n"
    )


@pytest.mark.costly
def test_a_function_that_nobody_gets_wrong_is_a_remark(homework):
    change("reference.py", '@misconception("accuracy"', '@misconception("confusion"')(homework)
    change("reference.py", "def count_for_share(predictions, labels)", "def count_for_share(predictions, labels, classes)")(
        homework
    )
    change("wrong/loops_are_right.py", "def accuracy(", "from right_metrics import accuracy\n\n\ndef _accuracy(")(homework)
    proof = verify(find(homework), 1, jobs=1)
    assert proof.problems == []
    assert proof.remarks == [
        "accuracy has neither a misconception in reference.py nor a wrong program in wrong/: "
        "nothing shows that its checks detect mistakes"
    ]


@pytest.mark.costly
def test_ctrl_c_stops_all_processes(homework):
    process = subprocess.Popen(
        [sys.executable, "-m", "command_line", "verify", str(homework), "--seeds", "500", "--jobs", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    started = []
    while process.poll() is None and len(started) < 3:  # two that grade, and what keeps their books
        time.sleep(0.1)
        started = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors + output
    assert psutil.wait_procs(started, timeout=20)[1] == []


@pytest.mark.costly
def test_a_mutant_keeps_all_points_where_no_check_calls_its_function(homework):
    (homework / "wrong").rename(homework / "no longer wrong")  # its checks have gone
    for method in ("test_confusion_by_hand(self, set_score=None)", "test_confusion_any(self)"):
        change("checks/metrics.py", f"def {method}:", f"def {method}:\n        return")(homework)
    assigned = find(homework)
    found = [
        slip
        for some in slips.chosen(assigned, "metrics", 1000, "seed")
        for slip in slips.of_mutants(assigned, "metrics", some, "seed")
    ]
    keep = {name: [slip.keeps_all for slip in found if slip.where.startswith(name)] for name in ("accuracy", "confusion")}
    assert len(keep["confusion"]) > 10 and all(keep["confusion"])
    assert len(keep["accuracy"]) > 3 and not all(keep["accuracy"])


@pytest.mark.costly
def test_mutants_are_listed_for_the_author_and_are_no_problem(homework):
    done = convgrade("verify", homework, "--seeds", 1, "--mutants", 8)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Small slips in your masters: 8 tried, " in done.stdout
