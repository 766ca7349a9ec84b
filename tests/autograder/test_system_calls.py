"""The list of system calls: its numbers, the filter made of it, and what a confined worker is answered, call by call."""

import errno
import platform
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox import template
from autograder.sandbox.host import Sandbox
from autograder.sandbox.limits import Limits
from autograder.sandbox.replies import Returned

INSIDE = Path(template.__file__).parent / "child"
sys.path.insert(0, str(INSIDE))  # as a worker has it
try:
    import bpf
    import layers
    import system_calls
finally:
    sys.path.remove(str(INSIDE))

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has this layer")
MACHINES = tuple(bpf.ARCHITECTURES)
HERE = system_calls.MACHINE if system_calls.MACHINE in MACHINES else MACHINES[0]
CONVENTION = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # linux/audit.h: the ELF machine, 64 bits, little endian
ALLOW, REFUSE, END = 0x7FFF0000, 0x00050000, 0x80000000
HEADERS = {"x86_64": "x86_64-linux-gnu/asm/unistd_64.h", "aarch64": "asm-generic/unistd.h"}
# Switches of asm-generic/unistd.h that arch/arm64 turns on.
OF_ARM = ("RENAMEAT", "NEW_STAT", "SET_GET_RLIMIT", "SYS_CLONE3", "MEMFD_SECRET")
OF_X32 = 0x40000000
# uretprobe and uprobe, which the kernel lets pass every filter: not called by its own code, they end the process.
UNFILTERED = {335, 336} if HERE == "x86_64" else set()
NUMBERS = {machine: system_calls.numbers(machine) for machine in MACHINES}
NAMES = {machine: {number: name for name, number in numbers.items()} for machine, numbers in NUMBERS.items()}


@pytest.fixture
def ask():
    """A function that runs the body of a function in a confined worker and returns what it returns."""
    with Sandbox() as sandbox:

        def run(body, **limits):
            file = sandbox.submission / "homework.py"
            indented = "\n".join(f"    {line}" for line in body.splitlines())
            file.write_text(f"import ctypes, errno, os\nlibc = ctypes.CDLL(None, use_errno=True)\ndef go():\n{indented}\n")
            reply = sandbox.worker(file, Limits(**limits)).call("go", seconds=60)
            assert isinstance(reply, Returned), reply
            return reply.result

        yield run


def verdict(program, number, convention, arguments=(0,) * 6):
    """Run a filter as the kernel does: docs.kernel.org/networking/filter.html and userspace-api/seccomp_filter.html."""
    call = struct.pack("<IIQ6Q", number, convention, 0, *arguments)
    at = loaded = 0
    while True:
        operation, yes, no, value = program[at]
        at += 1
        if operation == 0x20:
            loaded = int.from_bytes(call[value : value + 4], "little")
        elif operation == 0x54:
            loaded &= value
        elif operation == 0x05:
            at += value
        elif operation == 0x15:
            at += yes if loaded == value else no
        elif operation == 0x35:
            at += yes if loaded >= value else no
        else:
            assert operation == 0x06
            return value


def expected(machine, number, arguments):
    """Say what the lists mean for a call, in the plainest way."""
    if number == 435:  # clone3 everywhere
        return REFUSE | errno.ENOSYS
    name = NAMES[machine].get(number)
    if name is None:
        return REFUSE | errno.EPERM
    for rule in system_calls.RULES.get(name, ()):
        argument = arguments[rule.argument]
        if (rule.both_halves and argument >> 32) or argument & rule.bits not in rule.allowed:
            return REFUSE | rule.error
    return ALLOW


words = st.one_of(
    st.integers(0, 2**64 - 1),
    st.sampled_from(sorted({value for rules in system_calls.RULES.values() for rule in rules for value in rule.allowed})),
    st.integers(0, 2048),
).flatmap(lambda word: st.sampled_from([word, word | 1 << 32, word ^ 1, word | 0x21]))


@pytest.mark.parametrize("machine", MACHINES)
@given(data=st.data())
def test_the_filter_answers_as_the_lists_say(machine, data):
    known = sorted(NAMES[machine])
    ruled = sorted(number for number, name in NAMES[machine].items() if name in system_calls.RULES)
    number = data.draw(st.one_of(*map(st.sampled_from, (ruled, known)), st.integers(0, 1023), st.integers(0, 2**32 - 1)))
    arguments = data.draw(st.tuples(*[words] * 6))
    found = verdict(system_calls.same_for_all(machine), number, CONVENTION[machine], arguments)
    assert found == expected(machine, number, arguments)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_answers_each_number_as_the_lists_say(machine):
    program = system_calls.same_for_all(machine)
    for number in (*range(1024), *range(OF_X32, OF_X32 + 1024), *range(2**32 - 5, 2**32)):
        assert verdict(program, number, CONVENTION[machine]) == expected(machine, number, (0,) * 6), number


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_by_another_convention_end_the_process(machine):
    """Those of 32-bit programs and of the other machine, whose numbers mean other calls."""
    for convention in (0x40000003, 0x40000028, 0, *(set(CONVENTION.values()) - {CONVENTION[machine]})):
        for number in range(1024):
            assert verdict(system_calls.same_for_all(machine), number, convention) == END


