"""What the compiler's worker says of a kernel. It has executed the submission's file, so each word of it is a claim."""

from typing import Any

from autograder.feedback import Failure
from autograder.sandbox.replies import Returned, Stopped
from autograder.verdicts import Verdict

HELPERS = ("numba", "numba-cuda", "nvidia-nvjitlink", "nvidia-nvvm")
PACKAGES = ("numpy", *HELPERS)
SECONDS, MEMORY = 30.0, 2 * 1024**3  # for one kernel
MOST_SAID, MOST_LINES = 600, 3  # characters, and lines that are shown

Figures = dict[str, dict[str, int]]  # by the architecture, then by their names
NAMES = {"registers", "spilled", "stack", "shared"}  # of gpu.compiler.Figures
REGISTERS = 65_536  # for a block, on every GPU: handed out eight to a thread, and to four warps at a time
EIGHT, FOUR_WARPS = 8, 128


def understood(reply: Returned | Stopped, kernel: str) -> Figures | Failure | str:
    """Return the compiler's figures, a failure for a kernel that cannot be compiled, or why there is no compiler."""
    if isinstance(reply, Stopped):
        return Failure(reply.verdict, f"The compiler gives up {kernel}. {reply.sentence}")
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
    """Return why no GPU launches blocks of so many threads of a kernel; "" if one of the architectures does."""
    of_block = -(-threads // FOUR_WARPS) * FOUR_WARPS
    fewest = min((each["registers"] for each in figures.values()), default=0)
    if of_block * -(-fewest // EIGHT) * EIGHT <= REGISTERS:
        return ""
    return (
        f"Each thread needs {fewest} registers, as the compiler says, and a block has {threads:,} threads. But there are "
        f"{REGISTERS:,} registers for a block, so no GPU launches this. Make blocks smaller."
    )


def _are_figures(found: Any) -> bool:
    return isinstance(found, dict) and found.keys() == NAMES and all(type(number) is int for number in found.values())
