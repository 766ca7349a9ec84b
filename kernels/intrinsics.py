"""Functions that are built from LLVM's instructions where they are called: Numba's `intrinsic`, with types."""

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import extending
from numba.core.base import BaseContext
from numba.core.typing import Signature

# What an intrinsic returns: its signature, and the function that builds its instructions.
Intrinsic = tuple[Signature, Callable[[BaseContext, ir.IRBuilder, Signature, Sequence[ir.Value]], ir.Value]]


def intrinsic(prefer_literal: bool = False) -> Callable[[Callable[..., Intrinsic]], Callable[..., Any]]:
    """Return Numba's decorator.

    The function gets the types of its arguments. With prefer_literal, the type of a constant has its value.
    """
    decorator: Callable[[Callable[..., Intrinsic]], Callable[..., Any]] = extending.intrinsic(prefer_literal=prefer_literal)
    return decorator
