"""The worker's walls, and what crosses them."""

import io
import itertools
import os
import platform
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections import Counter
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.sandbox import machine, template, windows
from autograder.sandbox.child import wire
from autograder.sandbox.host import Sandbox
from autograder.sandbox.limits import Harness, Limits
from autograder.sandbox.meter import Meter
from autograder.sandbox.replay import Request
from autograder.sandbox.replies import Returned, Stopped, too_long, understand
from autograder.sandbox.stack import running_lines
from autograder.verdicts import Verdict

ROOT = Path(__file__).parent.parent.parent
X86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="elsewhere system calls have other numbers")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has this layer")


@pytest.fixture
def worker():
    """A function that starts a worker with some code."""
    with Sandbox() as sandbox:

        def start(code, **limits):
            file = sandbox.submission / "homework.py"
            file.write_text(code)
            return sandbox.worker(file, Limits(**{"call_seconds": 5, **limits}))

        yield start


def attempt(worker, body):
    """Run a body in a worker and return what it returns, or the exception it meets, as text."""
    indented = "\n".join(f"        {line}" for line in body.splitlines())
    reply = worker(
        f"import os\ndef go():\n    try:\n{indented}\n    except Exception as error:\n        return repr(error)\n"
    )
    reply = reply.call("go")
    assert isinstance(reply, Returned), reply
    return reply.result


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("open(os.path.expanduser('~/mine'))", "No such file or directory: '~/mine'"),
        ("open(__file__ + '.txt')", "No such file or directory: 'homework.py.txt'"),
        ("raise OSError(os.path.dirname(__file__))", "go raised OSError: ."),
    ],
)
def test_messages_name_files_as_their_author_does(worker, body, says):
    reply = worker(f"import os\ndef go():\n    print(__file__)\n    {body}\n").call("go")
    assert reply.sentence.endswith(says)
    assert reply.printed == "homework.py\n"


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("raise NotImplementedError  # for now", Verdict.NOT_IMPLEMENTED),
        ("raise NotImplementedError()", Verdict.NOT_IMPLEMENTED),
        ("raise NotImplementedError('the padding')", Verdict.CRASHED),
        ("import asyncio.events; asyncio.events.AbstractServer().close()", Verdict.CRASHED),
    ],
)
def test_only_a_bare_raise_of_their_own_is_a_function_that_is_not_written(worker, body, verdict):
    reply = worker(f"def go():\n    {body}\n").call("go")
    assert reply.verdict is verdict
    assert ("not written" in reply.sentence) == (verdict is Verdict.NOT_IMPLEMENTED)
    assert "padding" not in body or reply.sentence == "go raised NotImplementedError: the padding"


@pytest.mark.parametrize(
    ("module", "verdict", "says"),
    [
        ("safetensors", Verdict.CRASHED, "safetensors, which is not installed here: `python -m pip install safetensors`."),
        ("tkinter", Verdict.CRASHED, "tkinter, which this Python does not have."),
        ("given", Verdict.FORBIDDEN, "given.py stays at home: it is not part of your submission."),
        ("mine", Verdict.FORBIDDEN, "If mine is a file of your own, submit it too"),
    ],
)
def test_what_a_module_that_is_not_found_means(module, verdict, says):
    missing = {"raised": ["ModuleNotFoundError"], "message": "", "frames": [], "module": module, "importing": True}
    limits = Limits(packages=("numpy", "safetensors"), stays_home=("given.py",))
    stopped = understand(missing, "go", "homework.py", limits)
    assert stopped.verdict is verdict and says in stopped.sentence


def test_every_layer_holds_here(worker):
    started = worker("def go(): return 1")
    started.call("go")
    expected = set() if os.geteuid() == 0 else {"another user", "no access times"}
    if sys.platform == "linux":
        assert set(started.sandbox.missing_layers) == expected


@LINUX
@pytest.mark.parametrize(
    "body",
    [
        "return open('/etc/passwd').read()",
        "return os.listdir('/')",
        "return os.listdir(os.path.expanduser('~root'))",
        "return open('/proc/self/environ').read()",
        f"return open({__file__!r}).read()",
        "return open('/proc/%d/cmdline' % os.getppid()).read()",
        "return open('homework.py', 'a').write('x')",
        "return open('/tmp/evil', 'w').write('x')",
        "import socket; return socket.create_connection(('127.0.0.1', 22), 1)",
        "return os.kill(os.getppid(), 0)",
        "import kernels; return 'imported'",
        "import autograder; return 'imported'",
        "import subprocess; return subprocess.check_output(['cat', '/etc/passwd'])",
    ],
)
def test_what_a_submission_may_not_do(worker, body):
    assert str(attempt(worker, body)).startswith(
        ("PermissionError", "FileNotFoundError", "ModuleNotFoundError", "Forbidden")
    )


