"""submission
attack: files beside the homework that Python, pytest and NumPy's users would load first; the homework itself is right
"""

EVIL = "import os\nos._exit(0)\n"
NAMES = ("sitecustomize", "usercustomize", "conftest", "numpy", "json", "random", "traceback", "right", "wire", "worker")


def make(folder, solution):
    for name in NAMES:
        (solution / f"{name}.py").write_text(EVIL)
    (solution / "evil.pth").write_text("import os; os._exit(0)\n")
    (solution / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    (solution / "tests").mkdir()
    (solution / "tests" / "__init__.py").write_text(EVIL)
    return solution
