"""Errors that the caller can fix."""

from collections.abc import Iterator
from contextlib import contextmanager


class UserError(Exception):
    """A mistake of the caller: one sentence that says what is wrong and what to do."""

    def _render_traceback_(self) -> list[str]:  # Jupyter and Colab ask for this
        return [str(self)]


@contextmanager
def within(place: str) -> Iterator[None]:
    """Prefix each UserError with its place: a file, or a key in it."""
    try:
        yield
    except UserError as error:
        raise UserError(f"{place}: {error}") from None
