"""Compiles a kernel in a separate worker, which executes the submission's file for that."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu import compiler
from gpu.language import Forbidden, NotPython

LONGEST_LINE = 200  # characters to show


def compiled(_: object, source: NDArray[np.uint8], file: str, kernel: str, arguments: list[Any]) -> dict[str, Any]:
    """Return what gpu.compiler says about a kernel, with the line of its error. source: the file's bytes."""
    text = source.tobytes()
    try:
        found = compiler.compiled(text, file, kernel, arguments)
    except (Forbidden, NotPython) as error:
        found = {"error": error.sentence, "line": error.line}
    lines, line = text.splitlines(), found.get("line") or 0
    if line not in range(1, len(lines) + 1):
        return found | {"lines": []}
    return found | {"lines": [f"{file} line {line}: {lines[line - 1].decode('utf-8', 'replace').strip()[:LONGEST_LINE]}"]}
