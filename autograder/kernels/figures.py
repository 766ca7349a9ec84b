"""Figures about a launch's traffic, each with its sentence and its advice."""

from autograder.kernels.goals import Figure
from autograder.kernels.launches import Profile

SECTOR, NUMBER = 32, 4  # bytes: what global memory transfers at once, and a float32
SIDE_BY_SIDE = (
    "Memory is transferred in sectors of 32 bytes, eight neighbouring numbers. Let neighbouring threads, whose threadIdx.x "
    "differs by 1, touch neighbouring numbers of a row."
)
EACH_ONCE = (
    "Each request touches as few sectors as possible, but there are too many requests: read and write each number once, "
    "and keep it in a variable in between."
)
ONE_BANK = (
    "Threads of a warp access different numbers in the same bank, which holds every 32nd number of shared memory, so they "
    "wait for each other. Make rows wider than their content, so that they start in different banks."
)


def lie_in(numbers: int) -> int:
    """Return how many sectors hold this many numbers, from the start of a sector."""
    return -(-numbers * NUMBER // SECTOR)


def sectors(profile: Profile, *arrays: str, least: int = 0) -> Figure:
    """Return how often warps touch sectors of global memory, relative to the least; by default, what the requests need."""
    asked = profile.total("global", *arrays)
    says = f"Warps touch {{:.2f}} times the fewest sectors of {' and '.join(arrays)}"
    advice = EACH_ONCE if asked.sectors == asked.fewest else SIDE_BY_SIDE
    return Figure(asked.sectors / (least or asked.fewest or 1), says, advice, asked.worst)


def reads(profile: Profile, array: str, outputs: int, what: str, advice: str) -> Figure:
    """Return how often threads read from an array in global memory, per output. what: the things they read, in words."""
    return Figure(profile.total("global", array).reads / outputs, f"Threads read {{:.3g}} {what}", advice)


def busiest(profile: Profile, advice: str, share: int = 1, what: str = "numbers") -> Figure:
    """Return how many numbers the busiest thread reads while others wait, divided by share. what: names the quotient."""
    return Figure(profile.busiest / share, f"The busiest thread reads {{:.3g}} {what}", advice)


def conflicts(profile: Profile) -> Figure:
    """Return how many extra answers of shared memory bank conflicts cost, per request."""
    asked = profile.total("shared")
    says = "Shared memory answers {:.2f} times more for each request, because of bank conflicts"
    return Figure(asked.conflicts / max(asked.requests, 1), says, ONE_BANK, asked.worst)
