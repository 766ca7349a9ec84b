"""Find an answer sheet on a scan: its code, and its page as it was printed, whichever way the paper lay."""

from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from quizzes.scanning import markers
from quizzes.scanning.layout import MARKER, SIZES, Ticket

PIXELS = 8  # for a millimetre of a straightened page
CLOSE = 0.5  # millimetres that a marker's corner may be off on a page that lies flat
ENOUGH = 3  # markers from which a page can be straightened
INK, WHITE = 0.25, 0.001  # how much darker than the paper ink is, and its share of a page that counts as empty
BACKGROUND = 15  # millimetres over which light changes


@dataclass(frozen=True)
class Page:
    """A page as it was printed, PIXELS for each millimetre. darkness: from 0, paper, to 1, printed black."""

    grey: np.ndarray
    darkness: np.ndarray


def code(image: np.ndarray) -> Ticket | None:
    """Return what the code of an answer sheet says; None where there is none that can be read."""
    for looked_at in (image, cv2.medianBlur(image, 5), cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)):
        for found in zxingcpp.read_barcodes(looked_at, formats=zxingcpp.BarcodeFormat.QRCode):
            if ticket := Ticket.read(found.text):
                return ticket
    return None


def is_empty(image: np.ndarray) -> bool:
    """Return whether a page is white, but for its edges and specks."""
    small = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    rows, columns = small.shape
    inside = _darkness(small, 2 * PIXELS)[rows // 20 : -rows // 20, columns // 20 : -columns // 20]
    return float((inside > INK).mean()) < WHITE


def straightened(image: np.ndarray, paper: str) -> Page | None:
    """Return the page of an answer sheet; None if too few of its markers are found, or it does not lie flat."""
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), _parameters())
    corners, ids, _ = detector.detectMarkers(image)
    places = markers.corners(paper)
    found = {int(one): square[0] for one, square in zip([] if ids is None else ids.ravel(), corners) if int(one) in places}
    if len(found) < ENOUGH:
        return None
    square = np.array([(0, 0), (MARKER, 0), (MARKER, MARKER), (0, MARKER)])  # clockwise, as the detector returns them
    there = np.concatenate([np.add(places[one], square) for one in found])
    here = np.concatenate(list(found.values()))
    matrix, _ = cv2.findHomography(here, there * PIXELS)
    if matrix is None:
        return None
    off = cv2.perspectiveTransform(here[None].astype(float), matrix)[0] / PIXELS - there
    if np.abs(off).max() > CLOSE:
        return None
    width, height = (round(side * PIXELS) for side in SIZES[paper])
    grey = cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_AREA, borderValue=255)
    darkness = _darkness(grey, PIXELS)
    black = np.median([_black(darkness, places[one]) for one in found])
    return Page(grey, darkness / max(black, INK))


def _parameters() -> cv2.aruco.DetectorParameters:
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    return parameters


def _darkness(grey: np.ndarray, pixels: int) -> np.ndarray:
    """Return how much darker than the paper around it each pixel is, whatever the light. pixels: for a millimetre."""
    small = cv2.resize(grey, None, fx=1 / pixels, fy=1 / pixels, interpolation=cv2.INTER_AREA)
    paper = cv2.dilate(small, np.ones((BACKGROUND, BACKGROUND), np.uint8))
    paper = cv2.GaussianBlur(paper, (0, 0), BACKGROUND / 3)
    light = cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return np.clip(1 - grey / np.maximum(light, 1), 0, 1)


def _black(darkness: np.ndarray, place: tuple[float, float]) -> float:
    """Return the darkness of the left side of a marker's frame, which is printed black."""
    x, y = (round(PIXELS * (each + MARKER / 12)) for each in place)
    return float(np.median(darkness[y : y + round(PIXELS * MARKER * 5 / 6), x - 2 : x + 3]))
