"""A function that the machine can run."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gpu.faults import Place

BARRIERS = ("syncthreads",)


@dataclass(eq=False)
class Function:
    """A function of a program, and what the names in it mean that are not its own variables."""

    name: str
    tree: ast.FunctionDef
    meanings: Mapping[str, Any]

    @cached_property
    def parameters(self) -> list[str]:
        """The names of its parameters, in their order."""
        return [argument.arg for argument in self.tree.args.args]

    @cached_property
    def variables(self) -> set[str]:
        """The names of its own variables, parameters among them."""
        stored = {node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        return stored | set(self.parameters)

    @cached_property
    def has_barrier(self) -> bool:
        """Whether threads wait for each other in it, or in what it calls."""
        for node in ast.walk(self.tree):
            match node:
                case ast.Attribute(_, member) if member in BARRIERS:
                    return True
                case ast.Name(name) if name not in self.variables:
                    called = self.meanings.get(name)
                    if isinstance(called, Function) and called is not self and called.has_barrier:
                        return True
        return False

    def place(self, node: ast.expr | ast.stmt) -> Place:
        """Return where a piece of it stands."""
        return Place(self.name, node.lineno, node.col_offset, (node.end_lineno or 0, node.end_col_offset or 0))
