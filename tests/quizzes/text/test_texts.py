"""Markdown with mathematics, as each medium wants it."""

import pytest

from quizzes.text import markdown, maths, writing

MATRIX = r"\begin{bmatrix} 1 & -20 \\ 3 & 4 \end{bmatrix}"


@pytest.mark.parametrize(
    ("latex", "signs", "words"),
    [
        (r"3 \times 4", "3 × 4", "3 by 4"),
        (r"\lfloor \frac{12 - 4}{3} \rfloor + 1", "⌊(12 − 4) / (3)⌋ + 1",
         "floor of the fraction 12 minus 4 over 3, end fraction, end floor, plus 1"),
        ("w_{11}^2", "w_11^2", "w sub 11 squared"),
        (r"a \le b", "a ≤ b", "a is at most b"),
        ("-3", "− 3", "minus 3"),
        (MATRIX, "\n    1  −20\n    3    4\n", "matrix with the rows 1, minus 20; 3, 4; end matrix"),
    ],
)  # fmt: skip
def test_a_formula_in_signs_and_in_words(latex, signs, words):
    assert maths.signs(latex) == signs
    assert maths.words(latex) == words


def test_a_formula_that_nobody_can_set_is_an_error():
    for write in (maths.typst, maths.words):
        with pytest.raises(ValueError, match="<m"):
            write(r"\boxed{x}")


def test_a_text_in_every_medium():
    text = f"Look at $a < b$ & **this**:\n\n$${MATRIX}$$\n\n| h | $w$ |\n| --- | --- |\n| 1 | 2 |"
    assert "\\(a &lt; b\\) &amp; <strong>this</strong>" in markdown.html_with_latex(text)
    assert "<mtable>" in markdown.html(text) and "$" not in markdown.html(text)
    assert markdown.terminal(text).startswith("Look at a < b & **this**:\n\n    1  −20\n    3    4\n\n| h | w |")
    assert markdown.plain(text).startswith("Look at a is less than b & this: matrix with the rows 1, minus 20;")
    assert "table.header([" in markdown.typst(text) and 'mat(delim: "["' in markdown.typst(text)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", 'a "b" & <c>', "[x](javascript:alert(1))", "![x](http://a)"])
def test_no_text_becomes_markup_of_its_own(text):
    for html in (markdown.html(text), markdown.html_with_latex(text), markdown.inline_html(text)):
        assert "<script" not in html and 'href="javascript' not in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("9999 and 12345, 1234567.5 and -40000", "9999 and 12,345, 1,234,567.5 and -40,000"),
        ("0.12345, 1,000,000 and a12345", "0.12345, 1,000,000 and a12345"),
        ("`x = 12345` is 12345", "x = 12345 is 12,345"),
        (r"$3 \cdot 12345 = 37035$", "3 times 12,345 equals 37,035"),
        (r"$$\begin{bmatrix} 12345 & 7 \end{bmatrix}$$", "matrix with the rows 12,345, 7; end matrix"),
    ],
)
def test_long_numbers_are_written_in_groups(text, shown):
    assert markdown.plain(writing.grouped(text)) == shown


def test_a_number_in_groups_is_one_number_in_every_formula():
    latex = writing.grouped("$12345$")
    assert latex == "$12{,}345$"
    assert "<mn>12,345</mn>" in markdown.html(latex) and '"12,345"' in markdown.typst(latex)
