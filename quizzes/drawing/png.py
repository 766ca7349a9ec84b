"""Pictures as PNG, for learning platforms that do not accept SVG.

Typst draws them, with the fonts that it carries: the bytes are the same on every machine, and a machine without fonts loses
no number of a picture. (resvg draws no text at all where it finds no font, and says nothing.)
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from quizzes.question import Picture

SHARP = 2  # pixels of the PNG for each pixel of the drawing, along a side: sharp on today's screens
MOST_SHARP = 300  # pictures; if there are more, each pixel stays one, for a third of the time and of the bytes
TOGETHER = 16  # pictures in one document: a document of its own for each would take five times as long


def pngs(pictures: Sequence[Picture]) -> list[bytes]:
    """Return a PNG of each picture, on white."""
    scale = SHARP if len(pictures) <= MOST_SHARP else 1
    documents = [pictures[start : start + TOGETHER] for start in range(0, len(pictures), TOGETHER)]
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # Typst draws without Python's lock
        return [png for drawn in threads.map(partial(_draw, scale), documents) for png in drawn]


def _draw(scale: int, pictures: Sequence[Picture]) -> list[bytes]:
    import typst

    pages = [f'#image("{place}.svg", width: {one.width}pt, height: {one.height}pt)' for place, one in enumerate(pictures)]
    files = {f"{place}.svg": one.svg.encode() for place, one in enumerate(pictures)}
    files["main.typ"] = ("#set page(width: auto, height: auto, margin: 0pt)\n" + "\n#pagebreak()\n".join(pages)).encode()
    drawn = typst.compile(files, format="png", ppi=72.0 * scale, ignore_system_fonts=True)  # type: ignore[call-overload]  # typst's stubs lack files given as a dict
    return drawn if isinstance(drawn, list) else [drawn]
