"""Figures of a launch's traffic, each with its sentence and its advice."""

from autograder.kernels.launched import Ran
from autograder.kernels.marks import Figure

SECTOR, NUMBER = 32, 4  # bytes, of what global memory brings at once, and of a float32
SIDE_BY_SIDE = (
    "Memory brings sectors of 32 bytes, eight numbers that lie side by side. Let neighbouring threads, whose threadIdx.x "
    "differ by 1, touch neighbouring numbers of a row."
)
EACH_ONCE = (
    "Warps touch no more sectors than they must at a time, but touch them too often: read and write each number once, and "
    "keep it in a variable meanwhile."
)
ONE_BANK = (
    "Threads of a warp want different numbers of the same bank, which holds every 32nd number of shared memory, and wait "
    "for each other. Rows of another width, wider than what is stored in them, begin in other banks."
)


def lie_in(numbers: int) -> int:
    """Return how many sectors so many numbers lie in, from the start of one."""
    return -(-numbers * NUMBER // SECTOR)


def sectors(ran: Ran, *arrays: str, least: int = 0) -> Figure:
    """How many sectors of global memory warps touch. least: how many would do; by default as many as each request wants."""
    asked = ran.total("global", *arrays)
    says = f"Warps touch {{:.2f}} times the fewest sectors of {' and '.join(arrays)}"
    advice = EACH_ONCE if asked.sectors == asked.fewest else SIDE_BY_SIDE
    return Figure(asked.sectors / (least or asked.fewest or 1), says, advice, asked.worst)


def reads(ran: Ran, array: str, outputs: int, what: str, advice: str) -> Figure:
    """How often threads read from an array in global memory, for each output. what: they read there, in words."""
    return Figure(ran.total("global", array).reads / outputs, f"Threads read {{:.3g}} {what}", advice)


def busiest(ran: Ran, advice: str, share: int = 1, what: str = "numbers") -> Figure:
    """How many numbers the busiest thread reads, for which the others wait. share: of so many, which `what` names."""
    return Figure(ran.busiest / share, f"The busiest thread reads {{:.3g}} {what}", advice)


def conflicts(ran: Ran) -> Figure:
    """How often shared memory answers once more because of its banks, for each request."""
    asked = ran.total("shared")
    says = "Shared memory answers {:.2f} times more for each request, because of bank conflicts"
    return Figure(asked.conflicts / max(asked.requests, 1), says, ONE_BANK, asked.worst)
