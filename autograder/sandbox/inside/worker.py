"""The process in which a student's code runs. Nothing in here is believed by the grader: it sends data, never a verdict.

It reads requests from standard input and answers on standard output, both moved away before student code can see them.
What the student prints goes to standard error, where the grader collects it.
"""

import contextlib
import importlib
import json
import os
import sys
import traceback

PRINTED_SO_FAR = b"\x00\x1econvgrade\x1e\x00"  # ends what one call printed


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    requests, replies = _take_private_channels()
    settings = json.loads(requests.readline())
    sys.path[:0] = [here]
    import layers

    missing = layers.confine(settings)
    sys.path[:0] = settings["libraries"]
    for library in settings["preload"]:
        importlib.import_module(library)
    import wire

    harness = importlib.import_module(settings["harness"]) if settings["harness"] else None
    sys.path.remove(here)
    sys.path.insert(0, settings["folder"])  # a submission's helper modules are found as if its file had been run

    def read(count):
        content = requests.read(count)
        if len(content) < count:
            os._exit(0)  # the grader has gone
        return content

    def answer(value):
        replies.write(wire.pack(value))
        replies.flush()

    answer({"missing": missing})
    student = None
    while True:
        request = wire.unpack(read)
        arguments, options = request["arguments"], request["options"]
        try:
            if student is None:
                student = importlib.import_module(settings["module"])
            if request["harness"]:
                reply = {"result": getattr(harness, request["function"])(student, *arguments, **options), "arguments": []}
            elif not hasattr(student, request["function"]):
                reply = {"absent": True}
            else:  # the arguments go back too: the grader sees whether they were changed
                reply = {"result": getattr(student, request["function"])(*arguments, **options), "arguments": arguments}
        except BaseException as error:  # SystemExit and KeyboardInterrupt of a student's too
            reply = _describe(error, settings["folder"])
        _finish_printing()
        answer(reply)


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


def _describe(error, folder):
    """Return an exception as data: its kind, its message and the student's own lines of the traceback."""
    kinds = [kind.__name__ for kind in type(error).__mro__]
    try:
        message = str(error)[:2000]
    except BaseException:
        message = ""
    try:
        frames = [
            f"{os.path.relpath(frame.filename, folder)} line {frame.lineno}: {(frame.line or '').strip()[:200]}"
            for frame in traceback.extract_tb(error.__traceback__)
            if os.path.abspath(frame.filename).startswith(os.path.join(folder, ""))
        ]
        if isinstance(error, SyntaxError) and error.filename:
            frames.append(f"{os.path.basename(error.filename)} line {error.lineno}: {(error.text or '').strip()[:200]}")
            message = error.msg
    except BaseException:
        frames = []
    return {"raised": kinds, "message": message, "frames": frames[-5:]}


if __name__ == "__main__":
    main()
