"""Wrong ways to follow threads that share memory: what a barrier orders, and how a block sums in rounds."""

from collections.abc import Callable, Sequence
from functools import partial

from misconceptions.bank import misconception
from misconceptions.types import Table

Adds = Callable[[int, int], bool]  # whether a thread adds in a round with this step
_exchange = partial(misconception, "exchange")
_rounds = partial(misconception, "reduction_rounds")
_costs = partial(misconception, "reduction_costs")


# exchange(values, partners, factor): each block has a row of values, in shared memory s; behind a barrier its thread t puts
# factor * s[partners[t]] - s[t] out.


@_exchange(says="shared memory is shared by all blocks, so that the last one overwrites it. Each block has its own.")
def memory_shared_by_all_blocks(values: Sequence[Sequence[int]], partners: Sequence[int], factor: int) -> Table:
    return [_exchanged(values[-1], partners, factor) for _ in values]


@_exchange(says="every block gets the values of block 0. `cuda.grid(1)` continues where the previous block ends.")
def every_block_gets_the_first_values(values: Sequence[Sequence[int]], partners: Sequence[int], factor: int) -> Table:
    return [_exchanged(values[0], partners, factor) for _ in values]


@_exchange(
    says="threads run one after the other, so that values of later ones are still 0. At the barrier each waits for all."
)
def nobody_waits(values: Sequence[Sequence[int]], partners: Sequence[int], factor: int) -> Table:
    return [[factor * (row[other] if other <= t else 0) - row[t] for t, other in enumerate(partners)] for row in values]


@_exchange(says="values are sent, not read. A thread reads from the place that it computes.")
def sent_for_fetched(values: Sequence[Sequence[int]], partners: Sequence[int], factor: int) -> Table:
    return [_exchanged(row, [partners.index(t) for t in range(len(partners))], factor) for row in values]


@_exchange(says="each thread reads its own value twice. It reads what another thread has stored.")
def own_value_twice(values: Sequence[Sequence[int]], partners: Sequence[int], factor: int) -> Table:
    return [_exchanged(row, range(len(row)), factor) for row in values]


@_exchange(says="the thread's own value is multiplied by the factor. The factor belongs to the other value.")
def factor_for_the_own_value(values: Sequence[Sequence[int]], partners: Sequence[int], factor: int) -> Table:
    return [[row[other] - factor * row[t] for t, other in enumerate(partners)] for row in values]


@_exchange(says="the two values are subtracted the wrong way round.")
def subtracted_the_other_way(values: Sequence[Sequence[int]], partners: Sequence[int], factor: int) -> Table:
    return [[-value for value in _exchanged(row, partners, factor)] for row in values]


# reduction_rounds(values, steps): the values after each round, where in a round with a step the threads t below it add
# values[t + step] to values[t] if the steps shrink, and those at multiples of twice the step if they grow.


@_rounds(says="the first round adds neighbours where it should add the farthest values, or the other way round.")
def rounds_in_the_other_order(values: Sequence[int], steps: Sequence[int]) -> Table:
    return _reduced(values, steps[::-1])


@_rounds(says="the `if` is overlooked, so that all threads add.")
def every_thread_adds(values: Sequence[int], steps: Sequence[int]) -> Table:
    return _rounded(values, steps, lambda t, step: t + step < len(values))


@_rounds(says="a value that was added is cleared. It stays where it is.")
def added_values_cleared(values: Sequence[int], steps: Sequence[int]) -> Table:
    return _rounded(values, steps, _adds(steps), clears=True)


@_rounds(says="a value is moved, not added.")
def moved_for_added(values: Sequence[int], steps: Sequence[int]) -> Table:
    return _rounded(values, steps, _adds(steps), own=0)


@_rounds(says="each line shows the values before its round. It should show those after it.")
def values_before_the_round(values: Sequence[int], steps: Sequence[int]) -> Table:
    return [list(values), *_reduced(values, steps)[:-1]]


@_rounds(says="the step stays as it was in the first round.")
def step_stays(values: Sequence[int], steps: Sequence[int]) -> Table:
    return _rounded(values, [steps[0]] * len(steps), _adds(steps))