@LINUX
@pytest.mark.parametrize(
    "call",
    [
        "libc.socket(2, 1, 0)",
        "libc.fork()",
        "libc.vfork()",
        "libc.execv(b'/bin/true', (ctypes.c_char_p * 2)(b'true', None))",
        "libc.kill(os.getppid(), 0)",
        "libc.kill(-1, 0)",
        "libc.ptrace(16, os.getppid(), 0, 0)",
        "libc.memfd_create(b'x', 0)",
        "libc.shmget(0, 4096, 0o1600)",
        "libc.prctl(1, 0, 0, 0, 0)",  # PR_SET_PDEATHSIG
        "libc.chmod(b'homework.py', 0o777)",
        "libc.inotify_init()",
        "libc.sched_setaffinity(os.getppid(), 8, bytes([255] * 8))",
        "libc.fcntl(2, 8, os.getppid())",  # F_SETOWN
        # The same and PR_SET_PDEATHSIG, with a number that the kernel reads by half.
        pytest.param("libc.syscall(72, 2, ctypes.c_long(8 + 2**32), os.getppid())", marks=X86),
        pytest.param("libc.syscall(157, ctypes.c_long(1 + 2**32), 0, 0, 0, 0)", marks=X86),
        "libc.unshare(0x10000000)",
        "libc.syscall(425, 8, 0)",  # io_uring_setup
        "libc.syscall(435, 0, 0)",  # clone3
        "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)",
        "libc.prlimit(os.getppid(), 7, None, None)",
        "-1 if libc.mmap(None, 4096, 3, 0x21, -1, 0) in (-1, 2**64 - 1) else 0",
    ],
)
def test_what_no_submission_may_do_by_calling_the_system_itself(worker, call):
    """Past Python's own events, which a submission could avoid."""
    assert (
        attempt(worker, f"import ctypes; libc = ctypes.CDLL(None); libc.mmap.restype = ctypes.c_ssize_t\nreturn {call}")
        == -1
    )


@LINUX
def test_a_submission_holds_no_capability():
    code = (
        "import ctypes\n"
        "def go():\n"
        "    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[7] * 6)\n"
        "    return [ctypes.CDLL(None).capget(header, data), *data]\n"
    )
    with Sandbox(without=["system calls by list"]) as sandbox:  # which would not let it ask
        file = sandbox.submission / "homework.py"
        file.write_text(code)
        assert sandbox.worker(file, Limits()).call("go").result == [0] * 7


@LINUX
@pytest.mark.skipif(os.geteuid() != 0, reason="the kernel lets only root switch them off")
def test_reading_leaves_no_time_on_a_file(worker):
    started = worker("def read(): return len(open('homework.py').read())")
    started.call("read")
    file = started.sandbox.submission / "homework.py"
    os.utime(file, (1, file.stat().st_mtime))  # so old that a reading is written down wherever it ever is
    assert started.call("read").result > 0 and file.stat().st_atime == 1
    file.read_text()
    if file.stat().st_atime == 1:
        pytest.skip("this file system keeps no times of reading")


def test_threads_of_a_submission_run(worker):
    body = (
        "import threading, time\ndone = []\nthreads = [threading.Thread(target=done.append, args=(i,)) for i in range(5)]\n"
    )
    body += "[t.start() for t in threads]; [t.join() for t in threads]\nreturn sorted(done)"
    assert attempt(worker, body) == [0, 1, 2, 3, 4]


@LINUX
@pytest.mark.parametrize("without", [(), ("bounded scratch folder",)])
def test_the_scratch_folder_can_be_filled_and_the_disk_cannot(without):
    code = (
        "import os, time\n"
        "def fill():\n"
        "    for name in range(20):\n"
        "        with open(os.path.join(os.environ['HOME'], str(name)), 'wb') as file: file.write(b'x' * 2**20)\n"
        "    time.sleep(60)\n"
    )
    with Sandbox(without=without) as sandbox:
        file = sandbox.submission / "homework.py"
        file.write_text(code)
        reply = sandbox.worker(file, Limits(call_seconds=100, part_seconds=100, scratch=4 * 2**20)).call("fill")
        assert isinstance(reply, Stopped) and reply.verdict.value == "crashed"
        assert ("No space left" if not without else "more than 4 MB") in reply.sentence
        assert not without or set(sandbox.missing_layers) >= set(without)


def test_of_a_failed_import_only_the_students_lines_are_shown(worker):
    reply = worker("x = 1\nimport scipy.signal\n").call("go")
    assert reply.verdict.value == "forbidden"
    assert reply.frames == ["homework.py line 2: import scipy.signal"]


@pytest.mark.parametrize(
    ("code", "frames"),
    [
        (
            "import helper\ndef go():\n    helper.broken()",
            ["homework.py line 3: helper.broken()", "helper.py line 2: return {}[7]"],
        ),
        (
            "f = lambda: 1 / 0\ndef go(): return f()",
            ["homework.py line 2: def go(): return f()", "homework.py line 1: f = lambda: 1 / 0"],
        ),
        ("def go(image): return 1", ["homework.py line 1: def go(image): return 1"]),  # called with none
        ("import helper\nhelper.broken()", ["homework.py line 2: helper.broken()", "helper.py line 2: return {}[7]"]),
        ("import unfinished", ["homework.py line 1: import unfinished", "unfinished.py line 1: def go("]),
        ("def go(n=0): return go(n + 1)", ["homework.py line 1: def go(n=0): return go(n + 1)"]),
        (
            "import helper\ndef go():\n    try: helper.broken()\n    except KeyError: raise ValueError",
            [
                "helper.py line 2: return {}[7]  # raised KeyError: 7",
                "homework.py line 4: except KeyError: raise ValueError",
            ],
        ),
        (
            "def go():\n    try: int('a')\n    except ValueError: return names[0]",
            [
                "homework.py line 2: try: int('a')  # raised ValueError: invalid literal for int() with base 10: 'a'",
                "homework.py line 3: except ValueError: return names[0]",
            ],
        ),
        (
            "def go():\n    try: int('a')\n    except ValueError: raise KeyError from None",
            ["homework.py line 3: except ValueError: raise KeyError from None"],
        ),
        (
            "import helper\ndef go():\n    try: raise helper.Odd\n    finally: 1 / 0",
            ["homework.py line 3: try: raise helper.Odd  # raised Odd", "homework.py line 4: finally: 1 / 0"],
        ),
        ("exec('def go(): 1 / 0')", []),  # no line of a file
    ],
)
def test_the_students_lines_of_an_exception(worker, code, frames):
    started = worker(code)
    folder = started.sandbox.submission
    odd = "class Odd(Exception):\n    def __str__(self): return 1 / 0\n"
    (folder / "helper.py").write_text(f"def broken():\n    return {{}}[7]\n{odd}")
    (folder / "unfinished.py").write_text("def go(\n")
    reply = started.call("go")
    assert (reply.verdict.value, reply.frames) == ("crashed", frames)
    assert (reply.sentence == "unfinished.py is not valid Python: '(' was never closed.") == ("unfinished" in code)


