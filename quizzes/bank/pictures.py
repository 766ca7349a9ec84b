"""Pictures in files beside a question: SVG as it is, PNG inside an SVG."""

import struct
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from common.errors import UserError
from quizzes.drawing.svg import FONT
from quizzes.question import Picture

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
WIDEST = 640  # pixels on a page; larger pictures are shown smaller
MOST = 300_000  # bytes of a file, which is part of each version
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Drawing:
    """The content of a picture file, and its size on a page."""

    content: str  # elements of SVG
    box: str  # in its own units: "0 0 200 100"
    width: int
    height: int

    def picture(self, alt: str) -> Picture:
        """Return the picture with its alternative text."""
        frame = (
            f'<svg xmlns="{SVG}" viewBox={quoteattr(self.box)} width="{self.width}" height="{self.height}" role="img" '
            f'aria-label={quoteattr(alt)} font-family="{FONT}">'
        )
        return Picture(f"{frame}{self.content}</svg>", alt, self.width, self.height)


def read(path: Path) -> Drawing:
    """Return the drawing of an SVG or PNG file; raises UserError for other files, and for SVG that loads something."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    if len(content) > MOST:
        raise UserError(f"{path} is larger than {MOST // 1000} kB, which each version would carry: export it smaller")
    return _of_png(content, path) if content.startswith(PNG) else _of_svg(content, path)


def _of_png(content: bytes, path: Path) -> Drawing:
    if content[12:16] != b"IHDR" or not content.rstrip().endswith(b"IEND\xaeB`\x82"):
        raise UserError(f"{path} is a damaged PNG")
    width, height = struct.unpack(">II", content[16:24])
    if not width or not height:
        raise UserError(f"{path} is a damaged PNG")
    data = b64encode(content).decode()
    image = f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/>'
    return _sized(image, f"0 0 {width} {height}", width, height)


def _of_svg(content: bytes, path: Path) -> Drawing:
    ElementTree.register_namespace("", SVG)
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise UserError(f"{path} is neither a PNG nor an SVG: {error}") from None
    if root.tag != f"{{{SVG}}}svg":
        raise UserError(f"{path} is not an SVG: its first element must be <svg xmlns={SVG!r}>")
    for element in root.iter():
        if element.tag in (f"{{{SVG}}}script", f"{{{SVG}}}foreignObject"):
            raise UserError(f"{path} holds <{element.tag.split('}')[-1]}>, which pictures must not")
        for name, value in element.attrib.items():
            if name.split("}")[-1] == "href" and not value.startswith(("#", "data:image/png;base64,")):
                raise UserError(f"{path} loads {value!r:.60}: a picture must hold all that it shows")
    box = root.get("viewBox") or f"0 0 {root.get('width', '')} {root.get('height', '')}"
    try:
        _, _, width, height = (float(each.removesuffix("px")) for each in box.replace(",", " ").split())
    except ValueError:
        raise UserError(f"{path} does not say its size: give its <svg> a viewBox") from None
    if not (0 < width < 1e5 and 0 < height < 1e5):
        raise UserError(f"{path} has the size {width:g} x {height:g}")
    inner = "".join(ElementTree.tostring(child, encoding="unicode") for child in root)
    style = {name: value for name, value in root.attrib.items() if name in ("fill", "stroke", "stroke-width", "style")}
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in style.items())
    return _sized(f"<g{attributes}>{inner}</g>", box.replace("px", ""), width, height)


def _sized(content: str, box: str, width: float, height: float) -> Drawing:
    scale = min(1.0, WIDEST / width)
    return Drawing(content, box, max(1, round(scale * width)), max(1, round(scale * height)))
