"""What a rung does between barriers, over time."""

from benchmarks.kernel_traffic.pictures.drawing import LEAF, RED, SKY, SUN, legend, paper, part
from benchmarks.kernel_traffic.walks import accesses, convolve
from quizzes.drawing.svg import SOFT, Sheet


def buffers() -> tuple[Sheet, str, str]:
    """Draw what an implicit GEMM does between barriers: fetch, multiply, store."""
    tile = 16, 16, 4, 4, 4
    recording = convolve("implicit_gemm", (1, 4, 5, 6), (16, 4, 2, 3), tile=tile)
    launch, depth = recording.launch, tile[2]
    fetched = {access.step: access.at // (16 * 4) for access in accesses(launch, "global", "kernels")}
    used = {(access.step, access.at // 16 // depth): access.writes for access in accesses(launch, "shared", "weights")}
    steps, wide, tall, left, top = launch.barriers + 1, 108, 46, 150, 84
    shown = range(min(steps, 7))
    sheet = paper(left + len(shown) * wide + 40, top + 3 * tall + 75)
    sheet.text(30, 28, "Loading hides behind computing: two buffers take turns", size=17, at="start", bold=True)
    for row, name in enumerate(("fetch to registers", "buffer 0", "buffer 1")):
        sheet.text(left - 14, top + (row + 0.5) * tall, name, size=14, at="end")
    for step in shown:
        x = left + step * wide
        sheet.text(x + wide / 2, top - 16, f"step {step}", size=13, colour=SOFT)
        if step in fetched:
            tap = divmod(fetched[step], 3)
            part(sheet, x, top, wide, tall, SUN, f"fetch tap {tap}")
        for buffer in (0, 1):
            if (step, buffer) in used:
                stores = used[step, buffer]
                tap = divmod(step if stores else step - 1, 3)
                fill, word = (SKY, "store") if stores else (LEAF, "multiply")
                part(sheet, x, top + (1 + buffer) * tall, wide, tall, fill, f"{word} {tap}")
    for step in range(len(shown) + 1):
        x = left + step * wide
        sheet.line((x, top - 4), (x, top + 3 * tall + 8), colour=RED, thick=2)
    sheet.text(left, top + 3 * tall + 24, "each red line is a barrier: one for each step", size=13, at="start", colour=RED)
    legend(
        sheet,
        left,
        top + 3 * tall + 52,
        [(SUN, "global memory to registers"), (SKY, "registers to shared"), (LEAF, "shared to totals")],
        apart=230,
    )
    words = "In each step one buffer is multiplied, while the next tap is fetched and then stored in the other buffer."
    return sheet, "The two buffers of an implicit GEMM over time, for a kernel of 2 x 3 taps", words
