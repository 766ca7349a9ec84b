"""What the products of matrices do between barriers, over time."""

from benchmarks.kernel_traffic.pictures.drawing import LEAF, RED, SKY, SUN, legend, paper, part
from benchmarks.kernel_traffic.walks import accesses, convolve
from kernels.cuda.convolution.implicit_gemm import Tile
from quizzes.drawing.svg import SOFT, Sheet

TAPS = (2, 3)
WIDE, TALL, LEFT, TOP, SHOWN = 108, 46, 150, 84, 7


def buffers() -> tuple[Sheet, str, str]:
    """Draw what an implicit GEMM does between barriers: fetch, multiply, store."""
    sheet = timeline("implicit_gemm", Tile(16, 16, depth=4, rows=4, columns=4), fetches=True)
    sheet.text(30, 28, "Loading hides behind computing: two buffers take turns", size=17, at="start", bold=True)
    words = "In each step one buffer is multiplied, while the next tap is fetched and then stored in the other buffer."
    return sheet, "The two buffers of an implicit GEMM over time, for a kernel of 2 x 3 taps", words


def pipeline() -> tuple[Sheet, str, str]:
    """Draw what a pipelined GEMM does between barriers: copies are on their way while the other buffer is multiplied."""
    sheet = timeline("pipelined", Tile(16, 16, depth=4, rows=4, columns=4), fetches=False)
    sheet.text(30, 28, "Copies go straight to shared memory, and arrive by themselves", size=17, at="start", bold=True)
    words = "In each step one buffer is multiplied, while copies of the next tap are on their way to the other buffer."
    return sheet, "The two buffers of a pipelined GEMM over time, for a kernel of 2 x 3 taps", words


def timeline(file: str, tile: Tile, fetches: bool) -> Sheet:
    """Draw the steps of a product, from barrier to barrier; fetches: whether what is loaded waits in registers."""
    launch = convolve(file, (1, tile.depth, 5, 6), (16, tile.depth, *TAPS), tile=tile).launch
    used = {(at.step, at.at // 16 // tile.depth): at.writes for at in accesses(launch, "shared", "weights")}
    first = min(step for step, _ in used)  # a pipelined GEMM waits before its first step, too
    fetched = {at.step: at.at // (16 * tile.depth) for at in accesses(launch, "global", "kernels")} if fetches else {}
    names = [*["fetch to registers"] * fetches, "buffer 0", "buffer 1"]
    shown, bottom = range(SHOWN), TOP + len(names) * TALL
    sheet = paper(LEFT + len(shown) * WIDE + 40, bottom + 75)
    for row, name in enumerate(names):
        sheet.text(LEFT - 14, TOP + (row + 0.5) * TALL, name, size=14, at="end")
    for step in shown:
        x, now = LEFT + step * WIDE, first + step
        sheet.text(x + WIDE / 2, TOP - 16, f"step {step}", size=13, colour=SOFT)
        if now in fetched:
            part(sheet, x, TOP, WIDE, TALL, SUN, f"fetch {divmod(fetched[now], TAPS[1])}")
        for buffer in (0, 1):
            if (now, buffer) in used:
                writes = used[now, buffer]
                tap = divmod(step if writes else step - 1, TAPS[1])
                fill, word = (SKY, "store" if fetches else "copy") if writes else (LEAF, "multiply")
                part(sheet, x, bottom - (2 - buffer) * TALL, WIDE, TALL, fill, f"{word} {tap}")
    for step in range(len(shown) + 1):
        x = LEFT + step * WIDE
        sheet.line((x, TOP - 4), (x, bottom + 8), colour=RED, thick=2)
    sheet.text(LEFT, bottom + 24, "each red line is a barrier: one for each step", size=13, at="start", colour=RED)
    stored = [(SUN, "global memory to registers"), (SKY, "registers to shared")] if fetches else [(SKY, "global to shared")]
    legend(sheet, LEFT, bottom + 52, [*stored, (LEAF, "shared to totals")], apart=230)
    return sheet
