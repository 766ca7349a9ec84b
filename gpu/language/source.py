"""From the bytes of a file to its syntax tree, if Python could compile it and it is small enough to be walked through."""

import ast
import warnings

from gpu.language.refusals import NotPython

MOST_BYTES = 64 * 1024  # hence about 100,000 nodes
DEEPEST = 100  # of nodes within nodes
MOST_QUOTED = 200  # characters of Python's message


def parsed(source: bytes | str, file: str) -> ast.Module:
    """Return the tree; raise NotPython and nothing else, whatever the source is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(_text(source), file)
            _require_shallow(tree)
            compile(tree, file, "exec", dont_inherit=True)  # finds what the parser misses, such as `break` outside a loop
    except SyntaxError as error:
        raise NotPython(f"{error.msg[:MOST_QUOTED]}. Python cannot read this.", error.lineno or 0) from None
    except (RecursionError, MemoryError):
        raise NotPython("The file nests more deeply than Python can read.") from None
    except ValueError:  # a null byte, or half a character
        raise NotPython("The file contains characters that no Python program can contain.") from None
    return tree


def _text(source: bytes | str) -> str:
    if len(source) > MOST_BYTES:
        raise NotPython(f"The file is larger than {MOST_BYTES // 1024} kB.")
    if isinstance(source, str):
        return source
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise NotPython("this is not text in UTF-8. Let your editor save the file as UTF-8.", line) from None


def _require_shallow(tree: ast.Module) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        line = next((node.lineno for node in level if isinstance(node, (ast.expr, ast.stmt))), 0)
        raise NotPython("this nests too deeply. Split it up.", line)
