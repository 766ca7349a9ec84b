"""What the rungs could reach on an H100: a roofline. Nothing in it is measured."""

from math import log10

from benchmarks.kernel_speed.layers import intensity
from benchmarks.kernel_traffic.figures import EXAMPLES, asked_for, bound_of, short
from benchmarks.kernel_traffic.pictures.drawing import BLUE, GRID, ORANGE, paper
from benchmarks.kernel_traffic.walks import LAYERS
from kernels.cuda.convolution import RUNGS
from kernels.cuda.convolution.estimate import H100
from quizzes.drawing.svg import INK, PAPER, SOFT, Sheet

LEAST, MOST = (0.1, 5e11), (2000, 4e14)  # FLOP per byte, FLOP per second
TENSOR = 495e12 / 3  # three products of TF32 for one; source: NVIDIA's data sheet


def roofline() -> tuple[Sheet, str, str]:
    """Draw the rungs' computed bounds under the roofs of an H100's memory, of its caches and of its arithmetic."""
    left, top, wide, tall = 80, 70, 700, 520
    sheet = paper(left + wide + 270, top + tall + 95)
    decades = [log10(most / least) for least, most in zip(LEAST, MOST)]

    def at(intensity: float, flop: float) -> tuple[float, float]:
        shares = (log10(value / least) / span for value, least, span in zip((intensity, flop), LEAST, decades))
        across, up = shares
        return left + across * wide, top + (1 - up) * tall

    sheet.text(left, 26, "Computed bounds on an H100 SXM; nothing here is measured", size=17, at="start", bold=True)
    for exponent in range(4):
        x, _ = at(10**exponent, LEAST[1])
        sheet.line((x, top), (x, top + tall), colour=GRID)
        sheet.text(x, top + tall + 16, f"{10**exponent:,}", size=13)
    for exponent in range(12, 15):
        _, y = at(LEAST[0], 10**exponent)
        sheet.line((left, y), (left + wide, y), colour=GRID)
        sheet.text(left - 10, y, f"{10 ** (exponent - 12):g}", size=13, at="end")
    sheet.text(left + wide / 2, top + tall + 38, "FLOP per byte that threads request from global memory", size=14)
    sheet.upright_text(24, top + tall / 2, "TFLOP/s", size=14)
    caches = H100.multiprocessors * 128 * H100.clock
    for bandwidth, roof, words, dashes in (
        (H100.bandwidth, H100.peak, "memory, 3.35 TB/s", ""),
        (caches, TENSOR, "first caches, 33 TB/s", "5 4"),
    ):
        start = max(LEAST[0], LEAST[1] / bandwidth)
        sheet.line(at(start, start * bandwidth), at(roof / bandwidth, roof), colour=INK, thick=1.8, dashes=dashes)
        sheet.text(*at(1.6 * start, 1.2 * start * bandwidth), words, size=13, at="start")
    sheet.line(at(H100.peak / caches, H100.peak), at(MOST[0], H100.peak), colour=INK, thick=1.8)
    sheet.text(left + wide - 6, at(1, H100.peak)[1] - 14, f"{H100.peak / 1e12:.3g} TFLOP/s", size=13, at="end")
    sheet.line(at(TENSOR / caches, TENSOR), at(MOST[0], TENSOR), colour=INK, thick=1.8, dashes="5 4")
    words = f"tensor cores, {TENSOR / 1e12:.3g} TFLOP/s"
    sheet.text(left + wide - 6, at(1, TENSOR)[1] - 14, words, size=13, at="end")
    for layer in (EXAMPLES[4], EXAMPLES[-2]):
        x, y = at(intensity(layer), min(H100.peak, intensity(layer) * H100.bandwidth))
        sheet.line((x, y), (x, top + tall), colour=ORANGE, thick=1.4, dashes="3 3")
        sheet.text(x + 5, top + tall - 14, f"{layer.group}, {short(intensity(layer))}", size=12, at="start")
    found, aside = [], left + wide + 24
    sheet.text(aside, top, "bounds, TFLOP/s", size=13, at="start", colour=SOFT)
    for number, (name, (_, images_shape, kernels_shape)) in enumerate(LAYERS.items(), 1):
        block = RUNGS[name].block(images_shape[2] - 2, kernels_shape[0])
        flop_for_a_byte, bound = 2 / asked_for(name), bound_of(block.kernel)
        x, y = at(flop_for_a_byte, bound)
        for here in ((x, y), (aside + 9, top + 26 * number)):
            sheet.circle(*here, 9, fill=BLUE, line=PAPER)
            sheet.text(*here, number, size=11, colour=PAPER, bold=True)
        sheet.text(aside + 26, top + 26 * number, name, size=13, at="start")
        sheet.text(sheet.width - 14, top + 26 * number, f"{bound / 1e12:.3g}", size=13, at="end")
        found.append(f"{name}: {bound / 1e12:.3g} TFLOP/s")
    note = "Points: what a rung's instructions allow, by the share of them that multiply and add"
    sheet.text(left, top + tall + 68, note, size=13, at="start", colour=SOFT)
    words = f"A roofline of an H100, in logarithms. Bounds: {'; '.join(found)}. Nothing in it is measured."
    return sheet, "Computed bounds of the rungs on an H100 SXM", words