def test_the_students_lines_below_a_harness(worker):
    harness = Path(__file__).parents[2] / "solutions" / "neurons" / "harness.py"
    started = worker("def activate(*arguments):\n    raise ValueError", harness=Harness.of(harness.read_bytes()))
    assert started.call("warned", "activate", harness=True).frames == ["homework.py line 2: raise ValueError"]


def test_a_missing_module_of_pythons_own_is_not_forbidden(worker):
    reply = worker("def go():\n    raise ModuleNotFoundError(\"No module named 'tkinter'\", name='tkinter')").call("go")
    assert reply.verdict.value == "crashed"


def test_what_a_submission_may_do(worker):
    body = "open(os.environ['HOME'] + '/x', 'w').write('x'); import json, numpy; return os.listdir(os.environ['HOME'])"
    assert attempt(worker, body) == ["x"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change the user")
def test_a_submission_is_not_root(worker):
    assert attempt(worker, "return [os.getuid(), os.geteuid(), os.getgid(), len(os.getgroups())]")[0] >= 50_000
    assert "Error" in attempt(worker, "os.setuid(0); return 'root again'")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change the user")
def test_no_two_workers_are_the_same_user(tmp_path):
    """Or one grader would end another one's workers."""
    with Sandbox() as one, Sandbox() as two:
        users = []
        for sandbox in (one, two, one, two):
            file = sandbox.submission / "homework.py"
            file.write_text("import os\ndef go(): return os.getuid()\n")
            users.append(sandbox.worker(file, Limits()).call("go").result)
    assert len(set(users)) == 4


def test_the_environment_is_empty(worker, monkeypatch):
    monkeypatch.setenv("CONVGRADE_SEED", "secret")
    assert "secret" not in str(attempt(worker, "return dict(os.environ)"))


def test_standard_input_is_closed(worker):
    assert "EOFError" in attempt(worker, "return input()")


@pytest.mark.costly
def test_a_call_has_a_deadline_and_the_next_call_a_new_process(worker):
    started = worker("import time\ncalls = []\ndef sleep(): time.sleep(1000)\ndef ok(): calls.append(1); return len(calls)")
    assert started.call("ok").result == 1
    before = time.monotonic()
    assert started.call("sleep", seconds=0.5).verdict.value == "timed out"
    assert time.monotonic() - before < 500
    assert started.call("ok").result == 1


@pytest.mark.costly
def test_once_a_call_has_no_end_the_others_have_less_time(worker):
    started = worker("def loop():\n    while True: pass\ndef ok(): return 1")
    assert "within 5 seconds of" in started.call("loop").sentence
    assert "within 1 seconds of" in started.call("loop").sentence
    assert started.call("ok").result == 1


@pytest.mark.costly
def test_a_part_has_a_deadline_too(worker):
    code = "import time\ndef work():\n    start = time.process_time()\n    while time.process_time() < start + 1: pass\n"
    started = worker(code, part_seconds=2.5)
    replies = [started.call("work") for _ in range(4)]
    assert [isinstance(reply, Returned) for reply in replies] == [True, True, False, False]
    assert "whole part, 2.5 seconds" in replies[3].sentence


@pytest.mark.costly
@LINUX
def test_a_process_that_reads_no_more_has_a_deadline_too(worker):
    started = worker(
        "import os, signal, threading\ndef take(_): return 1\n"
        "def stop(): threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGSTOP)).start()"
    )
    started.call("stop")
    while psutil.Process(started.process.pid).status() != psutil.STATUS_STOPPED:
        time.sleep(0.05)
    assert started.call("take", np.zeros(1_000_000), seconds=1).verdict.value == "timed out"
    assert started.call("take", np.zeros(1_000_000)).result == 1


LOOPS = """import helper, itertools, signal, time
def loop():
    count = 0
    while True:
        count += 1
def outside():
    helper.loop()
def sleep():
    time.sleep(1000)
def deaf():
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    while True: pass
def in_c():
    sum(itertools.repeat(0, 10**12))
"""


@pytest.mark.costly
@LINUX
@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("loop", [r"homework.py line [45]: (while True:|count \+= 1)"]),
        ("outside", [r"homework.py line 7: helper.loop\(\)", "helper.py line 3: while True: pass"]),
        ("sleep", [r"homework.py line 9: time.sleep\(1000\)"]),
        ("in_c", [r"homework.py line 14: sum\(itertools.repeat\(0, 10\*\*12\)\)"]),
    ],
)
def test_a_call_that_takes_too_long_names_the_line_that_was_running(worker, name, lines):
    started = worker(LOOPS)
    (started.sandbox.submission / "helper.py").write_text("# beside it\ndef loop():\n    while True: pass\n")
    reply = started.call(name, seconds=0.5)
    assert reply.verdict.value == "timed out"
    assert len(reply.frames) == len(lines) and all(map(re.fullmatch, lines, reply.frames))
    assert f"It was running {reply.frames[-1].partition(':')[0]}." in reply.sentence
    assert ("it waited and did not compute" in reply.sentence) == (name == "sleep")


