"""A function that the machine can run."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gpu.faults import Place

BARRIERS = ("syncthreads",)
OF_WARPS = ("syncwarp", "shfl_")


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
        """Whether threads of a block wait for each other in it, or in what it calls."""
        return not self.members.isdisjoint(BARRIERS)

    @cached_property
    def waits_for_warps(self) -> bool:
        """Whether threads of a warp wait for each other in it, or in what it calls."""
        return any(member.startswith(OF_WARPS) for member in self.members)

    @cached_property
    def members(self) -> frozenset[str]:
        """The names of the members, such as syncthreads, that it asks for, or what it calls."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            match node:
                case ast.Attribute(_, member):
                    found.add(member)
                case ast.Name(name) if name not in self.variables:
                    called = self.meanings.get(name)
                    if isinstance(called, Function) and called is not self:
                        found |= called.members
        return frozenset(found)

    def place(self, node: ast.expr | ast.stmt) -> Place:
        """Return the place of a piece of it."""
        if node not in self._places:  # every step asks
            end = node.end_lineno or 0, node.end_col_offset or 0
            self._places[node] = Place(self.name, node.lineno, node.col_offset, end)
        return self._places[node]

    @cached_property
    def _places(self) -> dict[ast.AST, Place]:
        return {}
