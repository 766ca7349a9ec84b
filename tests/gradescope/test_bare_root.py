"""The archive in a bare Debian, as root in a container that can do little: setup.sh, then run_autograder.

Slow: it makes a root file system and installs PyTorch into it. Runs where debootstrap and a mirror can be had, but not in a
--share of the tests, of which it would be the largest part.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from autograder.assignment import find
from gradescope import build, harness
from tests.autograder.attacks import attacks, lay_out
from tests.conftest import ROOT, SOLUTIONS
from tests.gradescope.metadata import metadata

SCHEMA = json.loads((ROOT / "tests" / "autograder" / "gradescope_schema.json").read_text())
SUITE, MIRROR = "bookworm", "http://deb.debian.org/debian"
CONTAINER = Path(__file__).parent / "container.py"
HERE = "/autograder"
UNSAFE = "unsafe-io"  # of dpkg, as in Docker's images: not to wait until each package is on the disk
# Those of tests/attacks that a container without Landlock stops too: it hides no file that everyone can read.
ATTACKS = (
    "evasion/calls_torch",
    "results/leaves_a_daemon",
    "results/overwrites_the_results",
    "results/signals_the_grader",
    "secrets/prints_a_secret_file",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root can make a root file system"),
    pytest.mark.skipif(not shutil.which("debootstrap"), reason="debootstrap is not installed"),
]


@pytest.fixture(scope="module")
def debian(tmp_path_factory, pytestconfig):
    """A bare Debian."""
    if pytestconfig.option.share > 1:
        pytest.skip("it takes minutes: --all runs it, and its name does")
    root = tmp_path_factory.mktemp("debian")
    root.chmod(0o755)
    command, environment = ["debootstrap", "--variant=minbase", SUITE, root, MIRROR], os.environ | {"DPKG_FORCE": UNSAFE}
    made = subprocess.run(command, capture_output=True, text=True, env=environment)
    if made.returncode:
        pytest.skip(f"debootstrap could not make a root: {made.stdout[-500:]}")
    shutil.copy("/etc/resolv.conf", root / "etc")
    (root / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text(f"force-{UNSAFE}\n")
    return root


@pytest.fixture(scope="module")
def root(debian, tmp_path_factory):
    """A bare Debian with the archive of cnn installed in it."""
    return installed("cnn", debian, tmp_path_factory.mktemp("cnn"))


def installed(name, debian, folder):
    """Return a copy of a bare Debian with the archive of an assignment installed in it."""
    root = folder / "root"
    subprocess.run(["cp", "-a", debian, root], check=True)
    harness.lay_out(build.build(find(name), secret="a secret", with_data=False).content, root / "autograder")
    done = enter(root, "bash", f"{HERE}/source/setup.sh", environment=_pip(root), privileged=True)
    assert done.returncode == 0, done.stdout[-4000:]
    assert all(f"ready for {part.file}" in done.stdout for part in find(name).parts)
    return root


def enter(root, *command, environment=None, privileged=False):
    """Run a command in the root."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TIMEOUT_SECONDS": "600", **(environment or {})}
    options = ["--privileged"] if privileged else []
    container = [sys.executable, CONTAINER, *options, root, *command]
    return subprocess.run(container, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _pip(root):
    """Take along what pip on this machine needs to reach packages, and return the settings that name it."""
    settings = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    for name, value in settings.items():
        path = Path(value)
        if path.is_absolute() and path.exists():
            target = root / "pip" / name
            target.parent.mkdir(exist_ok=True)
            shutil.copytree(path, target) if path.is_dir() else shutil.copy(path, target)
            settings[name] = f"/pip/{name}"
    if Path("/etc/pip.conf").exists():
        shutil.copy("/etc/pip.conf", root / "etc")
    return settings


def grade(root, submission):
    """Grade a folder as Gradescope does, and return results.json with what the run printed."""
    place = root / "autograder"
    for folder in ("submission", "results"):
        shutil.rmtree(place / folder, ignore_errors=True)
    shutil.copytree(submission, place / "submission")
    (place / "results").mkdir()
    (place / "submission_metadata.json").write_text(json.dumps(metadata()))
    before = files(root)
    done = enter(root, f"{HERE}/run_autograder")
    assert done.returncode == 0, done.stdout
    document = json.loads((place / "results" / "results.json").read_text())
    jsonschema.validate(document, SCHEMA)
    assert files(root) == before
    return document, done.stdout


def files(root):
    """Return what a submission could have left or changed where others write, and whose it is."""
    folders = [root / folder for folder in ("tmp", "var/tmp", "run/lock", "home", "root", "etc", "autograder/source")]
    return {(path, path.lstat().st_uid, path.lstat().st_size) for folder in folders for path in folder.rglob("*")}


def test_the_solution_gets_all_points(root):
    document, stdout = grade(root, SOLUTIONS)
    assert document["score"] == 100, stdout
    # What a container without namespaces on an old kernel lacks, and nothing else.
    missing = {line.split('"')[1] for line in stdout.splitlines() if line.startswith("Sandbox: this machine lacks")}
    assert missing == {"own network", "no access times", "bounded scratch folder", "files by list"}


def test_the_stubs_get_none(root):
    document, _ = grade(root, ROOT / "assignments" / "cnn")
    assert document["score"] == 0
    verdicts = {test["extra_data"]["verdict"] for test in document["tests"]}
    assert verdicts <= {"not implemented", "missing"}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack(root, tmp_path, name):
    (attack,) = [each for each in attacks() if each.name == name]
    words = {
        "@RESULTS@": f"{HERE}/results/results.json",
        "@SECRET@": f"{HERE}/source/secret",
        "@OUTSIDE@": "/tmp",
        "@GRADER@": "1",
    }
    document, _ = grade(root, lay_out(attack, tmp_path, words))
    verdicts = {test["number"]: test["extra_data"]["verdict"] for test in document["tests"]}
    left_out = {check.number for check in find("cnn").checks() if check.part.file not in attack.files}
    others = {number: "missing" if number in left_out else "passed" for number in verdicts}
    assert verdicts == others | attack.verdicts


def test_kernels_are_compiled_and_graded(debian, tmp_path):
    root = installed("cuda", debian, tmp_path)
    document, stdout = grade(root, ROOT / "solutions" / "cuda")
    assert document["score"] == 100, stdout
    assert "according to the compiler" in " ".join(stdout.split())  # so it is there
    document, _ = grade(root, ROOT / "assignments" / "cuda")
    assert document["score"] == 0
