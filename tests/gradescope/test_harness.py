"""The simulation of Gradescope does to an autograder what Gradescope does."""

import json
import os

import pytest

from autograder import results
from gradescope import harness
from gradescope.paths import Places

BASH = "#!/usr/bin/env bash\n"
TO_COME, DONE = (json.dumps({"output": text}) for text in (results.NOT_RUN, ""))


@pytest.fixture
def run(tmp_path):
    """A function that runs a script as run_autograder on an empty submission."""

    def start(script, seconds=20.0, **options):
        root = tmp_path / "autograder"
        root.mkdir()
        (root / "run_autograder").write_text(BASH + script)
        (root / "run_autograder").chmod(0o755)
        (tmp_path / "submission").mkdir()
        return harness.run(Places(root), tmp_path / "submission", seconds=seconds, **options)

    return start


@pytest.mark.parametrize(
    "script",
    [
        "exit 0",
        "echo '{' > results/results.json",
        "echo '[]' > results/results.json",
        "echo '{\"score\": NaN}' > results/results.json",
        'echo \'{"output": "no score"}\' > results/results.json',
        'echo \'{"score": 1, "output": 5}\' > results/results.json',
    ],
)
def test_results_that_are_not_as_they_should_be_are_no_results(run, script):
    assert run(script).results == {"score": 0, "output": harness.FAILED}


@pytest.mark.costly
def test_a_timeout_overwrites_the_results_and_ends_one_process_only(run, tmp_path):
    shown = run("echo '{\"score\": 5}' > results/results.json; sleep 700 & echo $! > child; sleep 100", seconds=5)
    assert shown.results["score"] == 0 and "longer than 5 seconds" in shown.results["output"]
    os.kill(int((tmp_path / "autograder" / "child").read_text()), 9)  # is there to be killed


def test_progress_is_that_of_the_checks_in_the_results(run, tmp_path):
    """The script goes on only when its last results were seen: no wait is too short."""
    (tmp_path / "seen").mkdir()
    ended = [f'{{"score": 0, "tests": [{", ".join([DONE] * count + [TO_COME] * (2 - count))}]}}' for count in (0, 1, 2)]
    steps = [
        f"echo '{document}' > new; mv new results/results.json; until [ -e {tmp_path}/seen/{count} ]; do sleep 0.01; done"
        for count, document in enumerate(ended)
    ]
    told = []

    def on_progress(stage, done, of):
        told.append((stage, done, of))
        if of == 2:
            (tmp_path / "seen" / str(done)).touch()

    run("\n".join(steps), seconds=300.0, on_progress=on_progress)
    assert list(dict.fromkeys(told)) in (
        [("Setting up", 0, 1), *before, *(("Running", count, 2) for count in range(3))]
        for before in ([], [("Running", 0, 1)])
    )


def test_what_is_too_long_is_cut_in_the_middle(run):
    shown = run(
        'python3 -c \'import json; json.dump({"score": 1, "output": "a" * 200_000}, open("results/results.json", "w"))\''
    )
    assert len(shown.results["output"]) <= 100_000 and harness.CUT in shown.results["output"]


def test_zero_bytes_are_replaced(run):
    shown = run('printf \'{"score": 1, "output": "a\\0b"}\' > results/results.json')
    assert shown.results["output"] == "a\N{REPLACEMENT CHARACTER}b"


def test_links_are_not_handed_over_and_the_environment_tells_the_timeout(tmp_path, run):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "autograder").mkdir()
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "link.py").symlink_to(tmp_path / "secret")
    (tmp_path / "submission" / "file.py").write_text("1")
    script = tmp_path / "autograder" / "run_autograder"
    script.write_text(
        BASH + 'echo "{\\"score\\": $TIMEOUT_SECONDS, \\"output\\": \\"$(ls submission)\\"}" > results/results.json'
    )
    script.chmod(0o755)
    shown = harness.run(Places(tmp_path / "autograder"), tmp_path / "submission", seconds=33)
    assert shown.results == {"score": 33, "output": "file.py"}
    assert json.loads(shown.raw) == shown.results