@_rounds(says="the sum is complete after one round. A thread adds one value in a round.")
def sum_after_one_round(values: Sequence[int], steps: Sequence[int]) -> Table:
    return [[sum(values), *values[1:]] for _ in steps]


# reduction_costs(size, threads, turn): launches until one of `size` numbers is left, where a block sums as many as it has
# threads; blocks of the first launch; barriers that a block passes, one after copying and one after each round; threads of
# a block that add in a round, the first one being 1.


@_costs(says="the barrier after copying is forgotten. Values must be there before they are added.")
def barrier_after_copying_forgotten(size: int, threads: int, turn: int) -> Table:
    launches, blocks, barriers, adding = _counted(size, threads, turn)
    return [[launches, blocks, barriers - 1, adding]]


@_costs(says="each addition of a block has a barrier of its own. All additions of a round share one.")
def barrier_for_each_addition(size: int, threads: int, turn: int) -> Table:
    launches, blocks, _, adding = _counted(size, threads, turn)
    return [[launches, blocks, threads, adding]]


@_costs(says="all threads are thought to add in the first round. Half of them do: each adds two values.")
def all_threads_begin(size: int, threads: int, turn: int) -> Table:
    launches, blocks, barriers, adding = _counted(size, threads, turn)
    return [[launches, blocks, barriers, 2 * adding]]


@_costs(says="all threads of a block add in every round. Each round has half as many as the one before.")
def all_threads_in_every_round(size: int, threads: int, turn: int) -> Table:
    launches, blocks, barriers, _ = _counted(size, threads, turn)
    return [[launches, blocks, barriers, threads]]


@_costs(says="a single launch is enough. Its blocks leave a sum each, and these have to be summed, too.")
def a_single_launch(size: int, threads: int, turn: int) -> Table:
    _, *others = _counted(size, threads, turn)
    return [[1, *others]]


@_costs(says="each round has a launch of its own. A barrier separates the rounds within a launch.")
def a_launch_for_each_round(size: int, threads: int, turn: int) -> Table:
    _, *others = _counted(size, threads, turn)
    return [[(size - 1).bit_length(), *others]]


@_costs(says="the number of blocks is rounded down. The last numbers need a block, too.")
def blocks_for_full_parts_only(size: int, threads: int, turn: int) -> Table:
    launches, _, barriers, adding = _counted(size, threads, turn)
    return [[launches, size // threads, barriers, adding]]


@_costs(says="rounds are counted for all numbers at once. A block sums as many as it has threads.")
def rounds_for_all_numbers(size: int, threads: int, turn: int) -> Table:
    launches, blocks, _, adding = _counted(size, threads, turn)
    return [[launches, blocks, (size - 1).bit_length() + 1, adding]]


def _exchanged(row: Sequence[int], partners: Sequence[int], factor: int) -> list[int]:
    return [factor * row[other] - own for own, other in zip(row, partners)]


def _adds(steps: Sequence[int]) -> Adds:
    """Return which threads add: the first ones if steps shrink, those at every other multiple of the step if they grow."""
    return (lambda t, step: t < step) if steps[0] > steps[-1] else (lambda t, step: t % (2 * step) == 0)


def _reduced(values: Sequence[int], steps: Sequence[int]) -> list[list[int]]:
    return _rounded(values, steps, _adds(steps))


def _rounded(
    values: Sequence[int], steps: Sequence[int], adds: Adds, own: int = 1, clears: bool = False
) -> list[list[int]]:
    """Return the values after each round. own: how often a thread's own value counts."""
    rounds, now = [], list(values)
    for step in steps:
        before = list(now)
        for t in range(len(values)):
            if adds(t, step) and t + step < len(values):
                now[t] = own * before[t] + before[t + step]
                now[t + step] = 0 if clears else now[t + step]
        rounds.append(list(now))
    return rounds


def _counted(size: int, threads: int, turn: int) -> tuple[int, int, int, int]:
    launches, left = 0, size
    while left > 1:
        launches, left = launches + 1, -(-left // threads)
    return launches, -(-size // threads), threads.bit_length(), threads >> turn