@pytest.mark.parametrize("machine", MACHINES)
def test_each_argument_rule_allows_and_refuses(machine):
    """One value at a time: all that it names, and none of those beside them."""
    program, numbers = system_calls.same_for_all(machine), NUMBERS[machine]
    others = (*range(64), *range(1020, 1040), 0x7777, 2**31, 2**32 - 1, 2**32, 2**33, 2**63)
    for name in system_calls.RULES.keys() & numbers.keys():
        for rule in system_calls.RULES[name]:
            answers = set()
            for value in {*others, *rule.allowed, *(each + 1 for each in rule.allowed)}:
                arguments = tuple(value if index == rule.argument else 0 for index in range(6))
                found = verdict(program, numbers[name], CONVENTION[machine], arguments)
                answers.add(found)
                assert found == expected(machine, numbers[name], arguments), (name, value)
            assert ALLOW in answers and len(answers) > 1, name


@pytest.mark.parametrize("machine", MACHINES)
def test_numbers_are_those_of_the_kernels_headers(machine):
    header = Path("/usr/include", HEADERS[machine])
    if not header.exists() or not shutil.which("cpp"):
        pytest.skip(f"{header} or a preprocessor is not installed")
    switches = [f"-D__ARCH_WANT_{each}" for each in OF_ARM] + ["-D__BITS_PER_LONG=64"]
    text = subprocess.run(["cpp", "-dM", *switches, header], capture_output=True, text=True, check=True).stdout
    defined = dict(re.findall(r"#define __NR(\w+) (\w+)", text))

    def number(name):
        value = defined.get(name)
        return value and (int(value) if value.isdigit() else number(value.removeprefix("__NR")))

    column = MACHINES.index(machine)
    for group in (*system_calls.ALLOWED.values(), system_calls.NOT_KNOWN):
        for name, each in group.items():
            assert each[column] == number(f"_{name}"), name


CALL_BY_CALL = """allowed = set(%s)
answers = {}
for number in (*range(1024), *range(1 << 30, (1 << 30) + 1024), -1, -2, 2**31 - 1, -2**31):
    if number not in allowed:
        ctypes.set_errno(0)
        result = libc.syscall(ctypes.c_long(number), -1, -1, -1, -1, -1, -1)
        answers[number] = [result, ctypes.get_errno()]
return [[number, *answer] for number, answer in answers.items()]"""


@LINUX
def test_a_worker_is_refused_every_call_that_is_not_on_the_list(ask):
    answers = ask(CALL_BY_CALL % sorted(NAMES[HERE].keys() | UNFILTERED))
    assert len(answers) > 1800
    for number, result, error in answers:
        assert (result, error) == (-1, errno.ENOSYS if number == 435 else errno.EPERM), number