@pytest.mark.costly
@LINUX
def test_who_does_not_say_where_it_is_ends_all_the_same(worker):
    started = worker(LOOPS)
    (started.sandbox.submission / "helper.py").touch()
    reply = started.call("deaf", seconds=0.5)
    assert reply.sentence.startswith("deaf did not finish within 0.5 seconds of processor time. Is there a loop")


@pytest.mark.parametrize(
    "frame",
    [
        '  File "/etc/passwd", line 1 in loop',
        '  File "{folder}/../secret.py", line 1 in loop',
        '  File "{folder}/link.py", line 1 in loop',
        '  File "{folder}/pipe.py", line 1 in loop',
        '  File "{folder}", line 1 in loop',
        '  File "{folder}/homework.py", line 99 in loop',
        '  File "{folder}/homework.py", line 1',
        'File "{folder}/homework.py", line 1 in loop',
        '  File "{folder}/homework.py", line 99999999999 in loop',
        '  File "{folder}/none.py", line 1 in loop',
        f'  File "{{folder}}/{"x" * 400}", line 1 in loop',
    ],
)
def test_a_stack_that_is_made_up_shows_no_other_file(tmp_path, frame):
    folder = tmp_path / "submission"
    folder.mkdir()
    (tmp_path / "secret.py").write_text("secret")
    (folder / "link.py").symlink_to(tmp_path / "secret.py")
    os.mkfifo(folder / "pipe.py")
    (folder / "homework.py").write_bytes(b"while \xff:\r\n    pass")
    assert running_lines([frame.format(folder=folder)], folder) == []
    right = f'  File "{folder}/homework.py", line 1 in loop'
    assert running_lines([frame.format(folder=folder), right], folder) == ["homework.py line 1: while \ufffd:"]


def test_of_a_stack_without_end_the_innermost_lines_are_read(tmp_path):
    (tmp_path / "homework.py").write_text("one\ntwo\nthree\nfour\nfive\nsix\nseven\n")
    outside = '  File "/usr/lib/python3/random.py", line 7 in draw'

    def read(*stack):
        """Read a stack that begins so, as far as it is read."""
        frames = [outside if line is None else f'  File "{tmp_path}/homework.py", line {line} in f' for line in stack]
        return running_lines(itertools.islice(itertools.cycle([*frames, outside]), 1000), tmp_path)

    lines = [f"homework.py line {number}: {word}" for number, word in enumerate("one two three four five".split(), start=1)]
    assert read(None, 1, 2, 3, 4, 5, 6, 7) == lines[::-1]
    assert read(2, 2, 1) == [lines[0], lines[1]]  # what comes later was called by others
    assert read(None, 3, None, 4) == [lines[2]]


class Clocks:
    """A clock, and the processor time of a process, as a test has them."""

    def __init__(self):
        self.now = self.used = 0.0

    def __call__(self):
        return self.now, self.used

    def pass_by(self, seconds, used):
        self.now, self.used = self.now + seconds, self.used + used


@pytest.mark.parametrize(
    ("stretches", "spent"),
    [
        ([(1.0, 1.0)] * 5, 5.0),  # it computes
        ([(1.0, 2.0)] * 5, 10.0),  # with two threads
        ([(4.0, 1.0)] * 5, 5.0),  # three others want its processor
        ([(50.0, 1.0)] * 5, 25.0),  # too many do
        ([(1.0, 0.0)] * 5, 5.0),  # it sleeps
        ([(1.0, 1.0), *[(1.0, 0.001)] * 9], 10.0),  # first it computes
        ([*[(1.0, 0.0)] * 2, (1.0, 1.0)], 1.0),  # it was not sleeping, it waited for its processor
        ([(2.0, 0.0)], 0.2),  # which may be so for a while
    ],
)
def test_what_a_call_costs(stretches, spent):
    clocks = Clocks()
    meter = Meter(clocks)
    for seconds, used in stretches:
        clocks.pass_by(seconds, used)
        last = meter.spent()
    assert last == pytest.approx(spent)
    assert meter.totals() == pytest.approx((clocks.now, clocks.used))


@pytest.mark.parametrize(("used", "spent"), [(0.0, 0.0), (2.0, 2.0)])
def test_what_the_grader_is_busy_with_costs_the_submission_nothing(used, spent):
    clocks = Clocks()
    clocks.pass_by(50.0, 0.0)
    meter = Meter(clocks)
    clocks.pass_by(20.0, used)
    meter.forgive()
    assert meter.spent() == pytest.approx(spent)
    assert meter.totals() == pytest.approx((used, used))


