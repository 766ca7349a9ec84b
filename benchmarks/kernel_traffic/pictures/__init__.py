"""The pictures of docs/kernels.md, drawn from what the recorded kernels did: a module for each group of them."""

from collections.abc import Callable

from benchmarks.kernel_traffic.pictures.bounds import roofline
from benchmarks.kernel_traffic.pictures.memory import banks, loads, reads, sectors, swapped
from benchmarks.kernel_traffic.pictures.pools import median, pool
from benchmarks.kernel_traffic.pictures.shares import gather, patch, thread
from benchmarks.kernel_traffic.pictures.tensor import fragments, split
from benchmarks.kernel_traffic.pictures.time import buffers, pipeline
from quizzes.drawing.svg import Sheet

PICTURES: dict[str, Callable[[], tuple[Sheet, str, str]]] = {
    f"{draw.__name__}.svg": draw
    for draw in (
        sectors,
        swapped,
        patch,
        banks,
        reads,
        gather,
        thread,
        loads,
        buffers,
        pipeline,
        split,
        fragments,
        roofline,
        pool,
        median,
    )
}


def svg(name: str) -> str:
    """Return a picture as SVG, with a title and a description for those who cannot see it."""
    sheet, title, words = PICTURES[name]()
    picture = sheet.picture(title).svg
    return picture.replace(">", f"><title>{title}</title><desc>{words}</desc>", 1) + "\n"
