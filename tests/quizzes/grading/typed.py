"""What people type, and what it can mean: the marking and the self-check page are held to the same lists.

`meanings` reads a number by another way than the marking: letter by letter, without a regular expression.
"""

import unicodedata
from fractions import Fraction
from itertools import groupby

# A text, and the numbers it can mean.
READINGS = {
    "3": [3], " 3 ": [3], "3.0": [3], "3,0": [3], "3.": [3], "3,": [3], "+3": [3], "03": [3], ".5": ["1/2"],
    ",5": ["1/2"],
    "-3": [-3], "\N{MINUS SIGN}3": [-3], "\N{EN DASH}3": [-3], "- 3": [-3], "2,25": ["9/4"], "9/4": ["9/4"],
    "9 / 4": ["9/4"],
    "-6/8": ["-3/4"], "0/5": [0], "-0": [0], "=3": [3], "= -3": [-3], "0 1/2": ["1/2"],
    "1,024": ["1024", "1.024"], "1.024": ["1024", "1.024"], "-61,706": ["-61706", "-61.706"], "1,024,000": [1024000],
    "1.972.792": [1972792], "4,888,240": [4888240], "4 888 240": [4888240], "1'972'792": [1972792],
    "1\N{RIGHT SINGLE QUOTATION MARK}024": [1024], "1 024": [1024], "1\N{NO-BREAK SPACE}024": [1024],
    "4\N{THIN SPACE}888\N{NARROW NO-BREAK SPACE}240": [4888240], "1,024.5": ["1024.5"], "1.024,5": ["1024.5"],
    "1 024,5": ["1024.5"], "1'024.25": ["1024.25"], "0,125": ["1/8"], "1024,5": ["1024.5"], "1,0245": ["1.0245"],
    "1 1/2": ["3/2"], "-1 1/2": ["-3/2"], "2  3/4": ["11/4"], "\N{VULGAR FRACTION ONE HALF}": ["1/2"],
    "1\N{VULGAR FRACTION ONE HALF}": ["3/2"], "-1 \N{VULGAR FRACTION THREE QUARTERS}": ["-7/4"],
    "1\N{FRACTION SLASH}2": ["1/2"],
    "\N{FULLWIDTH DIGIT THREE}\N{FULLWIDTH FULL STOP}\N{FULLWIDTH DIGIT FIVE}": ["7/2"],
    "\N{ARABIC-INDIC DIGIT ONE}\N{ARABIC-INDIC DIGIT TWO}": [12], "\N{DEVANAGARI DIGIT NINE}": [9],
    "\N{ARABIC-INDIC DIGIT THREE}\N{ARABIC DECIMAL SEPARATOR}\N{ARABIC-INDIC DIGIT FIVE}": ["7/2"],
    "\N{MATHEMATICAL BOLD DIGIT FIVE}": [5], "\N{ZERO WIDTH NO-BREAK SPACE}5": [5], "5\N{ZERO WIDTH SPACE}": [5],
    "\N{LEFT DOUBLE QUOTATION MARK}12\N{RIGHT DOUBLE QUOTATION MARK}": [12], '"12"': [12], "'12'": [12],
    " " * 90 + "7": [7],
    "": [], " ": [], ".": [], "-": [], "-,": [], "3x3": [], "3 x 3": [], "three": [], "zwei": [], "1/0": [], "3 1/0": [],
    "1e3": [], "1e999999999": [], "--3": [], "+-3": [], "3-": [], "3+": [], "3 - 4": [], "nan": [], "inf": [], "0x10": [],
    "1_000": [], "3;4": [], "3;5": [], "1,02,4": [], "1,02": ["1.02"], "0 024": [], "0,024": ["0.024"], "1  024": [],
    "12 8": [], "1 2 3": [], "1.024.00": [], "1,024'000": [], "1 124/300": [], "1 024/3": [], "3/-4": [], "3/4/5": [],
    "3...": [], "3..5": [], "\N{ALMOST EQUAL TO}3": [], "~3": [], "==3": [], "about 3": [], "3 or 4": [], "3!": [],
    "5'": [],
    "3 cm": [], "3 pixels": [], "50 %": [], "(3)": [], "2\N{SUPERSCRIPT TWO}": [], "2\N{SUBSCRIPT TWO}": [],
    "\N{CIRCLED DIGIT ONE}": [], "\N{ROMAN NUMERAL FIVE}": [], "\N{CJK UNIFIED IDEOGRAPH-4E09}": [], "\N{INFINITY}": [],
    "1\n024": [1024], "5\n6": [], "5\x1c": [5], "5\x85": [5], "9" * 40: ["9" * 40], "9" * 41: [], "9" * 10_000: [],
    "\U0001f600" * 45: [], "O": [], "l": [],
}  # fmt: skip

