"""Find an answer sheet on a scan: its code, and its page as it was printed, whatever way up the paper was."""

from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from quizzes.scanning import layout, markers
from quizzes.scanning.images import Pixels
from quizzes.scanning.layout import MARKER, QR, SIZES, Ticket

PIXELS = 8  # for a millimetre of a straightened page
CLOSE = 0.8  # millimetres that a corner may be off on a page that lies flat
ENOUGH = 2  # markers that must be found beside the code
INK, WHITE = 0.25, 0.001  # how much darker ink is than paper, and the share of ink below which a page counts as empty
FORMATS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
SQUARE = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])  # clockwise, as corners are found
BACKGROUND = 15  # millimetres over which light changes


@dataclass(frozen=True)
class Page:
    """A page as it was printed, PIXELS for each millimetre. darkness: from 0, paper, to 1, printed black."""

    grey: Pixels
    darkness: Pixels


def code(image: Pixels) -> tuple[Ticket, Pixels] | None:
    """Return what the code of an answer sheet says, and its corners in pixels; None where none can be read."""
    for scale in (1, 2, 0.5):  # a blurred code can be read when it is larger, a noisy one when it is smaller
        looked_at = image if scale == 1 else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for found in zxingcpp.read_barcodes(looked_at, formats=FORMATS):
            if ticket := Ticket.read(found.text):
                at = found.position
                corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
                return ticket, np.array([(corner.x, corner.y) for corner in corners]) / scale
    return None


def is_empty(image: Pixels) -> bool:
    """Return whether a page is white, but for its edges and specks."""
    small = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    rows, columns = small.shape
    inside = _darkness(small, 2 * PIXELS)[rows // 20 : -rows // 20, columns // 20 : -columns // 20]
    return float((inside > INK).mean()) < WHITE


def straightened(image: Pixels, paper: str, code: Pixels) -> Page | None:
    """Return the page of an answer sheet; None if too few of its markers are found, or it is not flat.

    code: the corners of the code.
    """
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), _parameters())
    corners, ids, _ = detector.detectMarkers(image)
    places = markers.corners(paper)
    found = {int(one): square[0] for one, square in zip([] if ids is None else ids.ravel(), corners) if int(one) in places}
    if len(found) < ENOUGH:
        return None
    there = np.concatenate(
        [np.add(places[one], MARKER * SQUARE) for one in found] + [np.add(layout.qr(paper), QR * SQUARE)]
    )
    here = np.concatenate([*found.values(), code])
    matrix, _ = cv2.findHomography(here, there * PIXELS)
    if matrix is None:
        return None
    off = cv2.perspectiveTransform(here[None].astype(float), matrix)[0] / PIXELS - there
    if np.abs(off).max() > CLOSE:
        return None
    width, height = (round(side * PIXELS) for side in SIZES[paper])
    grey = cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_AREA, borderValue=255)
    darkness = _darkness(grey, PIXELS)
    black = float(np.median([_black(darkness, places[one]) for one in found]))
    return Page(grey, np.divide(darkness, max(black, INK)))


def _parameters() -> cv2.aruco.DetectorParameters:
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    return parameters


def _darkness(grey: Pixels, pixels: int) -> Pixels:
    """Return how much darker than the paper around it each pixel is, whatever the light. pixels: for a millimetre."""
    small = cv2.resize(grey, None, fx=1 / pixels, fy=1 / pixels, interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((BACKGROUND, BACKGROUND), np.uint8))  # without any ink
    paper = cv2.GaussianBlur(paper, (0, 0), BACKGROUND / 3)
    light = cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)
    darkness: Pixels = np.clip(1 - grey / np.maximum(light, 1), 0, 1)
    return darkness


def _black(darkness: Pixels, place: tuple[float, float]) -> float:
    """Return the darkness of the left side of a marker's frame, which is printed black."""
    x, y = (round(PIXELS * (each + MARKER / 12)) for each in place)
    return float(np.median(np.asarray(darkness, np.float32)[y : y + round(PIXELS * MARKER * 5 / 6), x - 2 : x + 3]))
