"""The process in which a student's code runs. Nothing in here is believed by the grader: it sends data, never a verdict.

Started with a JSON text as its argument: where packages are installed, which of them are allowed, and whether to be a
template. A template imports what its workers need once, runs no student code, and forks a worker whenever it is asked; a
worker on its own imports NumPy, and then reads its settings from standard input.

A worker reads requests from standard input and answers on standard output, both moved away before student code sees them.
What the student prints goes to standard error, where the grader collects it. A forked one writes its stack into a fourth
channel when SHOW_STACK reaches it.
"""

import contextlib
import ctypes
import faulthandler
import gc
import importlib
import json
import linecache
import os
import signal
import socket
import sys
import traceback
import types

PRINTED_SO_FAR = b"\x00\x1econvgrade\x1e\x00"  # ends what one call printed
NO_MEMORY = 77  # the exit status that says so
CHANNELS = 4  # of a forked worker: requests, replies, what is printed, its stack
SHOW_STACK = getattr(signal, "SIGUSR1", 10)  # Windows has no such signal, and forks no worker
LARGEST_SETTINGS = 65536
DEEPEST_CAUSE = 20
MOST_FRAMES = 5  # lines of the student's
_harnesses: dict[str | None, types.ModuleType | None] = {None: None}
NOT_DUMPABLE, ADOPT_ORPHANS = 4, 36  # PR_SET_DUMPABLE and PR_SET_CHILD_SUBREAPER of <linux/prctl.h>


def main():
    """Import what is allowed, then be a worker or breed workers."""
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
    places, found_in, missing = packages.places(setup["packages"], setup["libraries"]), [setup["linked"]], {}
    try:
        packages.link(places, setup["linked"])
    except OSError as error:  # Windows lets only administrators and developers do that
        packages.find_by_name(places)
        found_in, missing = [], {"packages by list": str(error)}
    readable, groups = [*landlock_paths.readable(), *places, *found_in], packages.groups(places)
    sys.path[:] = [here, *found_in, *python]
    import wire

    sys.path.remove(here)
    if setup["template"]:
        layers.prepare()
        import numpy.ma  # noqa: F401 (np.median asks for it when it is called first, and no worker is to wait for it)

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
        _serve(requests, replies, settings, harness, wire)
    except MemoryError:  # not even enough is left to tell of it
        os._exit(NO_MEMORY)


def _harness(name, here):
    """Return the module of this folder that answers for the student's code, imported once in a template."""
    if name not in _harnesses:
        sys.path.insert(0, here)
        _harnesses[name] = importlib.import_module(name)
        sys.path.remove(here)
        gc.freeze()  # collections in workers then leave the shared pages alone
    return _harnesses[name]


def _breed(control, reachable, here):
    """Fork a worker for each message that brings settings and its channels; return, in the worker, settings and harness."""
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


def _end(worker, user, workers):
    """Kill a worker with all that it has started. user: its own, if it has one."""
    if worker in workers:
        for end in (os.killpg, os.kill):  # the group first; it has none yet if it was forked a moment ago
            with contextlib.suppress(ProcessLookupError):
                end(worker, signal.SIGKILL)
    if user is not None:  # who has left the group is still found by its user
        killer = os.fork()
        if killer == 0:
            try:
                os.setresuid(user, user, user)
                os.kill(-1, signal.SIGKILL)
            finally:
                os._exit(0)
        os.waitpid(killer, 0)
    if worker in workers:
        os.waitpid(worker, 0)
        workers.remove(worker)
        _end_orphans(workers)


def _end_orphans(workers):
    """Kill every child but the workers, until no more turn up: one that is killed leaves its own children behind."""
    listed = f"/proc/self/task/{os.getpid()}/children"
    while os.path.exists(listed):  # an unusual kernel does not list them
        with open(listed) as children:
            orphans = {int(child) for child in children.read().split()} - workers
        if not orphans:
            return
        for orphan in orphans:
            os.kill(orphan, signal.SIGKILL)
        for orphan in orphans:
            os.waitpid(orphan, 0)


def _confine(settings, layers, forbidden):
    os.environ.clear()
    os.environ.update(settings["environment"])
    os.chdir(settings["folder"])
    sys.path_importer_cache.clear()  # what the template has seen in folders that the worker may not see
    settings["missing"] |= layers.confine(settings)
    sys.path.insert(0, settings["folder"])  # a submission's helper modules are found as if its file had been run
    forbidden.watch()


