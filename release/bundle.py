"""check.pyz: the public checks in one file that runs wherever Python and NumPy are, and installs nothing.

It holds the project's own code, and the two small packages that this needs. The archive is not compressed and carries no
times, so that the same sources give the same bytes on every machine.
"""

import io
import zipfile
from importlib import import_module
from importlib.metadata import files as files_of
from pathlib import Path

# The Numba backends stay at home: NumPy computes the right answers of a few small cases as well.
OWN = ("kernels", "misconceptions", "autograder", "command_line")
LEFT_OUT = ("kernels/cpu", "kernels/cuda")
OTHERS = {"click": ("click",), "gradescope-utils": ("gradescope_utils/autograder_utils",)}
MAIN = "from command_line.student import run\n\nrun()\n"


def bundle() -> bytes:
    """Return the content of check.pyz."""
    content = {"__main__.py": MAIN.encode(), **_own_files(), **_other_files()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(content):
            member = zipfile.ZipInfo(name)  # dated 1980
            member.external_attr = 0o644 << 16
            member.create_system = 3  # the same on Windows as elsewhere
            archive.writestr(member, content[name])
    return stream.getvalue()


def _own_files() -> dict[str, bytes]:
    found = {}
    for package in OWN:
        root = Path(import_module(package).__file__ or "").parent
        for path in root.rglob("*"):
            name = path.relative_to(root.parent).as_posix()
            if path.is_file() and path.suffix in (".py", ".jinja") and not name.startswith(LEFT_OUT):
                found[name] = path.read_bytes()
    return found


def _other_files() -> dict[str, bytes]:
    found = {}
    for package, parts in OTHERS.items():
        for file in files_of(package) or []:
            name = file.as_posix()
            is_code = name.endswith(".py") and name.startswith(parts)
            is_licence = "licen" in file.name.lower()
            if is_code or is_licence:
                found[name] = Path(str(file.locate())).read_bytes()
        for part in parts:
            parent = part.split("/")[0]
            found.setdefault(f"{parent}/__init__.py", b"")
    return found
