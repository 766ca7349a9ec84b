"""Draw docs/pictures/imports.svg, which package imports which, from the source: `python docs/imports.py`."""

import ast
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "pictures" / "imports.svg"
PACKAGES = {  # in words, and in which column, so that no line runs behind a box
    "command_line": ("the commands", 3),
    "gradescope": ("autograder.zip", 2),
    "solutions": ("the homeworks", 0),
    "release": ("what students get", 1),
    "batch": ("a whole class", 2),
    "polls": ("live polls", 3),
    "autograder": ("grades a submission", 1),
    "quizzes": ("questions and keys", 3),
    "misconceptions": ("wrong answers, as code", 3),
    "gpu": ("a GPU in Python", 0),
    "common": ("files, pages, errors", 1.5),
    "kernels": ("right answers", 3),
}
WIDTH, HEIGHT, ACROSS, DOWN = 168, 48, 228, 112  # of a box, and from one box to the next


def files(package: str) -> list[Path]:
    """Return the Python files of a package or a folder, but for wrong programs."""
    return [path for path in (ROOT / package).rglob("*.py") if "wrong" not in path.relative_to(ROOT).parts]


def modules(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, at its head or in a function, and the names that it imports from them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


@cache
def imported(package: str) -> frozenset[str]:
    """Return the other packages that a package's files import."""
    found = {module.split(".")[0] for path in files(package) for module in modules(path)}
    return frozenset(found & PACKAGES.keys() - {package})


@cache
def floor(package: str) -> int:
    """Return how many packages lie below one another under this one."""
    return max((1 + floor(below) for below in imported(package)), default=0)


@cache
def reached(package: str) -> frozenset[str]:
    """Return the packages that a package imports, directly or through others."""
    return imported(package).union(*map(reached, imported(package)))


def svg() -> str:
    """Return the picture. An arrow that others imply is left out."""
    top = max(map(floor, PACKAGES))
    width = 20 + ACROSS * (1 + max(column for _, column in PACKAGES.values()))
    at = {name: (20 + ACROSS * column, 20 + DOWN * (top - floor(name))) for name, (_, column) in PACKAGES.items()}
    direct = {
        (name, below) for name in PACKAGES for below in imported(name) - frozenset().union(*map(reached, imported(name)))
    }
    alt = "; ".join(f"{name} imports {', '.join(sorted(imported(name))) or 'nothing'}" for name in PACKAGES)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {20 + DOWN * top + HEIGHT + 20}" role="img"'
        f' aria-label="{escape(alt)}" font-family="system-ui, sans-serif" text-anchor="middle">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        '<g stroke="#57606a" stroke-width="1.5">',
    ]
    for name, below in sorted(direct):
        (x, y), (to_x, to_y) = at[name], at[below]
        lines.append(f'<path d="M{x + WIDTH / 2:g} {y + HEIGHT:g}L{to_x + WIDTH / 2:g} {to_y:g}"/>')
    lines.append("</g>")
    for name, (x, y) in at.items():
        lines += [
            f'<rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#eaf0fb" stroke="#0b5394"/>',
            f'<text x="{x + WIDTH / 2:g}" y="{y + 20:g}" font-size="15" font-weight="600" fill="#1b2330">{name}</text>',
            f'<text x="{x + WIDTH / 2:g}" y="{y + 38:g}" font-size="12" fill="#57606a">{PACKAGES[name][0]}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(svg())