def _modules(here):
    """Return the names of this folder's modules. A template does: to look at all modules, a worker would copy them."""
    return [name for name, one in sys.modules.items() if os.path.dirname(getattr(one, "__file__", None) or "") == here]


def _forget(names, but):
    """Leave the names of this folder's modules to the student's: layers.py is a likely one."""
    for name in names:
        if name not in but:
            del sys.modules[name]


def _serve(requests, replies, settings, harness, wire):
    """Answer calls until the grader goes."""

    def read(count):
        content = requests.read(count)
        if len(content) < count:
            os._exit(0)  # the grader has gone
        return content

    def answer(packed):
        replies.write(packed)
        replies.flush()

    answer(wire.pack({"missing": settings["missing"]}))
    student = None
    while True:
        request = wire.unpack(wire.receive(read))
        arguments, options = request["arguments"], request["options"]
        try:
            if student is None and settings["module"]:
                student = importlib.import_module(settings["module"])
            if request["harness"]:
                reply = {
                    "result": getattr(harness, request["function"])(student, *arguments, **options),
                    "arguments": [],
                    "options": {},
                }
            elif not hasattr(student, request["function"]):
                reply = {"absent": request["function"]}
            else:  # what was handed over goes back too: the grader sees whether it was changed
                result = getattr(student, request["function"])(*arguments, **options)
                reply = {"result": result, "arguments": arguments, "options": options}
            packed = wire.pack(reply)
        except BaseException as error:  # SystemExit and KeyboardInterrupt of a student's too
            if isinstance(error, AttributeError) and student is not None and error.obj is student:
                packed = wire.pack({"absent": error.name})  # a harness asked for it
            else:
                asked = getattr(student, request["function"], None)
                described = _describe(error, settings["folder"], settings["home"], asked)
                packed = wire.pack({**described, "importing": student is None})
        _finish_printing()
        answer(packed)


def _take_private_channels():
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return requests, replies


def _finish_printing():
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    with contextlib.suppress(OSError):
        os.write(2, PRINTED_SO_FAR)


def in_student_terms(text, folder, home):
    """Return a text in which a submission's files are called as its author calls them, wherever they lie here.

    folder: of the file that runs. home: the worker's scratch folder.
    """
    for path, itself, inside in ((folder, ".", ""), (home, "~", "~/")):
        for written in (str, lambda text: repr(text)[1:-1]):  # repr doubles the backslashes of Windows
            text = text.replace(written(os.path.join(path, "")), inside).replace(written(path), itself)
    return text


def _describe(error, folder, home, asked):
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


def _lines(error, folder):
    """Return the student's own lines of a traceback, as texts, the one that raised last."""
    frames = traceback.extract_tb(error.__traceback__)
    return [_line(frame.filename, frame.lineno, folder) for frame in frames if _is_own(frame.filename, folder)]


def _causes(error, folder):
    """Return for each exception that led to this one the student's line that raised it, the first one first."""
    lines: list[str] = []
    for _ in range(MOST_FRAMES):
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if error is None:
            break
        said = f"{type(error).__name__}: {_message(error)}".splitlines()[0].rstrip(": ")[:200]
        lines = [*(f"{line}  # raised {said}" for line in _lines(error, folder)[-1:]), *lines]
    return lines


def _message(error):
    try:
        return str(error)[:2000]
    except BaseException:
        return ""


def _definition(asked, folder):
    """Return the line where a function begins, where it was called in a way that it does not take."""
    code = getattr(asked, "__code__", None)
    return [_line(code.co_filename, code.co_firstlineno, folder)] if code and _is_own(code.co_filename, folder) else []


def _line(file, number, folder):
    return f"{os.path.relpath(file, folder)} line {number}: {linecache.getline(file, number).strip()[:200]}"


def _is_own(file, folder):
    return os.path.abspath(file).startswith(os.path.join(folder, "")) and not file.startswith("<")


def _reason(error):
    """Return what an exception was raised in answer to, if that is what is forbidden: libraries wrap it in their own."""
    cause = error
    for _ in range(DEEPEST_CAUSE):
        if cause is None or type(cause).__name__ == "Forbidden":
            return cause or error
        cause = cause.__cause__ or cause.__context__
    return error


if __name__ == "__main__":
    main()
