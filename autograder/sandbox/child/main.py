"""The process in which a student's code runs. The grader trusts nothing in here: it sends data, never a verdict.

Its argument is a JSON text: where packages are installed, which are allowed, and whether to be a template. A
template imports once what its workers need, runs no student code, and forks a worker whenever it is asked to. A worker on
its own imports NumPy, then reads its settings from standard input.

A worker reads requests from standard input and answers on standard output, both moved away before student code sees them.
Before some requests comes their number; it answers one after the other, until one does not return or returns too much.
What the student prints goes to standard error, where the grader collects it. A forked worker writes its stack to a fourth
channel when it gets the signal SHOW_STACK.
"""

import contextlib
import ctypes
import faulthandler
import functools
import gc
import importlib
import json
import linecache
import os
import signal
import socket
import sys
import traceback
from collections.abc import Collection, Iterable
from types import ModuleType
from typing import Any, BinaryIO, NoReturn

PRINTED_SO_FAR = b"\x00\x1econvgrade\x1e\x00"  # ends what one call printed
NO_MEMORY = 77  # the exit status that means this
CHANNELS = 4  # of a forked worker: requests, replies, what is printed, its stack
SOURCES = "sources"  # the module that reads a submission's files, before any of them has run
SHOW_STACK = getattr(signal, "SIGUSR1", 10)  # Windows has no such signal, and forks no worker
LARGEST_SETTINGS = 65536
DEEPEST_CAUSE = 20
MOST_FRAMES = 5  # lines of the student's
MOST_BYTES = 4 * 1024**2  # of an answer that can be a right one: after a larger one, no more calls that were sent with it
_harnesses: dict[str, ModuleType] = {}
NOT_DUMPABLE, ADOPT_ORPHANS = 4, 36  # PR_SET_DUMPABLE and PR_SET_CHILD_SUBREAPER of <linux/prctl.h>

Settings = dict[str, Any]  # what the grader says about a worker, as JSON


def main() -> None:
    """Import what is allowed, then become a worker or a template."""
    setup = json.loads(sys.argv[1])
    here, python = os.path.dirname(os.path.abspath(__file__)), list(sys.path)
    reachable = True
    sys.path[:] = [here, *python, *setup["libraries"]]
    import forbidden
    import landlock_paths
    import layers
    import packages
    import python_mount

    if setup["closed"]:
        reachable = python_mount.open_the_way(setup["closed"])
    places, found_in = packages.places(setup["packages"], setup["libraries"]), [setup["linked"]]
    missing: dict[str, str] = {}
    try:
        packages.link(places, setup["linked"])
    except OSError as error:  # Windows lets only administrators and developers do that
        packages.find_by_name(places)
        found_in, missing = [], {"packages by list": str(error)}
    readable, groups = [*landlock_paths.readable(), *places, *found_in], packages.groups(places)
    sys.path[:] = [here, *found_in, *python]
    import sources
    import wire

    sys.path.remove(here)
    if setup["template"]:
        layers.prepare()
        for asked_later in ("numpy.ma", "resource"):  # np.median and a layer import these: no worker should wait for them
            importlib.import_module(asked_later)
        settings, harness = _breed(socket.socket(fileno=os.dup(0)), reachable, here)
        requests, replies = _take_private_channels()
    else:
        requests, replies = _take_private_channels()
        settings = json.loads(requests.readline())
        harness, settings["modules"] = _harness(settings["harness"], here), _modules(here)
    settings["readable"] += readable
    settings["groups"], settings["missing"] = groups, missing
    _confine(settings, layers, forbidden)
    _forget(settings["modules"], but=("__main__", "wire", settings["harness"]))
    try:
        _serve(requests, replies, settings, {True: harness, SOURCES: sources}, wire)
    except MemoryError:  # not enough is left even to say so
        os._exit(NO_MEMORY)


def _harness(name: str | None, here: str) -> ModuleType | None:
    """Return the module of this folder that answers for the student's code, imported once in a template."""
    if name is not None and name not in _harnesses:
        sys.path.insert(0, here)
        _harnesses[name] = importlib.import_module(name)
        sys.path.remove(here)
        _modules.cache_clear()
        gc.freeze()  # collections in workers then leave the shared pages alone
    sys.path_importer_cache.clear()  # what was seen in folders that are closed to the worker
    return _harnesses[name] if name else None


