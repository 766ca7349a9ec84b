"""Mathematics, written in LaTeX: as MathML for a page, as Typst for paper, as words for an ear.

latex2mathml reads the LaTeX; the other two are walks over its MathML. What neither knows raises ValueError: no
formula comes out half.
"""

from functools import cache
from xml.etree import ElementTree

from latex2mathml.converter import convert

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
def typst(latex: str, display: bool = False) -> str:
    """Return LaTeX as a Typst equation with its words as alternative text, which PDF/UA asks for."""
    space = " " if display else ""
    alt = words(latex).replace("\\", "\\\\").replace('"', '\\"')
    return f'#math.equation(alt: "{alt}", block: {str(display).lower()}, ${space}{_walk(_tree(latex), _as_typst)}{space}$)'


@cache
def words(latex: str) -> str:
    """Return LaTeX as words that can be read out."""
    return " ".join(_walk(_tree(latex), _as_words).split())


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
    """Return LaTeX as MathML, 12{,}345 as a single number."""
    return convert(latex, display=display).replace("</mn><mrow><mo>&#x0002C;</mo></mrow><mn>", ",")


def _walk(node, write) -> str:
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
            return f'"{text}"' if "," in text else text
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


def _as_words(node: ElementTree.Element, parts: list[str]) -> str:
    text = (node.text or "").strip()
    match node.tag:
        case "math" | "mrow" | "mstyle" | "mpadded" | "mtd":
            return " ".join(parts)
        case "mn" | "mtext":
            return text
        case "mspace":
            return " "
        case "mi" | "mo":
            return _SIGNS[text][1] if text in _SIGNS else text
        case "mfrac":
            return f"the fraction {parts[0]} over {parts[1]}, end fraction,"
        case "msub" | "munder":
            return f"{parts[0]} sub {parts[1]}"
        case "msup":
            return f"{parts[0]} to the power {parts[1]}" if parts[1] != "2" else f"{parts[0]} squared"
        case "mover":
            return f"{parts[0]} with {parts[1]} above"
        case "msubsup":
            return f"{parts[0]} sub {parts[1]} to the power {parts[2]}"
        case "munderover":
            return f"{parts[0]} from {parts[1]} to {parts[2]}"
        case "msqrt":
            return f"the square root of {' '.join(parts)}, end root,"
        case "mtr":
            return ", ".join(parts)
        case "mtable":
            return "matrix with the rows " + "; ".join(parts) + "; end matrix"
    raise ValueError(f"no words for <{node.tag}>")
