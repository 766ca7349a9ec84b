"""What the caller can set right."""

from collections.abc import Iterator
from contextlib import contextmanager


class UserError(Exception):
    """The caller's mistake: one sentence that says which, and what to do."""

    def _render_traceback_(self) -> list[str]:  # Jupyter and Colab ask for this
        return [str(self)]


@contextmanager
def within(place: str) -> Iterator[None]:
    """Let each UserError begin with where it is: a file, or a key in it."""
    try:
        yield
    except UserError as error:
        raise UserError(f"{place}: {error}") from None
