"""Convert mathematics from LaTeX: to MathML for pages, Typst for paper, words for screen readers.

latex2mathml reads the LaTeX; the other two are walks over its MathML. What neither knows raises ValueError: no
formula comes out half.
"""

import re
from collections.abc import Callable
from functools import cache, partial
from xml.etree import ElementTree

from latex2mathml.converter import convert

from quizzes.language import ENGLISH, Language

# Each sign in Typst, and in words.
_SIGNS = {
    "⋅": ("dot.op", "times"), "·": ("dot.op", "times"), "×": ("times", "by"), "+": ("+", "plus"), "−": ("-", "minus"),
    "-": ("-", "minus"), "=": ("=", "equals"), "≤": ("<=", "is at most"), "≥": (">=", "is at least"),
    "<": ("<", "is less than"), ">": (">", "is greater than"), "≠": ("!=", "is not"), "≈": ("approx", "is about"),
    "→": ("arrow.r", "to"), "⌊": ("floor.l", "floor of"), "⌋": ("floor.r", "end floor,"), "⌈": ("ceil.l", "ceiling of"),
    "⌉": ("ceil.r", "end ceiling,"), "∑": ("sum", "the sum of"), "∈": ("in", "in"), "…": ("dots.h", "and so on"),
    "⋯": ("dots.c", "and so on"), "∧": ("and", "and"), "∨": ("or", "or"), "¬": ("not", "not"), "/": ("slash", "over"),
    "⊕": ("plus.o", "exclusive or"), "∂": ("partial", "partial"), "′": ("prime", "prime"), ",": ("comma", ","),
    ";": ("semi", ";"), ":": ("colon", ":"), "*": ("ast", "times"), "!": ("excl", "factorial"), ".": (".", "."),
    "(": ("\\(", "("), ")": ("\\)", ")"), "[": ("\\[", ""), "]": ("\\]", ""), "{": ("\\{", ""), "}": ("\\}", ""),
    "|": ("\\|", "|"), "%": ("%", "percent"),
}  # fmt: skip


@cache
def mathml(latex: str, display: bool = False) -> str:
    """Return LaTeX as MathML."""
    return _converted(latex, "block" if display else "inline")


@cache
def typst(latex: str, display: bool = False, language: Language = ENGLISH) -> str:
    """Return LaTeX as a Typst equation with its words as alternative text, which PDF/UA asks for."""
    space = " " if display else ""
    alt = words(latex, language).replace("\\", "\\\\").replace('"', '\\"')
    return f'#math.equation(alt: "{alt}", block: {str(display).lower()}, ${space}{_walk(_tree(latex), _as_typst)}{space}$)'


@cache
def words(latex: str, language: Language = ENGLISH) -> str:
    """Return LaTeX as words that can be read aloud."""
    return " ".join(_walk(_tree(latex), partial(_as_words, language.say)).split())


@cache
def signs(latex: str) -> str:
    """Return LaTeX as a terminal shows it: on one line, but matrices on a line for each row."""
    lines = _walk(_tree(latex), _as_signs).split("\n")
    return "\n".join(line if line.startswith("  ") else " ".join(line.split()) for line in lines)


@cache
def _tree(latex: str) -> ElementTree.Element:
    tree = ElementTree.fromstring(_converted(latex, "inline"))
    for node in tree.iter():
        node.tag = node.tag.split("}")[-1]
    return tree


def _converted(latex: str, display: str) -> str:
    r"""Return LaTeX as MathML, 12{,}345 and 12{\,}345 as a single number."""
    converted = convert(latex, display=display)
    if unknown := re.search(r"<m[a-z]+>(\\[A-Za-z]+)<", converted):  # it would appear as it is typed
        raise ValueError(f"no LaTeX command {unknown[1]}")
    text = converted.replace("</mn><mrow><mo>&#x0002C;</mo></mrow><mn>", ",")
    return text.replace('</mn><mrow><mspace width="0.167em" /></mrow><mn>', "\N{NARROW NO-BREAK SPACE}")


def _walk(node: ElementTree.Element, write: Callable[[ElementTree.Element, list[str]], str]) -> str:
    return write(node, [_walk(child, write) for child in node])


