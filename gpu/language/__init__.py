"""Which Python a kernel may be written in. Anything else is refused, with the line and what to write instead.

A file of kernels is read, never run. It holds, in any order:

    imports      import math, import numba, import numpy as np, and names of these: from numba import cuda, float32
    constants    NAME = numbers, types, tuples of these, and what can be computed from them; each is set once
    kernels      functions under @cuda.jit; they return nothing
    device       functions under @cuda.jit(device=True), which kernels and other device functions call
    host         functions without a decorator, which say how to launch a kernel; cuda is not for them
    main         if __name__ == "__main__": is left out of the tree, since nothing runs the file

A function has parameters without defaults, and statements: assignments to variables, elements of arrays and several of
these, also by += and the like; if, for over a range, while, break, continue, return, pass; calls; and the stub's `raise
NotImplementedError`. Expressions are numbers, names, tuples, elements of arrays and tuples, arithmetic, comparisons, `and`,
`or`, `not`, `a if condition else b`, and calls. Arrays have shape, size and ndim. The other names are in gpu.machine.names.

Shapes of shared and local arrays are constants, as Numba wants them. A barrier, and a call of a function that holds one,
is a statement of its own. No function calls itself, not even by way of others.

    source      bytes -> tree: only what Python can compile, and not too much of it
    contents    what a file may contain
    body        what a function may contain: the grammar, as patterns of the tree
    scope       what a name means there
    left_out    what is said about everything else
    refusals    how it is said
"""

import ast

from gpu.language.contents import check
from gpu.language.refusals import Forbidden, NotPython
from gpu.language.source import parsed

__all__ = ["Forbidden", "NotPython", "vet"]

MAIN = "__name__ == '__main__'"


def vet(source: bytes | str, file: str) -> ast.Module:
    """Return the syntax tree of a file of kernels, without its `if __name__ == "__main__":`; evaluate nothing.

    source: in UTF-8, if it is bytes. Raises NotPython if Python could not read it, and Forbidden for what is not in the
    language; both have a sentence and a line.
    """
    tree = parsed(source, file)
    tree.body = [statement for statement in tree.body if not _is_main(statement)]
    check(tree)
    return tree


def _is_main(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and not statement.orelse and ast.unparse(statement.test) == MAIN