# A text, the unit that a question asks for, and the numbers that the text can mean there.
AMOUNTS = [
    ("5 pixels", "pixels", [5]), ("5pixels", "pixels", [5]), ("5 Pixels ", "pixels", [5]), ("1 pixel", "pixels", [1]),
    ("5 px", "pixels", [5]), ("5px.", "pixels", [5]), ("5. px", "pixels", [5]), ("5", "pixels", [5]),
    ("5 Pixel", "Pixel", [5]), ("5 p\xedxel", "p\xedxeles", [5]), ("5 pixeles", "p\xedxeles", [5]),
    ("5 pixels", "Pixel", [5]),
    ("4.888.240 Gewichte", "Gewichte", [4888240]), ("1 Gewicht", "Gewichte", [1]), ("1 imagen", "im\xe1genes", [1]),
    ("1,024 multiply-adds", "multiply-adds", [1024, "1.024"]), ("1.5 MB", "megabytes", ["3/2"]), ("80 %", "%", [80]),
    ("80%", "%", [80]), ("80\N{FULLWIDTH PERCENT SIGN}", "%", [80]), ("1 1/2 %", "%", ["3/2"]),
    ("\u201c5 px\u201d", "pixels", [5]), ("= 5 px", "pixels", [5]),
    ("3 cm", "pixels", []), ("3 p", "pixels", []), ("3 pixels wide", "pixels", []), ("3 inputs", "pixels", []),
    ("pixels", "pixels", []), ("3 MiB", "megabytes", []), ("80 percent", "%", []), ("3 pixels pixels", "pixels", []),
    ("5 pixels", "", []), ("3x pixels", "pixels", []),
]  # fmt: skip

# What is typed for a grid that holds 1 2 / 3 4, by the names of blanks, how many cells are right then, and what is said.
SPREAD = [
    ({"": "1 2 3 4"}, 4), ({"": "[[1, 2], [3, 4]]"}, 4), ({"": "[[1 2] [3 4]]"}, 4), ({"": "1 2 / 3 4"}, 4),
    ({"": "1 2; 3 4"}, 4), ({"": "1,2;3,4"}, 4), ({"": "1, 2, 3, 4"}, 4), ({"": "1;2;3;4"}, 4), ({"": "(1 2) (3 4)"}, 4),
    ({"": "1\t2\n3\t4"}, 4), ({"r1c1": "1 2 3 4"}, 4), ({"r2c1": "1 2 / 3 4"}, 4), ({"r1c1": "1,0 2,0 3,0 4,0"}, 4),
    ({"r1": "1 2", "r2": "3 4"}, 4), ({"r1": "1; 2"}, 2), ({"r1": "1, 2", "r2c2": "4"}, 3), ({"r1c2": "2", "r1": "1 9"}, 2),
]  # fmt: skip
REFUSED = [
    ({"": "1 2 3"}, 0, "“1 2 3” does not fit 4 cells"), ({"": "1 2 3 / 4"}, 0, "“1 2 3 / 4” does not fit"),
    ({"": "1 2 3 4 5"}, 0, "does not fit 4 cells"), ({"r1": "1 2 3", "r2": "3 4"}, 2, "“1 2 3” does not fit 2 cells"),
    ({"r1": "1"}, 0, "“1” does not fit 2 cells"), ({"r1": "1 1/2 2"}, 0, "“1 1/2 2” does not fit"),
    ({"r2": "3 x"}, 1, "“x” is not a number"), ({"r1": "1 2", "r2": "? 4"}, 3, "“?” is not a number"),
    ({"r1c1": "1 2 3"}, 0, "“1 2 3” is not a number"), ({"r1c1": "1 2 3 4", "r1c2": "2"}, 1, "“1 2 3 4” is not a number"),
    ({"r1c1": "1 2 3 x"}, 0, "“1 2 3 x” is not a number"), ({"r2": "3 - 4"}, 0, "“3 - 4” does not fit"),
    ({"r1": "- 2"}, 0, "“- 2” does not fit"), ({"r3": "3 4"}, 0, "no cell r3"),
    ({"r9c9": "3", "r1c1": "1"}, 1, "no cell r9c9"),
]  # fmt: skip
LOOKS = dict(zip("\u2212\u2013\u2014\u2010\u2011\u2044\u2018\u2019\u201c\u201d\u201e\u066b\u066c", "-----/''\"\"\".'"))


