"""Work in shares: one compiled function, called once for each share, on all threads at once and without Python's lock.

The work may take 10 µs, so starting it must take less than one: more than to wake a sleeping thread. So a worker that is
done watches the board for a while before it goes to sleep. A caller writes there how many shares there are; each thread
takes one after the other by counting down. Whoever gets a number above 0 has that share, and the job cannot end without
it; only then does a worker read what the job is. The caller takes shares as well, so no worker needs to come.

The system may let one thread begin late, or stop it for a while. So a share of long work is not a fixed part of it: each
thread takes one portion after the other until nothing is left, and all end at about the same time.

Numba's own parallel loops watch, too, but take a second to compile, and a child forked after one dies in its next one.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from inspect import signature
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.core.callconv import RETCODE_USEREXC, excinfo_ptr_t
from numba.core.compiler import compile_internal
from numba.core.targetconfig import ConfigStack
from numba.core.typing import Context, Signature

from kernels.cpu.board import LINE, LINES, NUMBER, add, load, store, swap
from kernels.cpu.compiled import address, compiled, compiled_from, inner
from kernels.cpu.integers import smaller
from kernels.intrinsics import Intrinsic, intrinsic
from kernels.types import Integers

# Places on the board: on one line what a job is and how far it has come, on another what only callers write.
REMAINING, FUNCTION, INPUTS, SHARES, FINISHED, PROBLEM = range(6)
BUSY, WORKERS, NEVER, TOGETHER = range(LINE, LINE + 4)
ASLEEP, BELL = 2 * LINE, 2 * LINE + 1  # of the first worker; those of the next one a line further on
MOST_WORKERS = LINES - 2

C_FUNCTION = ir.FunctionType(NUMBER, 3 * [NUMBER])

LOOKS = 2**22  # before a thread goes to sleep: a millisecond
NAP = 50  # µs
PORTIONS = 16  # that a share takes on average, at most

# Python's locks, which wait without its interpreter: for so many µs at most, or for ever (-1), and not for signals (0).
_wait = types.ExternalFunction("PyThread_acquire_lock_timed", types.int32(types.intp, types.int64, types.int32))
_ring = types.ExternalFunction("PyThread_release_lock", types.void(types.intp))


def in_shares(function: Callable[..., None] | None = None, /, **options: object) -> Callable[..., Any]:
    """Compile function(*arguments, share, shares), to be called without `share`: for all shares. Raises what one raised.

    Options are Numba's. While another thread's work is under way, the caller does all shares itself.
    """
    if function is None:
        return partial(in_shares, **options)
    *names, _, _ = signature(function).parameters
    scope: dict[str, Any] = {"prepare": _preparation(function), "do": _do, "__name__": function.__module__}
    inputs = "".join(f"{name}, " for name in names)
    exec(f"def entry({inputs}shares): do(*prepare(({inputs})), shares)", scope)  # Numba wants to see each parameter
    entry: Callable[..., None] = scope["entry"]
    return compiled_from(function, entry, **options)


def _preparation(function: Callable[..., None]) -> Callable[..., Any]:
    """Return the compiled function that makes a job of its argument, a tuple of inputs."""

    @intrinsic()
    def prepare(typing_context: Context, inputs: types.BaseTuple) -> Intrinsic:
        """Return the addresses of a C function and of its inputs, which stay until the calling function returns."""

        def generate(
            context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
        ) -> ir.Value:
            place = cgutils.alloca_once_value(builder, arguments[0])
            share = _c_function(context, builder, function, inputs, arguments[0].type)
            job = builder.ptrtoint(share, NUMBER), builder.ptrtoint(place, NUMBER)
            return context.make_tuple(builder, signature.return_type, job)

        return types.UniTuple(types.int64, 2)(inputs), generate

    return prepare


def _c_function(
    context: BaseContext, builder: ir.IRBuilder, function: Callable[..., None], inputs: types.BaseTuple, struct: ir.Type
) -> ir.Function:
    """Add a C function of inputs, share and shares to the module. It returns what describes an error, or 0."""
    called = types.void(*inputs, types.int64, types.int64)
    # Compiled into the library of the function that is under way: one of its own would be made into machine code, too.
    flags = ConfigStack().top().copy()
    flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    library = context.active_code_library
    compiled = compile_internal(context.typing_context, context, library, function, called.args, types.void, flags, {})
    result = ir.Function(builder.module, C_FUNCTION, builder.module.get_unique_name("share"))
    result.linkage = "internal"
    builder = ir.IRBuilder(result.append_basic_block())
    place, *numbers = result.args
    values = cgutils.unpack_tuple(builder, builder.load(builder.inttoptr(place, struct.as_pointer())))
    values = [_borrowed(context, builder, kind, value) for kind, value in zip(inputs, values)]
    callee = context.declare_function(builder.module, compiled.fndesc)
    status, _ = context.call_conv.call_function(
        builder, callee, types.void, called.args, [*values, *numbers], attrs=["noinline"]
    )
    problem = builder.ptrtoint(status.excinfoptr, NUMBER)
    builder.ret(builder.select(status.is_error, problem, NUMBER(0)))
    return result


def _borrowed(context: BaseContext, builder: ir.IRBuilder, kind: types.Type, value: ir.Value) -> ir.Value:
    """Return the value, an array without its count of references: threads that change it at once would hinder each other.

    The calling function has a reference until all shares are done.
    """
    if not isinstance(kind, types.Array):
        return value
    array = context.make_array(kind)(context, builder, value)
    array.meminfo, array.parent = (cgutils.get_null_value(part.type) for part in (array.meminfo, array.parent))
    return array._getvalue()


@intrinsic()
def _call(
    typing_context: Context, function: types.Integer, first: types.Integer, second: types.Integer, third: types.Integer
) -> Intrinsic:
    """Call the C function at this address."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        function, *numbers = arguments
        return builder.call(builder.inttoptr(function, C_FUNCTION.as_pointer()), numbers)

    return types.int64(*4 * [types.int64]), generate


