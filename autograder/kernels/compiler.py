"""What the compiler's worker reports about a kernel. It executes the submission's file, so nothing it says is certain."""

from autograder.feedback import Failure
from autograder.sandbox.replies import Returned, Stopped
from autograder.verdicts import Verdict

HELPERS = ("numba", "numba-cuda", "nvidia-nvjitlink", "nvidia-nvvm")
PACKAGES = ("numpy", *HELPERS)
SECONDS, MEMORY = 30.0, 2 * 1024**3  # for one kernel
MOST_SAID, MOST_LINES = 600, 3  # characters and lines to show

Figures = dict[str, dict[str, int]]  # by architecture, then by name
NAMES = {"registers", "spilled", "stack", "shared"}  # of gpu.compiler.Figures
REGISTERS = 65_536  # of a block, on every GPU: allocated in eights per thread, and for four warps at a time
EIGHT, FOUR_WARPS = 8, 128


def understood(reply: Returned | Stopped, kernel: str) -> Figures | Failure | str:
    """Return the compiler's figures, a failure for a kernel that cannot be compiled, or why there is no compiler."""
    if isinstance(reply, Stopped):
        return Failure(reply.verdict, f"The compiler failed on {kernel}. {reply.sentence}")
    match reply.result:
        case {"figures": dict(figures)} if all(map(_are_figures, figures.values())):
            return figures
        case {"error": str(error), "lines": list(lines)}:
            return Failure(
                Verdict.CRASHED, error[:MOST_SAID], frames=[str(line)[:MOST_SAID] for line in lines[:MOST_LINES]]
            )
        case {"absent": str(reason)}:
            return reason[:MOST_SAID]
    return Failure(Verdict.CRASHED, f"The compiler's answer about {kernel} cannot be read.")


def refused(figures: Figures, threads: int) -> str:
    """Return why no GPU can launch blocks of this many threads of a kernel; "" if one of the architectures can."""
    of_block = -(-threads // FOUR_WARPS) * FOUR_WARPS
    fewest = min((each["registers"] for each in figures.values()), default=0)
    if of_block * -(-fewest // EIGHT) * EIGHT <= REGISTERS:
        return ""
    return (
        f"Each thread needs {fewest} registers, according to the compiler, and a block has {threads:,} threads. But a "
        f"block has only {REGISTERS:,} registers, so no GPU can launch this. Make blocks smaller."
    )


def _are_figures(found: object) -> bool:
    return isinstance(found, dict) and found.keys() == NAMES and all(type(number) is int for number in found.values())