def _breed(control: socket.socket, reachable: bool, here: str) -> tuple[Settings, ModuleType | None]:
    """Fork a worker for each message with settings and channels; in the worker, return the settings and the harness."""
    gc.freeze()
    libc = ctypes.CDLL(None)
    libc.prctl(NOT_DUMPABLE, 0)  # a worker of the same user may not reach into the template's memory
    libc.prctl(ADOPT_ORPHANS, 1)  # what a worker leaves behind becomes a child of the template, which can end it
    workers: set[int] = set()
    while True:
        message, channels, _, _ = socket.recv_fds(control, LARGEST_SETTINGS, CHANNELS)
        if not message:  # the grader has gone
            _end_orphans(workers=set())
            os._exit(0)
        request = json.loads(message)
        if "reachable" in request:
            control.send(json.dumps(reachable).encode())
            continue
        if "ended" in request:
            pid, status, used = os.wait4(request["ended"], os.WNOHANG)
            if pid:
                workers.remove(pid)
                _end_orphans(workers)
            ended = [os.waitstatus_to_exitcode(status), used.ru_maxrss * 1024] if pid else None
            control.send(json.dumps(ended).encode())
            continue
        if "end" in request:
            _end(request["end"], request["user"], workers)
            control.send(b"null")
            continue
        harness, request["modules"] = _harness(request["harness"], here), _modules(here)
        pid = os.fork()
        if pid == 0:
            control.close()
            os.setsid()
            *standard, stack = channels
            for place, channel in enumerate(standard):
                os.dup2(channel, place)
                os.close(channel)
            faulthandler.register(SHOW_STACK, stack, all_threads=False)
            return request, harness
        for channel in channels:
            os.close(channel)
        workers.add(pid)
        control.send(json.dumps(pid).encode())


