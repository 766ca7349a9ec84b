"""Fill in measured tables of Markdown pages: the text between two marks is replaced."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return a table: words on the left, numbers on the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def fill(page: str, makes: Mapping[str, Callable[[], str]]) -> str:
    """Return the page with new text between its marks. Raises ValueError if a mark is missing."""
    for name, make in makes.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, _, rest = page.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"the page has no {begin} with {end} after it")
        page = f"{before}{begin}\n{make()}\n{end}{after}"
    return page
