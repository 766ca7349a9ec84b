"""Every submission in tests/attacks/ gets its verdicts and changes nothing else, whoever runs the grader."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.autograder.attacks import ROOT, Attack, achievements, attacks

ATTACKS = attacks()
ORDINARY_USER, PORTIONS = 60_001, 8
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="SECURITY.md says that an ordinary user cannot stop it")
needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")


def parameters() -> list:
    return [pytest.param(each, id=each.name, marks=marks(each)) for each in ATTACKS]


def marks(attack: Attack) -> list:
    """A plain run takes a few, and --rest all others."""
    few = pytest.mark.sampled(5, family="attacks", share=1)
    return [few] + [needs_torch] * attack.is_deep + [needs_root] * (attack.only_as == "root")


def test_there_are_enough_attacks_of_each_class():
    classes: dict[str, int] = {}
    for attack in ATTACKS:
        classes[attack.path.parent.name] = classes.get(attack.path.parent.name, 0) + 1
    assert sum(classes.values()) - classes["controls"] >= 60
    assert set(classes) == {"controls", "results", "tampering", "secrets", "evasion", "resources", "archives",
                            "deep_learning", "output", "kernels"}  # fmt: skip


@pytest.mark.parametrize("attack", parameters())
def test_an_attack(attack: Attack, monkeypatch):
    monkeypatch.delenv("CONVGRADE_DATA", raising=False)  # attacks on part 4 then run alike everywhere
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folder is closed to other users
        monkeypatch.chdir(folder)
        assert achievements(attack, Path(folder)) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="all attacks run as an ordinary user anyway")
@pytest.mark.sampled(0, share=2)
@pytest.mark.parametrize("portion", range(PORTIONS))
def test_attacks_as_an_ordinary_user(portion: int):
    """As on a TA's laptop, where no other user can be had. A portion has a user of its own: some run side by side."""
    user = ORDINARY_USER + portion
    with tempfile.TemporaryDirectory() as home:
        shutil.chown(home, user, user)
        environment = {"HOME": home, "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
        options = {"cwd": ROOT, "env": environment, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        options |= {"user": user, "group": user, "extra_groups": []}
        if subprocess.run([sys.executable, "-c", "import tests, pytest"], **options).returncode:
            pytest.skip("this checkout or its Python lies in a folder that is closed to others")
        chosen = [f"{__file__}::test_an_attack[{attack.name}]" for attack in ATTACKS[portion::PORTIONS]]
        arguments = ["-q", "-n0", "-p", "no:cacheprovider", f"--basetemp={home}/pytest", *chosen]
        done = subprocess.run([sys.executable, "-m", "pytest", *arguments], **options)
    assert done.returncode == 0, done.stdout[-10_000:]
