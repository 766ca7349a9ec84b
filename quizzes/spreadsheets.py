"""Texts and tables as other programs save them, in any encoding and with any delimiter; other files are named."""

import csv
import io
import re
import unicodedata
from pathlib import Path

from common.errors import UserError

ARCHIVE = "a zip archive"
# The first bytes of a file, what it contains later, and what kind of file that is.
_BINARY = (
    (b"PK\3\4", b"xl/workbook", "an Excel workbook"),
    (b"PK\3\4", b"word/document", "a Word document"),
    (b"PK\3\4", b"opendocument.spreadsheet", "an OpenDocument spreadsheet"),
    (b"PK\3\4", b"opendocument.text", "an OpenDocument text"),
    (b"PK\3\4", b".iwa", "an Apple Numbers or Pages document"),
    (b"PK\3\4", b"", ARCHIVE),
    (b"\xd0\xcf\x11\xe0", b"", "an old Excel or Word file"),
    (b"%PDF", b"", "a PDF"),
    (b"{\\rtf", b"", "an RTF document"),
    (b"\x89PNG", b"", "a picture"),
    (b"\xff\xd8\xff", b"", "a picture"),
)
_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # Excel's own first line, which names the delimiter


def binary(content: bytes) -> str:
    """Return what a file is, by its content, if it is not text: "an Excel workbook"; "" for text."""
    return next((kind for start, within, kind in _BINARY if content.startswith(start) and within in content), "")


def decoded(content: bytes) -> str:
    """Return bytes as text: UTF-8, UTF-16 with or without its mark, else Windows-1252, which fits almost anything.

    An accent and its letter become one character: macOS stores them separately, and equal names should be equal texts.
    """
    return unicodedata.normalize("NFC", _text(content))


def read_csv(path: Path, way_out: str = "save the table as CSV") -> list[list[str]]:
    """Read a CSV as spreadsheets write it; raises UserError for a missing file, and for what is not a CSV.

    way_out: advice for a document that is not text.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"there is no file {path}") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    if kind := binary(content):
        raise UserError(f"{path} is {kind}: {'unpack it first' if kind == ARCHIVE else way_out}")
    try:
        return rows_of(content)
    except csv.Error as error:
        raise UserError(f"{path} is not a CSV: {error}") from None


def rows_of(content: bytes) -> list[list[str]]:
    """Return the rows of a CSV's bytes: its cells are separated by commas, semicolons or tabs. Empty lines are empty rows.

    Raises csv.Error for a quotation mark that is never closed: all lines after it would be one cell.
    """
    text = decoded(content).replace("\0", "")
    first, _, rest = text.partition("\n")
    if separator := _SEPARATOR.fullmatch(first.strip("\r")):
        delimiter, text = separator[1], rest
    else:
        headings = re.sub('"[^"]*"', "", text).split("\n", 1)[0]  # delimiters between quotes do not count
        delimiter = max(",;\t", key=lambda each: (headings.count(each), each == ","))
    rows, begins = [], 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            rows.append(row)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise csv.Error(f"{error} in what begins on line {begins}; are all quotation marks in pairs?") from None
    return rows


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    for code, zero in (("utf-16-le", 1), ("utf-16-be", 0)):
        if content[zero : zero + 1] == b"\0" and content[1 - zero : 2 - zero].strip(b"\0"):
            return content.decode(code, "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
