"""A sheet to draw on. Everything is text, black on white, and looks the same in a browser, a PDF and a PNG."""

from xml.sax.saxutils import escape, quoteattr

from quizzes.question import Picture

INK, SOFT, PAPER = "#1c2430", "#5b6675", "#ffffff"
WINDOW, PADDING, RIGHT, WRONG = "#ffe08a", "#eceff3", "#bfe6cf", "#ffc9c2"
SERIES = ("#0b62a4", "#b3541e", "#1a7f4b", "#7a3e9d")  # lines of a plot: they differ in lightness and in dashes too
FONT = "Liberation Sans, DejaVu Sans, Arial, sans-serif"


class Sheet:
    """A drawing, in pixels from its upper left corner."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = round(width), round(height)
        self._parts: list[str] = []

    def box(
        self, x: float, y: float, width: float, height: float, fill: str = PAPER, line: str = INK, thick: float = 1
    ) -> None:
        """Draw a rectangle."""
        self._add("rect", x=x, y=y, width=width, height=height, fill=fill, stroke=line, stroke_width=thick)

    def circle(self, x: float, y: float, radius: float, fill: str = PAPER, line: str = INK) -> None:
        """Draw a circle around (x, y)."""
        self._add("circle", cx=x, cy=y, r=radius, fill=fill, stroke=line, stroke_width=1.2)

    def line(self, *points: tuple[float, float], colour: str = INK, thick: float = 1, dashes: str = "") -> None:
        """Draw a line through the points."""
        path = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
        style = {"stroke_dasharray": dashes} if dashes else {}
        self._add("polyline", points=path, fill="none", stroke=colour, stroke_width=thick, **style)

    def arrow(self, start: tuple[float, float], end: tuple[float, float], colour: str = INK) -> None:
        """Draw a line with a head at its end."""
        (x, y), (u, v) = start, end
        length = max(((u - x) ** 2 + (v - y) ** 2) ** 0.5, 1e-9)
        right, down = (u - x) / length, (v - y) / length
        self.line(start, (u - 6 * right, v - 6 * down), colour=colour, thick=1.2)
        head = [
            (u, v),
            (u - 8 * right - 4 * down, v - 8 * down + 4 * right),
            (u - 8 * right + 4 * down, v - 8 * down - 4 * right),
        ]
        self._add("polygon", points=" ".join(f"{_number(a)},{_number(b)}" for a, b in head), fill=colour)

    def text(
        self, x: float, y: float, words: object, size: float = 14, colour: str = INK, at: str = "middle", bold: bool = False
    ) -> None:
        """Write text with its middle line at y; at: whether its start, middle or end is at x."""
        weight = {"font_weight": "bold"} if bold else {}
        self._add("text", str(words), x=x, y=y + 0.36 * size, font_size=size, fill=colour, text_anchor=at, **weight)

    def upright_text(self, x: float, y: float, words: object, size: float = 14, colour: str = INK) -> None:
        """Write text upwards, with its middle at (x, y)."""
        turned = f"translate({x:.1f} {y:.1f}) rotate(-90)"
        self._add(
            "text", str(words), x=0, y=0.36 * size, font_size=size, fill=colour, text_anchor="middle", transform=turned
        )

    def picture(self, alt: str) -> Picture:
        """Return the drawing with its alternative text."""
        frame = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'height="{self.height}" role="img" aria-label={quoteattr(alt)} font-family="{FONT}">'
        )
        return Picture("".join([frame, *self._parts, "</svg>"]), alt, self.width, self.height)

    def _add(self, tag: str, words: str = "", /, **attributes: object) -> None:
        listed = " ".join(f'{name.replace("_", "-")}="{_number(value)}"' for name, value in attributes.items())
        self._parts.append(f"<{tag} {listed}>{escape(words)}</{tag}>" if words else f"<{tag} {listed}/>")


def _number(value: object) -> str:
    """Write a number with five digits, and a text as it is."""
    return f"{value:.5g}" if isinstance(value, float) else str(value)