@pytest.mark.parametrize(
    ("passed", "used", "says"),
    [
        (11.0, 10.0, "conv2d did not finish within 10 seconds of processor time. It was running x. Is there"),
        (35.0, 10.0, "The machine was busy: in 35 seconds, conv2d had 10 seconds of processor time."),
        (10.0, 10.0, "conv2d did not finish within 10 seconds. It was running x."),  # where the system has one clock
        (10.0, 0.01, "within 10 seconds, during which it waited and did not compute. It was running x."),
        (100.0, 4.0, "within 100 seconds, of which it computed for 4: it waited, or the machine was busy."),
        (6.0, 5.0, "conv2d did not finish before the time for the whole submission was used up."),
    ],
)
def test_how_a_call_that_took_too_long_is_explained(passed, used, says):
    sentence = too_long("conv2d", 10.0, passed, used, ["y line 1: y", "x: y"])
    assert says in sentence
    assert ("The machine was busy:" in sentence) == (passed == 35.0)


KEEPS = """import os, signal
kept = []
def keep(value): kept.append(value)
def get(wait):
    while wait: pass
    return list(kept)
def stop(): os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.costly
@LINUX
def test_a_worker_that_is_killed_from_outside_is_started_again_and_the_answer_is_right(worker):
    started = worker(KEEPS, call_seconds=100)
    started.call("keep", "this", lasting=True)
    psutil.Process(started.process.pid).kill()  # between two calls
    assert started.call("get", False).result == ["this"]
    killer = threading.Timer(0.5, psutil.Process(started.process.pid).kill)
    killer.start()  # while one is running
    before = started.seconds_left
    reply = started.call("get", True, seconds=3)
    killer.join()
    assert started.process is None and reply.verdict.value == "timed out"  # as it would have been
    assert started.kills == 2 and 2.9 < before - started.seconds_left < 3.5


@LINUX
def test_a_worker_that_is_killed_before_it_has_begun_is_started_again(worker):
    started = worker(KEEPS)
    psutil.Process(started.process.pid).kill()
    assert started.call("get", False).result == []


@LINUX
def test_a_worker_that_kills_itself_has_crashed(worker):
    started = worker(KEEPS)
    for _ in range(2):
        reply = started.call("stop")
        assert reply.verdict.value == "crashed" and "was killed, by itself or from outside" in reply.sentence
    assert started.call("get", False).result == []


@LINUX
@pytest.mark.parametrize("machines", [None, 700 * 2**20])
def test_a_worker_that_is_killed_for_want_of_memory_needs_too_much(worker, monkeypatch, machines):
    monkeypatch.setattr("autograder.sandbox.machine.memory", lambda: machines)
    code = "import os, numpy as np\ndef take(megabytes):\n    np.ones(megabytes << 17)\n    os.kill(os.getpid(), 9)\n"
    started = worker(code, memory=1024**3 if machines else 512 * 2**20)
    reply = started.call("take", 300)
    assert reply.verdict.value == "out of memory" and started.kills == 0


def test_processors_are_those_of_the_machine_the_container_and_its_share(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(8), raising=False)
    two, one = tmp_path / "quota", tmp_path / "period"
    monkeypatch.setattr(machine, "QUOTAS", ((str(tmp_path / "cpu.max"),), (str(two), str(one))))
    monkeypatch.delenv(machine.SHARE, raising=False)
    assert machine.processors() == 8
    (tmp_path / "cpu.max").write_text("max 100000\n")
    two.write_text("-1\n")
    one.write_text("100000\n")
    assert machine.processors() == 8
    two.write_text("450000\n")
    assert machine.processors() == 4
    (tmp_path / "cpu.max").write_text("50000 100000\n")
    assert machine.processors() == 1
    (tmp_path / "cpu.max").unlink()
    assert [machine.share(jobs)[machine.SHARE] for jobs in (1, 2, 3, 4, 9)] == ["4", "2", "1", "1", "1"]
    monkeypatch.setenv(machine.SHARE, "2")
    assert machine.processors() == 2


def test_a_worker_has_no_more_threads_than_there_are_processors(worker, monkeypatch):
    code = "import os\ndef go(): return os.environ['OMP_NUM_THREADS'], os.environ['OMP_WAIT_POLICY']\n"
    for processors, threads in ((1, "1"), (2, "2"), (8, "4")):
        monkeypatch.setattr(machine, "processors", lambda processors=processors: processors)
        assert worker(code, threads=4).call("go").result == (threads, "PASSIVE")


def test_what_is_printed_belongs_to_its_call(worker):
    started = worker(
        "import os\nprint('import')\ndef one(): print('one')\ndef two(): os.write(1, b'two\\n')\ndef three(): pass"
    )
    assert [started.call(name).printed for name in ("one", "two", "three")] == ["import\none\n", "two\n", ""]


def together(*calls):
    """Return packed calls of functions with one argument each."""
    return [Request.of(function, [argument], {}) for function, argument in calls]


MAKES = """import os
import numpy as np
made = []
def make(number):
    made.append(number)
    print('made', number)
    os.write(2, b'said so\\n')  # at once, while the other text waits in a buffer
    return number
def refuse(number):
    made.append(number)
    raise ValueError(number)
def swell(number): return np.zeros(number)
def end(status): os._exit(status)
def wait(forever):
    while forever: pass