def _as_typst(node: ElementTree.Element, parts: list[str]) -> str:
    text = (node.text or "").strip()
    match node.tag:
        case "mrow" if len(parts) == 3 and parts[0] == "\\[" and parts[1].startswith("mat("):
            return parts[1].replace("delim: #none", 'delim: "["', 1)
        case "math" | "mrow" | "mstyle" | "mpadded":
            return " ".join(parts)
        case "mi":
            return _SIGNS[text][0] if text in _SIGNS else text if len(text) == 1 else f'"{text}"'
        case "mn":
            return text if set(text) <= set("0123456789.") else f'"{text}"'
        case "mtext":
            return f'"{node.text or ""}"'.replace("\xa0", " ")
        case "mspace":
            return "space"
        case "mo":
            return _SIGNS[text][0] if text in _SIGNS else f'"{text}"'
        case "mfrac":
            return f"frac({parts[0]}, {parts[1]})"
        case "msub":
            return f"{_base(parts[0])}_({parts[1]})"
        case "msup":
            return f"{_base(parts[0])}^({parts[1]})"
        case "msubsup" | "munderover":
            return f"{_base(parts[0])}_({parts[1]})^({parts[2]})"
        case "munder":
            return f"{_base(parts[0])}_({parts[1]})"
        case "mover":
            return f"{_base(parts[0])}^({parts[1]})"
        case "msqrt":
            return f"sqrt({' '.join(parts)})"
        case "mtable":
            return f"mat(delim: #none, {'; '.join(parts)})"
        case "mtr":
            return ", ".join(parts)
        case "mtd":
            return " ".join(parts) or '""'
    raise ValueError(f"no Typst for <{node.tag}>")


def _base(part: str) -> str:
    return part if " " not in part else f"({part})"


def _as_signs(node: ElementTree.Element, parts: list[str]) -> str:
    match node.tag:
        case "mi" | "mn" | "mo" | "mtext":
            text = (node.text or "").strip()
            return f" {text} " if node.tag == "mo" and text not in "()[]{}|⌊⌋⌈⌉,.!′" else text
        case "mspace":
            return " "
        case "mfrac":
            return f"({parts[0]}) / ({parts[1]})"
        case "msub" | "munder":
            return f"{parts[0]}_{parts[1]}"
        case "msup" | "mover":
            return f"{parts[0]}^{parts[1]}"
        case "msubsup" | "munderover":
            return f"{parts[0]}_{parts[1]}^{parts[2]}"
        case "msqrt":
            return f"√({' '.join(parts)})"
        case "mtr":
            return "\t".join("".join(part.split()) for part in parts)
        case "mtable":
            rows = [part.split("\t") for part in parts]
            width = max(len(cell) for row in rows for cell in row)
            return "\n" + "\n".join("  " + "  ".join(cell.rjust(width) for cell in row) for row in rows) + "\n"
        case "mrow" if len(parts) == 3 and parts[0] == "[" and parts[1].startswith("\n"):
            return parts[1]
    return "".join(parts)


def _as_words(say: Callable[..., str], node: ElementTree.Element, parts: list[str]) -> str:
    text = (node.text or "").strip()
    match node.tag:
        case "math" | "mrow" | "mstyle" | "mpadded" | "mtd":
            return " ".join(parts)
        case "mn" | "mtext":
            return text
        case "mspace":
            return " "
        case "mi" | "mo":
            return say(_SIGNS[text][1]) if text in _SIGNS else text
        case "mfrac":
            return say("the fraction {above} over {below}, end fraction,", above=parts[0], below=parts[1])
        case "msub" | "munder":
            return say("{base} sub {index}", base=parts[0], index=parts[1])
        case "msup":
            return _power(say, *parts)
        case "mover":
            return say("{base} with {sign} above", base=parts[0], sign=parts[1])
        case "msubsup":
            return _power(say, say("{base} sub {index}", base=parts[0], index=parts[1]), parts[2])
        case "munderover":
            return say("{base} from {low} to {high}", base=parts[0], low=parts[1], high=parts[2])
        case "msqrt":
            return say("the square root of {inside}, end root,", inside=" ".join(parts))
        case "mtr":
            return ", ".join(parts)
        case "mtable":
            return say("matrix with the rows {rows}; end matrix", rows="; ".join(parts))
    raise ValueError(f"no words for <{node.tag}>")


def _power(say: Callable[..., str], base: str, power: str) -> str:
    return say("{base} squared", base=base) if power == "2" else say("{base} to the power {power}", base=base, power=power)