# For each rule a call that passes and calls that do not, as an expression that gives the result.
TRIED = {
    "open": ("libc.open(b'homework.py', 0)", "libc.open(b'homework.py', 0o1000)", "libc.open(b'homework.py', 3)"),
    "openat": (
        "syscall('openat', -100, b'homework.py', 0)",
        "syscall('openat', -100, b'homework.py', 0o1000)",
        "syscall('openat', -100, b'homework.py', 3)",
    ),
    "fcntl": (
        "libc.fcntl(2, 3)",
        *(f"libc.fcntl(2, {command}, 0)" for command in (5, 6, 8, 10, 15, 36, 37, 1024, 1025, 1026, 1031, 1033)),
    ),
    "ioctl": (
        "libc.ioctl(2, 0x5451)",
        *(f"libc.ioctl(2, {command}, bytes(64))" for command in ("0x5412", "0x8901", "0x8902", "0x40086602", "0x40049409")),
    ),
    "pipe2": ("libc.pipe2(pair, 0o2000000)", "libc.pipe2(pair, 0o200)", "libc.pipe2(pair, 0o40000)"),
    "mmap": (
        "syscall('mmap', 0, 4096, 3, 0x22, -1, 0)",
        "syscall('mmap', 0, 4096, 3, 0x21, -1, 0)",
        "syscall('mmap', 0, 4096, 3, 0x23, -1, 0)",
        "syscall('mmap', 0, 4096, 3, 0x40022, -1, 0)",
        "syscall('mmap', 0, 4096, 3, 0x2022, -1, 0)",
        "syscall('mmap', 0, 4096, 3, 0x22 + 2**32, -1, 0)",
    ),
    "madvise": ("madvise(4)", "madvise(12)", "madvise(20)", "madvise(21)", "madvise(100)"),
    "clone": (
        "__import__('threading').Thread(target=print).start() or 0",
        "syscall('clone', 17, 0, 0, 0, 0)",
        "syscall('clone', 17 | 0x100, 0, 0, 0, 0)",
        "syscall('clone', 0x3D0F00 | 0x10000000, 0, 0, 0, 0)",
        "syscall('clone', 0x3D0F00 + 2**32, 0, 0, 0, 0)",
    ),
    "futex": (
        "syscall('futex', word, 1, 1, 0, 0, 0)",
        "syscall('futex', word, 6, 0, 0, 0, 0)",
        "syscall('futex', word, 2, 0, 0, 0)",
    ),
    "prctl": (
        "libc.prctl(15, b'name', 0, 0, 0)",
        *(f"libc.prctl({option}, 1, 0, 0, 0)" for option in (1, 4, 22, 24, 26, 35, 36, 38, 47, 0x59616D61)),
        "syscall('prctl', 1 + 2**32, 0, 0, 0, 0)",
    ),
    "arch_prctl": (
        "syscall('arch_prctl', 0x1022, space)",
        "syscall('arch_prctl', 0x1012, 0)",
        "syscall('arch_prctl', 0x5001, 1)",
    ),
    "kill": ("libc.kill(me, 0)", "libc.kill(0, 0)", "libc.kill(-1, 0)", "libc.kill(-me, 0)", "libc.kill(os.getppid(), 0)"),
    "tgkill": ("libc.tgkill(me, me, 0)", "libc.tgkill(os.getppid(), os.getppid(), 0)", "libc.tgkill(-1, me, 0)"),
    "prlimit64": (
        "libc.prlimit(0, 7, None, space) + libc.prlimit(me, 7, None, space)",
        "libc.prlimit(os.getppid(), 7, None, None)",
    ),
    "sched_setaffinity": (
        "os.sched_setaffinity(0, os.sched_getaffinity(0)) or 0",
        "libc.sched_setaffinity(os.getppid(), 8, bytes([255] * 8))",
    ),
    "clock_gettime": (
        "libc.clock_gettime(2, space)",
        "libc.clock_gettime(~os.getppid() << 3 | 2, space)",
        "libc.clock_gettime(9, space)",
    ),
    "clock_getres": ("libc.clock_getres(3, space)", "libc.clock_getres(~os.getppid() << 3 | 2, space)"),
    "clock_nanosleep": ("libc.clock_nanosleep(1, 0, bytes(16), None)", "-abs(libc.clock_nanosleep(8, 0, bytes(16), None))"),
}
PREPARED = """numbers = %r
def syscall(name, *arguments):
    return libc.syscall(*(ctypes.c_long(each) if isinstance(each, int) else each for each in (numbers[name], *arguments)))
def madvise(advice):
    memory = libc.mmap(None, 4096, 3, 0x22, -1, 0)
    return libc.madvise(ctypes.c_void_p(memory), ctypes.c_size_t(4096), advice)
libc.syscall.restype, libc.mmap.restype = ctypes.c_long, ctypes.c_void_p
pair, word, space, me = (ctypes.c_int * 2)(), (ctypes.c_int * 4)(), ctypes.create_string_buffer(64), os.getpid()
found = []
for expression in %r:
    ctypes.set_errno(0)
    result = eval(expression)
    found.append([result, ctypes.get_errno()])
return found"""


def test_each_rule_is_tried():
    assert TRIED.keys() == system_calls.RULES.keys()


@LINUX
@pytest.mark.parametrize("name", TRIED)
def test_a_worker_may_do_what_a_rule_allows_and_nothing_else(ask, name):
    numbers = NUMBERS[HERE]
    if name not in numbers:
        pytest.skip(f"{HERE} has no {name}")
    passed, *refused = ask(PREPARED % (numbers, TRIED[name]))
    errors = {rule.error for rule in system_calls.RULES[name]} | {errno.EPERM}
    assert passed[0] != -1 or passed[1] not in errors, passed  # the kernel itself may not know it
    assert all(result < 0 and (error in errors or result == -errno.EPERM) for result, error in refused), refused