@intrinsic()
def _raise(typing_context: Context, problem: types.Integer) -> Intrinsic:
    """Raise the error that is described there, unless it is 0."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        described = builder.inttoptr(arguments[0], excinfo_ptr_t)
        with builder.if_then(cgutils.is_not_null(builder, described), likely=False):
            status = context.call_conv._get_return_status(builder, RETCODE_USEREXC, described)
            context.call_conv.return_status_propagate(builder, status)
        return context.get_dummy_value()

    return types.void(types.int64), generate


@inner
def _do(function: int, inputs: int, shares: int) -> None:
    """Do all shares of a job, on all threads once there are several. Raises what one of the shares raised."""
    if shares == 1 or not load(TOGETHER) or swap(BUSY, 1):
        problem = share = 0
        while share < shares:
            problem = _call(function, inputs, share, shares) or problem
            share += 1
    else:
        problem = _call(load(TOGETHER), function, inputs, shares)
    _raise(problem)


@compiled(no_cfunc_wrapper=False)
def _do_together(function: int, inputs: int, shares: int) -> int:
    """Do all shares of a job on all threads, and return the problem of one of them, or 0."""
    expected = load(FINISHED) + shares
    store(FUNCTION, function)
    store(INPUTS, inputs)
    store(SHARES, shares)
    swap(REMAINING, shares)
    for worker in range(smaller(shares - 1, load(WORKERS))):
        if load(ASLEEP + worker * LINE) and swap(ASLEEP + worker * LINE, 0):
            _ring(load(BELL + worker * LINE))
    while _take_share():
        expected -= 1
    looks = LOOKS
    while load(FINISHED) < expected:
        if looks:
            looks -= 1
        else:
            _wait(load(NEVER), NAP, 0)
    problem: int = load(PROBLEM) and swap(PROBLEM, 0)
    store(BUSY, 0)
    return problem


def together() -> int:
    """Return the address of the C function that does so. It is compiled only where there is work for several threads."""
    return address(_do_together, 3 * (types.int64,))


@inner
def _take_share() -> bool:
    """Do a share if one remains, and return whether one did."""
    remaining = add(REMAINING, -1) if load(REMAINING) > 0 else 0
    if remaining > 0:
        shares = load(SHARES)
        problem = _call(load(FUNCTION), load(INPUTS), shares - remaining, shares)
        if problem:
            swap(PROBLEM, problem)
    return remaining > 0


@compiled
def work(board: Integers, worker: int) -> None:
    """Do shares for ever. The board stays in memory as long as somebody works."""
    asleep, looks = ASLEEP + worker * LINE, LOOKS
    while True:
        if _take_share():
            add(FINISHED, 1)
            looks = LOOKS
        elif looks:
            looks -= 1
        else:
            swap(asleep, 1)
            if load(REMAINING) <= 0 or not swap(asleep, 0):  # nothing has come meanwhile, or the caller rings in any case
                _wait(load(BELL + worker * LINE), -1, 0)
            looks = LOOKS


@intrinsic()
def _take(typing_context: Context, taken: types.Array) -> Intrinsic:
    """Return the number in taken[0] and add one to it, as one step: no two threads get the same number."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        taken = context.make_array(signature.args[0])(context, builder, arguments[0])
        return builder.atomic_rmw("add", taken.data, NUMBER(1), "monotonic")

    return types.int64(taken), generate


@inner
def handed_out(tasks: int, taken: Integers, shares: int) -> Iterator[int]:
    """Yield tasks, numbered from 0: the next few that no share has taken, again and again until none is left.

    taken is an array of one 0 that all shares of a call have in common.
    """
    portions = smaller(tasks, PORTIONS * shares)
    portion = _take(taken)
    while portion < portions:
        for task in range(tasks * portion // portions, tasks * (portion + 1) // portions):  # noqa: UP028
            yield task  # Numba does not know "yield from"
        portion = _take(taken)