def _end(worker: int, user: int | None, workers: set[int]) -> None:
    """Kill a worker with all that it has started. user: its own, if it has one."""
    if worker in workers:
        for end in (os.killpg, os.kill):  # the group first; it has none yet if it was forked a moment ago
            with contextlib.suppress(ProcessLookupError):
                end(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        workers.remove(worker)
    # What left the group is now a child of this process, wherever the kernel lists those, and still has its user.
    if user is not None and _orphans(workers) != set():
        killer = os.fork()
        if killer == 0:
            try:
                os.setresuid(user, user, user)
                os.kill(-1, signal.SIGKILL)
            finally:
                os._exit(0)
        os.waitpid(killer, 0)
    _end_orphans(workers)


def _orphans(workers: set[int]) -> set[int] | None:
    """Return the children that are not workers; None if an unusual kernel does not list children."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as children:
            return {int(child) for child in children.read().split()} - workers
    except FileNotFoundError:
        return None


def _end_orphans(workers: set[int]) -> None:
    """Kill every child but the workers, until no more turn up: one that is killed leaves its own children behind."""
    while orphans := _orphans(workers):
        for orphan in orphans:
            os.kill(orphan, signal.SIGKILL)
        for orphan in orphans:
            os.waitpid(orphan, 0)


def _confine(settings: Settings, layers: ModuleType, forbidden: ModuleType) -> None:
    os.environ.clear()
    os.environ.update(settings["environment"])
    os.chdir(settings["folder"])
    settings["missing"] |= layers.confine(settings)
    sys.path.insert(0, settings["folder"])  # a submission's helper modules are found as if its file had been run
    forbidden.watch()


@functools.cache
def _modules(here: str) -> list[str]:
    """Return the names of this folder's modules. Called in the template, since looking at all modules would copy them."""
    return [name for name, one in sys.modules.items() if os.path.dirname(getattr(one, "__file__", None) or "") == here]


def _forget(names: Iterable[str], but: Collection[str]) -> None:
    """Free the names of this folder's modules for the student's own: layers.py is a likely one."""
    for name in names:
        if name not in but:
            del sys.modules[name]


def _serve(
    requests: BinaryIO, replies: BinaryIO, settings: Settings, ours: dict[bool | str, ModuleType | None], wire: ModuleType
) -> NoReturn:
    """Answer calls until the grader is gone. ours: the modules that answer them if the student's does not."""

    def read(count: int) -> bytes:
        content = requests.read(count)
        if len(content) < count:
            os._exit(0)  # the grader has gone
        return content

    def answer(packed: bytes) -> None:
        replies.write(packed)
        replies.flush()

    answer(wire.pack({"missing": settings["missing"]}))
    student: ModuleType | None = None
    while True:
        for message in [wire.receive(read) for _ in range(wire.unpack(wire.receive(read)))]:
            request = wire.unpack(message)
            arguments, options = request["arguments"], request["options"]
            try:
                if student is None and settings["module"] and request["harness"] != SOURCES:
                    student = importlib.import_module(settings["module"])
                if request["harness"]:
                    called = getattr(ours[request["harness"]], request["function"])
                    reply = {"result": called(student, *arguments, **options)}
                elif not hasattr(student, request["function"]):
                    reply = {"absent": request["function"]}
                else:
                    reply = {"result": getattr(student, request["function"])(*arguments, **options)}
                    given = {"arguments": arguments, "options": options}
                    if not wire.ends_with(message, given):  # the call has changed them: the grader must see how
                        reply |= given
                packed = wire.pack(reply)
                goes_on = "result" in reply and len(packed) <= MOST_BYTES
            except BaseException as error:  # also a student's SystemExit and KeyboardInterrupt
                goes_on = False
                if isinstance(error, AttributeError) and student is not None and error.obj is student:
                    packed = wire.pack({"absent": error.name})  # a harness asked for it
                else:
                    asked = getattr(student, request["function"], None)
                    described = _describe(error, settings["folder"], settings["home"], asked)
                    packed = wire.pack({**described, "importing": student is None})
            _finish_printing()
            answer(packed)
            if not goes_on:
                break


def _take_private_channels() -> tuple[BinaryIO, BinaryIO]:
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return requests, replies


def _finish_printing() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    with contextlib.suppress(OSError):
        os.write(2, PRINTED_SO_FAR)


def in_student_terms(text: str, folder: str, home: str) -> str:
    """Return a text with the names of a submission's files as its author knows them, wherever the files are here.

    folder: of the file that runs. home: the worker's scratch folder.
    """
    for path, itself, inside in ((folder, ".", ""), (home, "~", "~/")):
        for written in (str, _within_quotes):
            text = text.replace(written(os.path.join(path, "")), inside).replace(written(path), itself)
    return text


def _within_quotes(path: str) -> str:
    """Return a path as repr writes it, which doubles Windows' backslashes."""
    return repr(path)[1:-1]


def _describe(error: BaseException, folder: str, home: str, asked: object) -> dict[str, object]:
    """Return an exception as data: its kind, its message and the student's own lines. asked: the called function."""
    error = _reason(error)
    kinds, message = [kind.__name__ for kind in type(error).__mro__], _message(error)
    try:
        frames = [*_causes(error, folder), *(_lines(error, folder) or _definition(asked, folder))]
        if isinstance(error, SyntaxError) and error.filename:
            frames.append(f"{os.path.basename(error.filename)} line {error.lineno}: {(error.text or '').strip()[:200]}")
            message = error.msg
    except BaseException:
        frames = []
    module = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
    return {
        "raised": kinds,
        "message": in_student_terms(message, folder, home),
        "frames": [in_student_terms(frame, folder, home) for frame in dict.fromkeys(frames)][-MOST_FRAMES:],
        "module": str(module or "").split(".")[0],
    }


def _lines(error: BaseException, folder: str) -> list[str]:
    """Return the student's own lines of a traceback, as texts; the line that raised comes last."""
    frames = traceback.extract_tb(error.__traceback__)
    return [_line(frame.filename, frame.lineno or 0, folder) for frame in frames if _is_own(frame.filename, folder)]


def _causes(error: BaseException, folder: str) -> list[str]:
    """Return, for each exception that led to this one, the student's line that raised it, the earliest first."""
    lines: list[str] = []
    for _ in range(MOST_FRAMES):
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is None:
            break
        error = cause
        said = f"{type(error).__name__}: {_message(error)}".splitlines()[0].rstrip(": ")[:200]
        lines = [*(f"{line}  # raised {said}" for line in _lines(error, folder)[-1:]), *lines]
    return lines


def _message(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except BaseException:
        return ""


def _definition(asked: object, folder: str) -> list[str]:
    """Return the line where a function begins, if it was called with arguments that it does not take."""
    code = getattr(asked, "__code__", None)
    return [_line(code.co_filename, code.co_firstlineno, folder)] if code and _is_own(code.co_filename, folder) else []


def _line(file: str, number: int, folder: str) -> str:
    return f"{os.path.relpath(file, folder)} line {number}: {linecache.getline(file, number).strip()[:200]}"


def _is_own(file: str, folder: str) -> bool:
    return os.path.abspath(file).startswith(os.path.join(folder, "")) and not file.startswith("<")


def _reason(error: BaseException) -> BaseException:
    """Return the Forbidden behind an exception, if there is one: libraries wrap it in their own."""
    cause: BaseException | None = error
    for _ in range(DEEPEST_CAUSE):
        if cause is None or type(cause).__name__ == "Forbidden":
            return cause or error
        cause = cause.__cause__ or cause.__context__
    return error


if __name__ == "__main__":
    main()
