"""submission
attack: brings files with the names of what a grader imports and of what Python and pytest run by themselves
"""
NAMES = (
    "numpy", "json", "random", "unittest", "wire", "worker", "layers", "sandlock", "torch", "kernels", "autograder", "command_line",
    "misconceptions", "gradescope_utils", "conftest", "sitecustomize", "usercustomize", "__main__", "run_autograder",
)
TEXT = """
import contextlib, os
with contextlib.suppress(OSError):
    open({path!r}, "w").write("read by the grader")
os._exit(0)
"""


def make(folder, solution):
    for name in NAMES:
        (solution / f"{name}.py").write_text(TEXT.format(path=str(folder / "outside" / name)))
    (solution / "tests").mkdir()
    (solution / "tests" / "__init__.py").write_text(TEXT.format(path=str(folder / "outside" / "tests")))
    (solution / "shadow.pth").write_text(f"import os; open({str(folder / 'outside' / 'pth')!r}, 'w')\n")
    (solution / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    return solution