def meanings(text):
    """Return the numbers that a text can mean, as a set: read letter by letter."""
    letters = []
    for letter in text:
        if letter.isspace():
            letters.append(" ")
        elif unicodedata.category(letter) == "Nd":
            letters.append(str(unicodedata.digit(letter)))
        elif "<fraction>" in unicodedata.decomposition(letter):
            letters.append(" " + unicodedata.normalize("NFKD", letter))
        elif unicodedata.category(letter) != "Cf":
            wide = unicodedata.east_asian_width(letter) == "F"
            letters.append(unicodedata.normalize("NFKC", letter) if wide else LOOKS.get(letter, letter))
    text = "".join(letters).replace("\N{FRACTION SLASH}", "/").strip(" ")
    if len(text) > 1 and text[0] in "'\"" and text[-1] in "'\"":
        text = text[1:-1].strip(" ")
    if len(text) > 40:
        return set()
    text = text.removeprefix("=").lstrip(" ") if text.startswith("=") else text
    sign = -1 if text.startswith("-") else 1
    if text[:1] in ("-", "+"):
        text = text[1:].removeprefix(" ")
    return {sign * size for size in (_quotients(text) if "/" in text else _decimals(text))}


def _quotients(text):
    above, _, below = text.partition("/")
    whole, _, above = above.removesuffix(" ").rpartition(" ")
    whole, below = whole.rstrip(" "), below.removeprefix(" ")
    mixed = bool(whole)
    if not all(part.isascii() and part.isdigit() for part in (whole or "0", above, below)) or int(below) == 0:
        return []
    return [] if mixed and max(len(above), len(below)) > 2 else [int(whole or 0) + Fraction(int(above), int(below))]


def _decimals(text):
    runs = [("".join(run), digits) for digits, run in groupby(text, lambda letter: letter.isascii() and letter.isdigit())]
    groups = [run for run, digits in runs if digits]
    parting = [run for run, digits in runs if not digits]
    if not groups or any(sign not in (" ", "'", ",", ".") for sign in parting):
        return []
    found = []
    leading, trailing = not runs[0][1], not runs[-1][1]
    if len(parting) == 0:
        found.append(Fraction(groups[0]))
    if len(parting) == 1 and parting[0] in ",.":
        whole, decimals = ("0", groups[0]) if leading else (groups[0], "0") if trailing else groups
        found.append(int(whole) + Fraction(int(decimals), 10 ** len(decimals)))
    for count in range(2, len(groups) + 1):  # so many groups are the whole number
        rest = parting[count - 1 :]
        thousands = all(len(group) == 3 for group in groups[1:count]) and len(groups[0]) < 4 and groups[0][0] != "0"
        decimal = not rest or (len(rest) == 1 and rest[0] in ",." and rest[0] != parting[0] and len(groups) - count < 2)
        if (
            not leading
            and thousands
            and len(set(parting[: count - 1])) == 1
            and decimal
            and len(groups) - count <= len(rest)
        ):
            decimals = groups[count] if len(groups) > count else "0"
            found.append(int("".join(groups[:count])) + Fraction(int(decimals), 10 ** len(decimals)))
    return found
