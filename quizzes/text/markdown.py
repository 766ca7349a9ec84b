"""Markdown with LaTeX between dollars: as HTML for pages and learning platforms, as Typst for paper, as plain text."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from quizzes.language import ENGLISH, Language
from quizzes.text import maths

Write = Callable[[str, bool], str]  # of LaTeX, displayed or not
REMEMBERED = 1 << 16  # texts: sentences on misconceptions occur again and again, stems in each format


@lru_cache(REMEMBERED)
def html(text: str) -> str:
    """Return a text as HTML with MathML, which needs no script."""
    return _rendered(_html(maths.mathml).render(text))


@lru_cache(REMEMBERED)
def html_with_latex(text: str) -> str:
    r"""Return a text as HTML that leaves mathematics to the learning platform: \( ... \) and \[ ... \]."""
    return _rendered(_html(_delimited).render(text))


@lru_cache(REMEMBERED)
def inline_html(text: str) -> str:
    """Return a short text as HTML with MathML, without a paragraph around it."""
    return _rendered(_html(maths.mathml).renderInline(text))


@lru_cache(REMEMBERED)
def inline_html_with_latex(text: str) -> str:
    """Return a short text as HTML that leaves mathematics to the platform, without a paragraph around it."""
    return _rendered(_html(_delimited).renderInline(text))


@lru_cache(REMEMBERED)
def typst(text: str, language: Language = ENGLISH) -> str:
    """Return a text as Typst's markup."""
    return _blocks(_parser().parse(text), language).strip()


@lru_cache(REMEMBERED)
def inline_typst(text: str, language: Language = ENGLISH) -> str:
    """Return a short text as Typst's markup, without a paragraph around it."""
    return _spans(_parser().parseInline(text)[0].children or [], language)


@lru_cache(REMEMBERED)
def plain(text: str, language: Language = ENGLISH) -> str:
    """Return a text as words on one line, with mathematics in words."""
    parts = []
    for token in _parser().parse(text):
        if token.type.startswith("math_block"):
            parts.append(maths.words(token.content, language))
        for child in token.children or []:
            blank = " " if child.type.endswith("break") else ""
            parts.append(maths.words(child.content, language) if child.type.startswith("math") else child.content or blank)
        parts.append(" ")
    return " ".join("".join(parts).split())


def terminal(text: str) -> str:
    """Return a text as a terminal shows it: Markdown as it is, mathematics in signs."""
    shown = re.sub(r"\$\$(.+?)\$\$|\$(.+?)\$", lambda found: maths.signs(found[1] or found[2]), text, flags=re.DOTALL)
    return re.sub(r"\n{3,}", "\n\n", shown).strip("\n")


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table").use(dollarmath_plugin, double_inline=True)


_PARSER: dict[Write, MarkdownIt] = {}


def _html(write: Write) -> MarkdownIt:
    if write not in _PARSER:
        parser = _parser()
        for name, display in (("math_inline", False), ("math_inline_double", True), ("math_block", True)):
            parser.add_render_rule(name, _rule(write, display))
        _PARSER[write] = parser
    return _PARSER[write]


def _rendered(html: str) -> str:
    return html.strip()


def _rule(write: Write, display: bool) -> Callable[..., str]:
    def rule(self: RendererHTML, tokens: Sequence[Token], at: int, options: object, env: object) -> str:
        return write(tokens[at].content.strip(), display)

    return rule


def _delimited(latex: str, display: bool) -> str:
    opening, closing = (r"\[", r"\]") if display else (r"\(", r"\)")
    return opening + escape(latex, quote=False) + closing


def _blocks(tokens: Sequence[Token], language: Language) -> str:
    parts, row = list[str](), list[str | None]()
    header = True
    for token in tokens:
        match token.type:
            case "inline" if row and row[-1] is None:
                row[-1] = _spans(token.children or [], language)
            case "inline":
                parts.append(_spans(token.children or [], language))
            case "math_block":
                parts.append(maths.typst(token.content.strip(), True, language) + "\n\n")
            case "fence" | "code_block":
                parts.append(f'#raw("{_quoted(token.content.rstrip())}", block: true)\n\n')
            case "paragraph_close" | "heading_close":
                parts.append("\n\n")
            case "bullet_list_open" | "ordered_list_open" | "list_item_close" | "bullet_list_close" | "ordered_list_close":
                parts.append("\n")
            case "list_item_open":
                parts.append("- " if token.markup in "-*+" else "+ ")
            case "th_open" | "td_open":
                row.append(None)
            case "thead_open":
                header = True
            case "tr_close":
                cells = ", ".join(f"[{cell or ''}]" for cell in row)
                if header:
                    parts.append(f"#table(columns: {len(row)}, table.header({cells}),\n")
                else:
                    parts.append(f"  {cells},\n")
                row, header = [], False
            case "table_close":
                parts.append(")\n\n")
    return "".join(parts)


def _spans(tokens: Sequence[Token], language: Language) -> str:
    parts, before = [], ""
    for token in tokens:
        match token.type:
            case "text" if before == "math_inline_double":  # on a line of its own: the next one begins without a space
                parts.append(escaped_typst(token.content.lstrip()))
            case "text":
                parts.append(escaped_typst(token.content))
            case "softbreak" | "hardbreak":
                parts.append(" ")
            case "code_inline":
                parts.append(f'#raw("{_quoted(token.content)}")')
            case "strong_open":
                parts.append("#strong[")
            case "em_open":
                parts.append("#emph[")
            case "link_open":
                parts.append(f'#link("{_quoted(str(token.attrs["href"]))}")[')
            case "strong_close" | "em_close" | "link_close":
                parts.append("]")
            case "math_inline":
                parts.append(maths.typst(token.content.strip(), False, language))
            case "math_inline_double":
                parts.append(maths.typst(token.content.strip(), True, language))
            case other:
                raise ValueError(f"no Typst for {other}")
        before = token.type
    return "".join(parts)


def escaped_typst(text: str) -> str:
    """Return a text that Typst takes literally."""
    return f'#text("{_quoted(text)}")'


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
