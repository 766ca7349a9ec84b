"""What a worker of its own does for the checks of kernels: it compiles one, for which it executes the submission's file."""

from typing import Any

import numpy as np

from gpu import compiler
from gpu.language import Forbidden, NotPython

LONGEST_LINE = 200  # characters that are shown


def compiled(_, source: np.ndarray, file: str, kernel: str, arguments: list[Any]) -> dict[str, Any]:
    """Return what gpu.compiler makes of a kernel, and the line of its error. source: the file's bytes."""
    text = source.tobytes()
    try:
        found = compiler.compiled(text, file, kernel, arguments)
    except (Forbidden, NotPython) as error:
        found = {"error": error.sentence, "line": error.line}
    lines, line = text.splitlines(), found.get("line") or 0
    if line not in range(1, len(lines) + 1):
        return found | {"lines": []}
    return found | {"lines": [f"{file} line {line}: {lines[line - 1].decode('utf-8', 'replace').strip()[:LONGEST_LINE]}"]}