HONEST = {
    "threads": """from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(8) as pool:
    return sum(pool.map(abs, range(-9, 1))) == 45""",
    "waiting": """import queue, threading
letters = queue.Queue()
threading.Timer(0.01, letters.put, (1,)).start()
return letters.get(timeout=30) == 1""",
    "temporary files": """import tempfile
with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile() as file:
    os.mkdir(folder + '/x'); os.rename(folder + '/x', folder + '/y'); os.rmdir(folder + '/y')
    file.write(b'x'); file.truncate(0)
return os.listdir(os.path.expanduser('~')) == []""",
    "arrays in files": """import numpy as np
path = os.path.expanduser('~/a.npy')
np.save(path, np.arange(3.0))
mapped = np.load(path, mmap_mode='r+'); mapped[0] = 7; mapped.flush()
return np.load(path).sum() == 10""",
    "copies": """import shutil
from pathlib import Path
copy = Path(shutil.copyfile('homework.py', Path.home() / 'copy.py')).replace(Path.home() / 'moved.py')
return copy.read_bytes() == Path('homework.py').read_bytes()""",
    "time": """import datetime, time, timeit
time.sleep(0.01)
known = [time.process_time(), time.thread_time(), time.perf_counter(), time.time_ns(), time.localtime().tm_year]
return all([*known, datetime.datetime.now().year, timeit.timeit('1', number=1), time.get_clock_info('time').resolution])""",
    "random numbers": """import random, secrets, uuid
return all([random.random(), secrets.token_hex(), os.urandom(8), uuid.uuid4().int])""",
    "the machine": """import platform, resource
used, most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, resource.getrlimit(resource.RLIMIT_STACK)
return all([platform.platform(), os.cpu_count(), os.sysconf('SC_PHYS_PAGES'), used, most, os.getppid()])""",
    "its own signals": """import faulthandler, signal
found = []
signal.signal(signal.SIGTERM, lambda *_: found.append(1))
os.kill(os.getpid(), signal.SIGTERM); signal.raise_signal(signal.SIGTERM)
faulthandler.enable()
return len(found) == 2""",
    "a database in memory": """import sqlite3
return sqlite3.connect(':memory:').execute('select 1').fetchone() == (1,)""",
    "the width of terminals": """import shutil, sys
return shutil.get_terminal_size().columns == 80 and not sys.stdout.isatty()""",
    "large arrays": """import numpy as np
image = np.ones((800, 800))
image = (image @ image).copy()
image.resize((900, 800), refcheck=False)
return np.linalg.svd(image[:50, :50])[1][0] > 0 and np.fft.fft(image).shape == (900, 800)""",
}


@LINUX
@pytest.mark.parametrize("what", HONEST)
def test_what_honest_code_needs(ask, what):
    assert ask(HONEST[what], threads=4)


@LINUX
def test_a_worker_that_aborts_ends_by_that_signal():
    """It signals itself by its number and its thread's."""
    with Sandbox() as sandbox:
        file = sandbox.submission / "homework.py"
        file.write_text("import os\ndef go(): os.abort()\n")
        reply = sandbox.worker(file, Limits()).call("go")
    assert reply.sentence == "go brought Python down (Aborted)."


@LINUX
def test_a_list_with_a_missing_number_ends_the_start_of_the_sandbox(monkeypatch, ask):
    """An error of ours must not become a layer that does not hold."""
    read = template.pkgutil.get_data

    def damaged(package, name):
        content = read(package, name)
        return content.replace(b'"read": (0, 63)', b'"read": (0,)') if name == "system_calls.py" else content

    template.close_all()
    monkeypatch.setattr(template.pkgutil, "get_data", damaged)
    try:
        with pytest.raises(RuntimeError, match="ValueError: zip"):
            ask("return 1")
    finally:
        template.close_all()


def test_rules_for_calls_that_are_not_allowed_are_an_error(monkeypatch):
    monkeypatch.setitem(system_calls.RULES, "socket", [system_calls.Rule(0, {})])
    with pytest.raises(ValueError, match="socket"):
        system_calls.numbers(HERE)


@pytest.mark.skipif(platform.system() != "Linux", reason="elsewhere another reason comes first")
def test_on_an_unknown_machine_the_layer_does_not_hold_and_says_so(monkeypatch):
    monkeypatch.setattr(system_calls, "MACHINE", "riscv64")
    layers.prepare()
    settings = {"without": [name for name in layers.LAYERS if name != "system calls by list"]}
    assert layers.confine(settings)["system calls by list"] == "there is no list of the system calls of riscv64"
