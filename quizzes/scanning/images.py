"""Read the pages of scans as grey images: from PDFs and image files; a TIFF may hold several."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from common.errors import UserError

Pixels = NDArray[np.integer | np.floating]  # an image, as OpenCV has them
DPI = 200  # at which a page of a PDF is drawn
MOST_PIXELS = 60_000_000  # of a page
SMALLEST = 600  # pixels of a side on which something can be read: a sheet at 75 dpi


def count(path: Path) -> int:
    """Return how many pages a file has; raises UserError if it is neither a PDF nor a readable image."""
    if _is_pdf(path):
        return len(_pdf(path))
    _image(path, 0)
    return cv2.imcount(str(path))


def page(path: Path, index: int) -> Pixels:
    """Return a page, from 0, as a grey image, 0 is black; raises UserError for one that cannot be read."""
    image = _drawn(path, index) if _is_pdf(path) else _image(path, index)
    if min(image.shape) < SMALLEST:
        raise UserError(
            f"{' x '.join(map(str, image.shape))} pixels are too few for an answer sheet: scan at 150 dpi or more"
        )
    return image


def has_no_grey(path: Path, index: int, image: Pixels) -> bool:
    """Return whether a page was scanned in black and white: then its faint marks are lost."""
    if _is_pdf(path):
        scans = _pdf(path)[index].get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,))
        return any(scan.get_metadata().bits_per_pixel == 1 for scan in scans)
    return np.count_nonzero(np.bincount(image.ravel())) <= 2


def _drawn(path: Path, index: int) -> Pixels:
    """Return a page of a PDF."""
    try:
        sheet = _pdf(path)[index]
        width, height = sheet.get_size()
        scale = min(DPI / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
        drawn: Pixels = sheet.render(scale=scale, grayscale=True).to_numpy().copy()
        return drawn
    except pypdfium2.PdfiumError as error:
        raise UserError(f"it cannot be drawn: {error}") from None


def _is_pdf(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return b"%PDF-" in stream.read(1024)
    except FileNotFoundError:
        raise UserError(f"there is no file {path}") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None


def _pdf(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        locked = ": it is locked with a password" if "password" in str(error).lower() else ""
        raise UserError(f"{path} cannot be read as a PDF{locked}") from None


def _image(path: Path, index: int) -> Pixels:
    content = np.fromfile(path, np.uint8)
    images: Sequence[cv2.typing.MatLike] = ()
    if content.size and not content.tobytes().startswith(b"GIF8"):  # of a GIF, OpenCV repeats the first frame
        with suppress(cv2.error):  # too large
            _, images = cv2.imdecodemulti(content, cv2.IMREAD_GRAYSCALE, range=(index, index + 1))
    if not images:
        raise UserError(f"{path} is neither a PDF nor an image that can be read (PNG, JPEG, TIFF)")
    return images[0]
