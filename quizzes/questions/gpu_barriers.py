"""Threads of a block that share memory: what they read there, where they must wait, when they race, how they sum."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from math import gcd

from quizzes.question import Grid, Question, distractors, load, require
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed, minus
from quizzes.tools.independent import in_brackets
from quizzes.tools.statements import Statement, ticked

TOPIC = "Barriers and races"
BLOCK = 4  # threads whose values are followed one by one


@template(
    "Values through shared memory",
    topic=TOPIC,
    difficulty=2,
    minutes=4,
    tells=5,
    operations=(16, 16),
    largest=(20, 90),
    negatives=(0, 8),
)
def values_through_shared_memory(draw: Draw) -> Question:
    values, factor = draw.sample(range(1, 21), 2 * BLOCK, "values"), draw.between(2, 4, "factor")
    shift = draw.between(1, BLOCK - 1, "shift")
    require(shift < BLOCK, "a shift to a thread of the block")
    code, partners = draw.choice(
        (
            (f"(t + {shift}) % {BLOCK}", [(t + shift) % BLOCK for t in range(BLOCK)]),
            (f"{BLOCK - 1} - t", [BLOCK - 1 - t for t in range(BLOCK)]),
            (f"t ^ {shift}", [t ^ shift for t in range(BLOCK)]),
        )
    )
    blocks = [values[:BLOCK], values[BLOCK:]]
    key = [[factor * row[partners[t]] - row[t] for t in range(BLOCK)] for row in blocks]
    output = [0] * len(values)
    for i, value in enumerate(values):  # each value goes where it is wanted
        first = i - i % BLOCK
        output[first + partners.index(i % BLOCK)] += factor * value
        output[i] -= value
    return Question(
        stem="A kernel passes values through shared memory.\n\n```python\n@cuda.jit\ndef exchange(values, output):\n"
        f"    s = cuda.shared.array({BLOCK}, int32)\n    t, i = cuda.threadIdx.x, cuda.grid(1)\n    s[t] = values[i]\n"
        f"    cuda.syncthreads()\n    output[i] = {factor} * s[{code}] - s[t]\n```\n\n`values` holds {listed(values)}. "
        f"What does `output` hold after `exchange[2, {BLOCK}](values, output)`?",
        key=Grid(tuple(map(tuple, key)), ("block 0", "block 1"), tuple(f"thread {t}" for t in range(BLOCK))),
        check=[output[:BLOCK], output[BLOCK:]],
        wrong=distractors("exchange", blocks, partners, factor),
        steps=[
            f"Each block has shared memory of its own: that of block 0 holds {listed(blocks[0])}, that of block 1 "
            f"{listed(blocks[1])}. At the barrier all threads of a block wait until its values are there.",
            "; ".join(f"thread {t} reads the value of thread {other}" for t, other in enumerate(partners)).capitalize()
            + ", each in its own block.",
            f"In block 0 thread 0 writes ${factor} \\cdot {blocks[0][partners[0]]} - {blocks[0][0]} = {key[0][0]}$, in "
            f"block 1 ${factor} \\cdot {blocks[1][partners[0]]} - {blocks[1][0]} = {key[1][0]}$.",
        ],
        load=load(16, [*values, key]),
    )


@template(
    "Reduction step by step",
    topic=TOPIC,
    difficulty=2,
    minutes=4,
    tells=5,
    operations=(7, 7),
    largest=(20, 120),
    negatives=(1, 6),
)
def reduction_step_by_step(draw: Draw) -> Question:
    values = draw.sample([value for value in range(-9, 30) if value], 8, "values")
    grows = draw.choice((False, True))
    steps = [1, 2, 4] if grows else [4, 2, 1]
    shown = [0, 2, 4, 6] if grows else [0, 1, 2, 3]
    start, keeps_on, adds, goes_on = (
        ("1", "step < 8", "t % (2 * step) == 0", "step *= 2") if grows else ("4", "step > 0", "t < step", "step //= 2")
    )
    adding = [range(0, 8, 2 * step) if grows else range(step) for step in steps]
    rounds, now = [], values
    for step, threads in zip(steps, adding):
        now = [value + now[t + step] if t in threads else value for t, value in enumerate(now)]
        rounds.append(now)
    return Question(
        stem="The 8 threads of a block run this loop; `t` is the thread's number.\n\n```python\n"
        f"step = {start}\nwhile {keeps_on}:\n    if {adds}:\n        s[t] += s[t + step]\n    cuda.syncthreads()\n"
        f"    {goes_on}\n```\n\nAt first, `s` holds {minus(listed(values))}. What do these elements of `s` hold after "
        f"each round?",
        key=Grid(
            tuple(tuple(row[t] for t in shown) for row in rounds),
            tuple(f"round {number}" for number in (1, 2, 3)),
            tuple(f"s[{t}]" for t in shown),
        ),
        check=_sums_of_strides(values, steps, shown),
        wrong=distractors("reduction_rounds", values, steps, part=lambda rows: [[row[t] for t in shown] for row in rows]),
        steps=[
            _round_told(number, *each) for number, each in enumerate(zip(steps, [values, *rounds], rounds, adding), start=1)
        ]
        + ["In the end, `s[0]` is the sum of all values. Values that were added stay where they are."],
        load=load(7, [values, *rounds]),
    )


@template(
    "What a reduction takes",
    topic=TOPIC,
    difficulty=3,
    minutes=4,
    tells=5,
    operations=(8, 20),
    largest=(2_000, 2_000_000),
)
def reduction_in_rounds(draw: Draw) -> Question:
    threads, size = draw.choice((64, 128, 256, 512, 1024), "threads"), draw.between(2_000, 99_999, "numbers")
    turn = draw.between(2, 5, "round")
    require(size > threads and size % threads > 0, "more numbers than a block sums, which its threads do not divide")
    require(threads >> turn > 0, "a round that the block has")
    left = [size]
    while left[-1] > 1:
        left.append(-(-left[-1] // threads))
    halvings = threads.bit_length() - 1
    adding = [threads // 2]
    while adding[-1] > 1:
        adding.append(adding[-1] // 2)
    return Question(
        stem=f"{size} numbers are to be summed in blocks of {threads} threads. In a launch each block copies the next "
        f"{threads} numbers into shared memory, one in each thread (0 where none are left), and waits at a barrier. Then "
        "it adds in rounds, each with a barrier at its end: in every round the first half of the numbers that are left "
        "each get one of the second half added, until one is left, which the block writes. The same kernel then sums what "
        "the blocks have written, until one number is left in all. How many launches are needed, and how many blocks does "
        "the first one have? How many barriers does each of its blocks pass, and how many threads of a block add in round "
        f"{turn} (the first one is round 1)?",
        key=Grid(
            ((len(left) - 1, left[1], halvings + 1, threads // 2**turn),), (), ("launches", "blocks", "barriers", "adding")
        ),
        check=[[_launches(size, threads), len(range(0, size, threads)), 1 + len(adding), adding[turn - 1]]],
        wrong=distractors("reduction_costs", size, threads, turn),
        steps=[
            f"The first launch has ${size} / {threads}$ blocks, rounded up: {left[1]}.",
            f"Each launch leaves a number for each block: {listed(left[1:])}. That takes {len(left) - 1} launches.",
            f"{threads} numbers are halved {halvings} times until one is left: {halvings} barriers, and one after copying.",
            f"In round 1, {threads // 2} threads add, in each further round half as many: {threads // 2**turn} in round "
            f"{turn}.",
        ],
        load=load(2 * halvings + len(left) - 1 + 1, [size]),
    )


Places = Collection[int]


def _none(thread: int) -> Places:
    return ()


def _own(thread: int) -> Places:
    return (thread,)


@dataclass(frozen=True)
class Line:
    """A line that all threads run: its code, and which places of shared memory a thread reads and writes."""

    code: str
    reads: Callable[[int], Places] = _none
    writes: Callable[[int], Places] = _none


# Loops of five lines: each writes shared memory (w), reads what other threads write (r), or does neither (-). Each needs
# other barriers, and one smallest set of them is enough: where a write and a read meet, no line stands between them.
LOOPS = "wrwww wrrww wr-rw wr-rr wwrww wwrrw wwr-r w-wrw w-wrr ww-wr wrwrw wrwrr wrwwr wwrwr".split()


@template("Barriers that are needed", topic=TOPIC, difficulty=4, minutes=4, operations=(5, 5), largest=(64, 256))
def barriers_that_are_needed(draw: Draw) -> Question:
    threads, loop = draw.choice((64, 96, 128, 192, 256), "threads"), draw.choice(LOOPS)
    first = 5  # line of the loop's body
    lines = [_line(draw, kind, threads, at == 0) for at, kind in enumerate(loop)]
    program = [
        f"s = cuda.shared.array({threads}, int32)",
        "t = cuda.threadIdx.x",
        "total = 0",
        f"for n in range({draw.between(3, 9, 'rounds')}):",
        *(f"    {line.code}" for line in lines),
        "output[cuda.grid(1)] = total",
    ]
    after = range(len(lines))
    needed = [{loop[at], loop[(at + 1) % len(loop)]} == {"w", "r"} for at in after]
    require(not _race(lines, threads, [at for at in after if needed[at]]), "barriers enough")
    statements = []
    for at in after:
        line, follows = first + at, first + (at + 1) % len(loop)
        following = f"line {follows}" + (" of the next round" if follows < line else "")
        if not needed[at]:
            reason = f"In line {line} and {following} no thread touches an element that another thread writes."
        elif loop[at] == "w":
            reason = f"Line {line} writes elements that other threads read in {following}."
        else:
            reason = f"Line {line} reads elements that other threads write in {following}."
        statements.append(
            Statement(
                f"after line {line}",
                needed[at],
                _race(lines, threads, [other for other in after if other != at]),
                "a barrier where nobody waits for others",
                reason,
                f"Right. {reason}",
                f"After line {line}: {'yes' if needed[at] else 'no'}. {reason}",
            )
        )
    return Question(
        stem=f"A kernel for blocks of {threads} threads still lacks its barriers.\n\n{_numbered(program)}\n\nAfter which "
        f"lines of the loop is `cuda.syncthreads()` needed, so that no two threads race? Tick all of these lines, and no "
        "others.",
        **ticked(statements),
        steps=[
            "A barrier is needed where one thread writes an element of `s` and another thread reads it in the line before "
            "or after. "
            "The last line of the loop is followed by its first line again.",
        ],
        load=load(len(lines), [threads]),
        offered=len(lines),
    )


@template("Lines that race", topic=TOPIC, difficulty=3, minutes=4, operations=(5, 5), largest=(64, 256))
def lines_that_race(draw: Draw) -> Question:
    threads = draw.choice((64, 96, 128, 192, 256), "threads")
    statements = []
    for line, races, reason in _single_lines(draw, threads):
        statements.append(
            Statement(
                f"`{line.code}`",
                races,
                _race([line], threads, [0]),
                "a race seen where there is none",
                reason,
                f"Right. {reason}",
                f"`{line.code}`: {reason}",
            )
        )
    return Question(
        stem=f"The {threads} threads of a block all run the same line, each with its own number `t`, from 0 to "
        f"{threads - 1}. There is a barrier before the line and another one after it; `s` is a shared array of 4096 "
        "integers. Which of these lines cause a race? Tick all that apply.",
        **ticked(statements),
        steps=[
            "Two threads race if they touch the same element, at least one of them writes, and nothing orders them. "
            "Atomic operations on an element do not race with each other.",
        ],
        load=load(5, [threads]),
        offered=5,
    )


def _line(draw: Draw, kind: str, threads: int, begins: bool) -> Line:
    """Draw a line of a loop; the first one stores values, which others may then change."""
    number = draw.between(2, 9)
    match kind:
        case "w" if begins:
            code = draw.choice((f"s[t] = {number} * n + t", "s[t] = values[n, t]", f"s[t] = total + {number} * t"))
            return Line(code, writes=_own)
        case "w":
            code = draw.choice((f"s[t] += {number}", f"s[t] = {number} * s[t]", f"s[t] = {number} - s[t]"))
            return Line(code, reads=_own, writes=_own)
        case "r":
            places: dict[str, Callable[[int], Places]] = {
                f"(t + {number}) % {threads}": lambda t: [(t + number) % threads],
                f"{threads - 1} - t": lambda t: [threads - 1 - t],
                f"(t + {threads // 2}) % {threads}": lambda t: [(t + threads // 2) % threads],
                f"{number}": lambda t: [number],
            }
            index = draw.choice(tuple(places))
            return Line(f"total {draw.choice('+-')}= s[{index}]", reads=places[index])
        case "-":
            return draw.choice(
                (Line("total += s[t]", reads=_own), Line(f"total = {number} * total"), Line(f"total += {number} * n"))
            )
    raise ValueError(f"there is no kind of line {kind!r}")


def _single_lines(draw: Draw, threads: int) -> list[tuple[Line, bool, str]]:
    """Draw lines, with whether they race and why, by what their indices say."""
    near, far = draw.between(1, threads - 1), draw.between(threads, 2 * threads)
    shift, period = draw.choice((near, far)), draw.choice((draw.between(3, threads - 1), threads, far))
    factor, group, place = draw.between(2, 9), draw.between(2, 9), draw.between(0, threads - 1)
    step, modulus = draw.between(2, 12), draw.choice((threads, 2 * threads, threads + 1, 3 * threads))
    half, mask, last = draw.between(8, threads // 2), draw.between(1, 31), threads - 1
    upper = draw.choice((half, half - 1))
    comes_back = modulus // gcd(step, modulus)  # the first thread after 0 with the place of thread 0
    return [
        (Line(f"s[t] = {factor} * s[t]", _own, _own), False, "Each thread reads and writes only its own element."),
        (
            Line(f"s[t] = s[t + {shift}]", lambda t: [t + shift], _own),
            shift < threads,
            f"Thread 0 reads element {shift}, which thread {shift} writes."
            if shift < threads
            else f"The elements that are read begin with {shift}, and those that are written end with {last}.",
        ),
        (Line(f"s[{factor} * t] = t", writes=lambda t: [factor * t]), False, "Different threads write different elements."),
        (Line(f"s[t // {group}] = t", writes=lambda t: [t // group]), True, "Threads 0 and 1 both write element 0."),
        (
            Line(f"s[t % {period}] += 1", lambda t: [t % period], lambda t: [t % period]),
            period < threads,
            f"Threads 0 and {period} both change element 0."
            if period < threads
            else "The remainder is `t` itself: each thread changes its own element.",
        ),
        (
            Line(f"cuda.atomic.add(s, t % {group}, 1)"),
            False,
            "Atomic additions to an element happen one after the other, in any order.",
        ),
        (
            Line(f"s[{step} * t % {modulus}] = t", writes=lambda t: [step * t % modulus]),
            comes_back < threads,
            f"Threads 0 and {comes_back} both write element 0."
            if comes_back < threads
            else f"Elements repeat after {comes_back} threads at the earliest, and there are only {threads}.",
        ),
        (
            Line(
                f"if t < {half}: s[t] += s[t + {upper}]",
                lambda t: [t, t + upper] if t < half else [],
                lambda t: [t] if t < half else [],
            ),
            upper < half,
            f"Thread 0 reads element {upper}, which thread {upper} changes."
            if upper < half
            else f"Elements below {half} are changed, each by its own thread; the others are only read.",
        ),
        (Line(f"s[{last} - t] = t", writes=lambda t: [last - t]), False, "Different threads write different elements."),
        (
            Line(f"s[t] = s[{last} - t]", lambda t: [last - t], _own),
            True,
            f"Thread 0 reads element {last}, which thread {last} writes.",
        ),
        (
            Line(f"s[{place}] = t", writes=lambda t: [place]),
            True,
            f"All threads write element {place}, each a different number.",
        ),
        (
            Line(f"total = s[t // {group}] + s[{place}]", lambda t: [t // group, place]),
            False,
            "No thread writes: threads may read the same element at any time.",
        ),
        (
            Line(f"s[t ^ {mask}] = t", writes=lambda t: [t ^ mask]),
            False,
            "Flipping the same bits of different numbers gives different numbers.",
        ),
    ]


def _race(loop: Sequence[Line], threads: int, barriers: Collection[int]) -> bool:
    """Run a loop twice with a barrier after some of its lines, and see whether two threads race."""
    readers: defaultdict[int, set[int]] = defaultdict(set)
    writers: defaultdict[int, set[int]] = defaultdict(set)
    for at in [*range(len(loop)), *range(len(loop))]:
        for thread in range(threads):
            for place in loop[at].reads(thread):
                readers[place].add(thread)
            for place in loop[at].writes(thread):
                writers[place].add(thread)
        if any(len(who | readers[place]) > 1 for place, who in writers.items()):
            return True
        if at in barriers:
            readers.clear()
            writers.clear()
    return False


def _numbered(lines: Sequence[str]) -> str:
    """Write lines of code with their numbers behind them."""
    widest = max(map(len, lines))
    return "\n".join(["```python", *(f"{line:{widest}}  # {number}" for number, line in enumerate(lines, start=1)), "```"])


def _sums_of_strides(values: Sequence[int], steps: Sequence[int], shown: Sequence[int]) -> list[list[int]]:
    """Return what places hold after each round, as sums of values from the beginning: neighbours if steps grow."""
    rows = []
    for done in range(1, len(steps) + 1):
        if steps[0] == 1:
            rows.append([sum(values[t : t + min(2**done, t & -t or len(values))]) for t in shown])
        else:
            rows.append([sum(values[t :: min((step for step in steps[:done] if step > t), default=8)]) for t in shown])
    return rows


def _round_told(number: int, step: int, before: Sequence[int], after: Sequence[int], adding: Iterable[int]) -> str:
    sums = [f"${before[t]} + {in_brackets(before[t + step])} = {after[t]}$ in `s[{t}]`" for t in adding]
    return f"Round {number}, with a step of {step}: {listed(sums)}."


def _launches(size: int, threads: int) -> int:
    """Return in how many launches one number is left: each can sum as many times more numbers as a block has threads."""
    launches, reached = 0, 1
    while reached < size:
        launches, reached = launches + 1, reached * threads
    return launches