def all_of(_): return list(made)
"""


def test_of_calls_that_are_sent_together_each_has_its_own_reply_and_prints(worker):
    started = worker(MAKES)
    for _ in range(2):
        replies = list(started.ask_all(together(*(("make", number) for number in range(100)))))
        said = [(reply.result, reply.printed) for reply in replies]
        assert said == [(number, f"said so\nmade {number}\n") for number in range(100)]


@pytest.mark.parametrize("last", ["refuse", "no_such_function"])
def test_after_a_call_that_does_not_return_those_sent_with_it_are_not_made(worker, last):
    started = worker(MAKES)
    replies = list(started.ask_all(together(("make", 1), (last, 2), ("make", 3), ("make", 4))))
    assert [type(reply) for reply in replies] == [Returned, Stopped]
    assert started.call("all_of", 0).result == ([1, 2] if last == "refuse" else [1])


def test_after_a_call_that_returns_far_too_much_those_sent_with_it_are_not_made(worker):
    started = worker(MAKES)
    replies = list(started.ask_all(together(("make", 1), ("swell", 1_000_000), ("make", 3))))
    assert len(replies) == 2 and len(replies[1].result) == 1_000_000
    assert started.call("all_of", 0).result == [1]


@pytest.mark.parametrize(
    ("last", "verdict"), [(("end", 3), "crashed"), pytest.param(("wait", True), "timed out", marks=pytest.mark.costly)]
)
def test_what_ends_the_process_costs_no_other_call_its_reply(worker, last, verdict):
    started = worker(MAKES, call_seconds=0.5)
    *before, ended = started.ask_all(together(("make", 1), ("make", 2), last, ("make", 3)))
    assert [reply.result for reply in before] == [1, 2] and ended.verdict.value == verdict
    assert [reply.result for reply in started.ask_all(together(("make", 4), ("all_of", 0)))] == [4, [4]]


@LINUX
def test_calls_that_were_sent_to_a_killed_process_are_made_by_the_next_one(worker):
    started = worker(MAKES)
    replies = started.ask_all(together(*(("make", number) for number in range(3)), ("wait", True), ("all_of", 0)))
    assert next(replies).result == 0
    psutil.Process(started.process.pid).kill()
    assert [next(replies).result for _ in range(2)] == [1, 2]
    started.stop()


def test_calls_that_nobody_waits_for_answer_no_others(worker):
    started = worker(MAKES)
    replies = started.ask_all(together(("make", 1), ("make", 2), ("make", 3)))
    assert next(replies).result == 1
    assert started.call("make", 9).result == 9
    assert started.call("make", 8).result == 8


@pytest.mark.costly
def test_the_channels_of_windows_carry_the_same(worker, monkeypatch):
    """There select takes sockets alone."""

    class Bridged(template.Started):
        def __init__(self, channels, *ends):
            os.set_blocking(channels.requests.fileno(), True)  # as Windows makes it
            super().__init__(template.Channels(*windows.selectable(*channels[:3]), channels.stack), *ends)

    monkeypatch.setattr(template, "Started", Bridged)
    started = worker("def add(array): print('seen'); return array + 1\ndef loop():\n    while True: pass")
    for _ in range(2):
        reply = started.call("add", np.arange(1_000_000))
        assert (reply.result == np.arange(1, 1_000_001)).all() and reply.printed == "seen\n"
        assert started.call("loop", seconds=0.5).verdict.value == "timed out"


def test_a_flood_of_prints_is_cut(worker):
    reply = worker("def go():\n    for _ in range(200_000): print('x' * 100)\n    return 1").call("go")
    assert reply.result == 1
    assert len(reply.printed) < 5_000 and reply.printed.endswith("[... more was printed]")


def test_an_answer_of_a_gigabyte_is_no_answer(worker):
    reply = worker("import numpy as np\ndef go(): return np.zeros(2**30, np.int8)", memory=8 * 2**30).call("go")
    assert isinstance(reply, Stopped)


FORGED = [
    "(5).to_bytes(8, 'big') + b'12345'",
    "(2**60).to_bytes(8, 'big')",
    "message(b'')",
    "message(b'N' * 100)",
    "message(b'L' + (2**32 - 1).to_bytes(4, 'little'))",
    "message((b'L' + (1).to_bytes(4, 'little')) * 1000 + b'N')",
    "message(b't' + (99).to_bytes(4, 'little') + b'x')",
    "message(b'A<f8 ' + bytes([1]) + (10).to_bytes(8, 'little') + b'x' * 10)",
    "message(b'A<f8 ' + bytes([2]) + (2**63).to_bytes(8, 'little') * 2)",
    "message(b'd' + (1).to_bytes(4, 'little') + b'L' + bytes(4) + b'N')",
    "message(b'd' + (60_000).to_bytes(4, 'little') + b''.join(b'i' + (n << 61).to_bytes(8, 'little') for n in range(4)))",
    "b'[' * 8 + b'x' * 100",
]


@pytest.mark.parametrize("forged", FORGED)
def test_forged_messages_are_crashes(worker, forged):
    code = (
        "import os\n"
        "def message(content):\n"
        "    return len(content).to_bytes(8, 'big') + content\n"
        "def go():\n"
        "    for descriptor in range(3, 20):\n"
        "        try: os.write(descriptor, " + forged + ")\n"
        "        except OSError: pass\n"
        "    os._exit(0)\n"
        "def ok(): return 1\n"
    )
    started = worker(code)
    reply = started.call("go")
    assert isinstance(reply, Stopped) and reply.verdict.value == "crashed", reply
    assert started.call("ok").result == 1


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner), st.tuples(inner, inner)),
    max_leaves=10,
)


@given(values)
def test_values_cross_unchanged(value):
    crossed = wire.unpack(wire.pack(value))
    assert crossed == value and type(crossed) is type(value)


@given(
    arrays.arrays(
        st.one_of(
            arrays.integer_dtypes(), arrays.unsigned_integer_dtypes(), arrays.floating_dtypes(), arrays.boolean_dtypes()
        ),
        arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    )
)
def test_arrays_cross_unchanged(array):
    crossed = wire.unpack(wire.pack(array))
    assert crossed.dtype == array.dtype.newbyteorder("=") and crossed.shape == array.shape
    np.testing.assert_array_equal(crossed, array)


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, np.array([object()]), np.array(["text"]), lambda: 1, np.ma.array([1.0])]
)
def test_anything_else_crosses_as_the_name_of_its_type(value):
    assert isinstance(wire.unpack(wire.pack(value)), wire.Other)


@given(st.binary(max_size=300))
def test_noise_is_a_bad_message_or_a_plain_value(noise):
    _read_or_refused(noise)


@given(values, st.data())
def test_a_damaged_message_is_a_bad_message_or_a_plain_value(value, data):
    content = bytearray(wire.pack([value, np.arange(6.0).reshape(2, 3)])[wire.LENGTH.size :])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    _read_or_refused(bytes(content[: data.draw(st.integers(0, len(content)))]) + data.draw(st.binary(max_size=4)))


def _read_or_refused(content):
    stream = io.BytesIO(wire.LENGTH.pack(len(content)) + content)
    try:
        value = wire.unpack(wire.receive(stream.read))
    except wire.BadMessage:
        return
    plain = (type(None), bool, int, float, str, list, tuple, dict, np.ndarray, wire.Other)
    assert isinstance(value, (*plain, np.generic))


@given(values, st.lists(values), st.dictionaries(st.text(), values))
def test_a_message_ends_with_its_last_entries_and_no_others(result, arguments, options):
    given_back = {"arguments": arguments, "options": options}
    message = wire.pack({"result": result, **given_back})
    assert wire.ends_with(message, given_back)
    assert not wire.ends_with(message, {**given_back, "options": {**options, "more": 1}})
    assert not wire.ends_with(message, {"arguments": [*arguments, 1], "options": options})


def test_arguments_come_back_only_if_the_call_has_changed_them(worker):
    started = worker("def look(array): return 1\ndef change(array): array[0] = 7\n")
    array = np.zeros(100_000)
    looked, changed = started.call("look", array), started.call("change", array)
    assert looked.size < 100 and looked.arguments[0] is array
    assert changed.size > array.nbytes and changed.arguments[0][0] == 7 and not array.any()


def test_a_value_that_holds_too_much_deep_inside_does_not_cross():
    much = [[0.5] * 400] * 400
    for value in ({"a": much}, Counter({"a": much}), [Counter({"a": much})]):
        crossed = wire.unpack(wire.pack(value))
        while not isinstance(crossed, wire.Other):
            crossed = crossed[0] if isinstance(crossed, list) else crossed["a"]


def array_of(dtype=b"<f8 ", shape=(2, 3), kind=b"A", numbers=bytes(48)):
    """Return a message that claims to hold an array."""
    content = kind + dtype + struct.pack(f"<B{len(shape)}Q", len(shape), *shape) + numbers
    return wire.LENGTH.pack(len(content)) + content


def test_an_array_that_is_what_it_claims_is_taken():
    assert wire.unpack(array_of()).shape == (2, 3)


@pytest.mark.parametrize(
    "claim",
    [
        *({"shape": (9, 3)}, {"shape": (1, 3)}, {"shape": (2**63, 2**63)}, {"shape": (2**64 - 1, 0), "numbers": b""}),
        {"shape": (0, 2**26, 2**26, 2**26), "numbers": b""},
        *({"shape": (1,) * 200, "numbers": bytes(8)}, {"shape": ()}, {"kind": b"n"}, {"kind": b"?"}),
        *(
            {"dtype": b"|O8 "},
            {"dtype": b"<U2 "},
            {"dtype": b">f8 "},
            {"dtype": b"f4,f"},
            {"dtype": b"<M8 "},
            {"dtype": b"V8  "},
        ),
    ],
)
def test_an_array_that_is_not_what_it_claims_is_refused(claim):
    with pytest.raises(wire.BadMessage):
        wire.unpack(array_of(**claim))


def test_numbers_beyond_all_measure_cross_as_numbers_that_can_be_written_down():
    crossed = wire.unpack(wire.pack([10**5000, -(10**5000), 2**64, -(2**70)]))
    assert crossed[2:] == [2**64, -(2**70)] and len(str(crossed[:2])) < 1000


def test_more_values_than_anybody_needs_are_the_name_of_their_type():
    assert isinstance(wire.unpack(wire.pack([0.5] * 200_000)), wire.Other)
    assert isinstance(wire.unpack(wire.pack([[0.5] * 400] * 400)), wire.Other)
    assert isinstance(wire.unpack(wire.pack(dict.fromkeys(range(60_000)))), wire.Other)


@LINUX
def test_no_network_not_even_to_this_machine(worker):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), 1).close()
        answer = attempt(worker, f"import socket; return str(socket.create_connection(('127.0.0.1', {port}), 1))")
    assert "Forbidden" in answer


@LINUX
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look into a template")
def test_a_template_knows_no_secret(worker, monkeypatch):
    monkeypatch.setenv("CONVGRADE_SEED", "a secret for the template")
    template.close_all()
    attempt(worker, "return 1")
    children = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    ours = [child for child in children if "main.py" in " ".join(child.cmdline())]
    assert ours
    assert not any("a secret for the template" in child.environ().values() for child in ours)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become another user")
def test_python_in_a_closed_folder_is_reached_and_nothing_else_in_it(tmp_path):
    """As on a machine where everything lies in root's home."""
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    environment = closed / "venv"
    venv.create(environment, with_pip=False)
    packages = next(environment.glob("lib/python*/site-packages"))
    for path in map(Path, sys.path):
        if path.name == "site-packages":
            for package in path.iterdir():
                (packages / package.name).symlink_to(package)
    (packages / "root.pth").write_text(str(ROOT))
    (closed / "secret").write_text("secret")
    homework = tmp_path / "homework"
    homework.mkdir()
    (homework / "parameters.py").write_text(
        f"import os, xml.dom\nSECRET = {str(closed / 'secret')!r}\n"
        "def count_dense(*_, **__): print('user', os.getuid(), os.path.exists(SECRET))\n"
    )
    command = [environment / "bin" / "python", "-m", "command_line", "grade", homework, "--out", tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    if "who cannot enter" in done.stderr:
        pytest.skip("this machine does not let root have a view of files of its own")
    assert done.returncode == 0, done.stderr
    user, exists = done.stdout.split("user ")[1].split()[:2]
    assert int(user) >= 50_000 and exists == "False"


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can give up the right to mount")
def test_a_root_that_cannot_mount_is_told_what_to_do(tmp_path, solution):
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    venv.create(closed / "venv", with_pip=False)
    packages = next((closed / "venv").glob("lib/python*/site-packages"))
    (packages / "all.pth").write_text("\n".join([*sys.path, str(ROOT)]))
    without = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]
    command = [
        *without,
        closed / "venv" / "bin" / "python",
        "-m",
        "command_line",
        "grade",
        solution,
        "--out",
        tmp_path / "out",
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    checked = subprocess.run([*command[:-4], "check", solution], capture_output=True, text=True, cwd=tmp_path)
    assert "32 of 62 points" in checked.stdout, checked.stderr  # at home it is the student's own code: it just runs
    assert done.returncode == 2
    assert "who cannot enter /" in done.stderr and ": run convgrade as an ordinary user" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives workers a group")
def test_a_package_that_others_cannot_read_is_opened_to_the_parts_that_allow_it(monkeypatch):
    """As on Gradescope, where no layer but the users' rights keeps PyTorch from those who must not use it."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(without={"files by list"}) as sandbox:
        Path(folder).chmod(0o755)
        package = Path(folder, "site-packages", "locked")
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("answer = 42\n")
        shutil.chown(package, group=61_234)
        package.chmod(0o750)
        monkeypatch.syspath_prepend(str(package.parent))
        everyones = package.parent / "everyones"
        everyones.mkdir()
        shutil.chown(everyones, group=61_235)
        file = sandbox.submission / "homework.py"
        path = f"import sys\nsys.path.append({str(package.parent)!r})\n"
        code = path + "def go():\n    import locked, os\n    return [locked.answer, os.getgroups()]\n"
        file.write_text(code)
        template.close_all()
        allowed = sandbox.worker(file, Limits(packages=("numpy", "locked", "everyones"))).call("go")
        assert isinstance(allowed, Returned) and allowed.result == [42, [61_234]]
        assert isinstance(sandbox.worker(file, Limits()).call("go"), Stopped)


def test_what_a_worker_says_ahead_answers_no_later_call(worker):
    code = (
        "import sys\n"
        "def tell():\n"
        "    here = sys._getframe(1).f_locals\n"
        "    here['replies'].write(here['wire'].pack({'result': 'said ahead', 'arguments': [], 'options': {}}) * 3)\n"
        "def go(): return 'said now'\n"
    )
    started = worker(code)
    assert started.call("tell").result == "said ahead"
    assert [started.call("go").result for _ in range(3)] == ["said now"] * 3


@pytest.mark.costly
@LINUX
def test_a_small_machine_bounds_a_worker_further(worker, monkeypatch):
    """Or the container would run out of memory, and take the grader with it."""
    code = "import numpy as np\ndef take(megabytes): return int(np.ones(megabytes << 17).sum())\n"
    assert isinstance(worker(code).call("take", 450), Returned)
    monkeypatch.setattr("autograder.sandbox.machine.memory", lambda: 700 * 2**20)
    reply = worker(code).call("take", 450)
    assert isinstance(reply, Stopped) and reply.verdict.value == "out of memory"
    assert isinstance(worker(code).call("take", 100), Returned)


@LINUX
def test_a_machine_without_memory_ends_a_worker_before_the_grader(worker):
    started = worker("def go(): pass")
    started.call("go")
    running = [worker for template in psutil.Process().children() for worker in template.children()]
    assert "1000\n" in [Path(f"/proc/{each.pid}/oom_score_adj").read_text() for each in running]


def test_what_the_machine_has_is_bounded_by_its_control_group(tmp_path, monkeypatch):
    groups = [tmp_path / "memory.max", tmp_path / "memory.limit_in_bytes"]
    monkeypatch.setattr("autograder.sandbox.machine.CONTAINER", [str(path) for path in groups])
    machine.memory.cache_clear()
    physical = machine.memory()
    for text, expected in (("max\n", physical), ("750000000\n", 750_000_000), (f"{2**63}\n", physical)):
        groups[0].write_text(text)
        machine.memory.cache_clear()
        assert machine.memory() == expected
    groups[1].write_text("500000000")
    machine.memory.cache_clear()
    assert machine.memory() == 500_000_000
    machine.memory.cache_clear()
