"""What a worker gives up before it runs a student's first byte. Runs inside the worker, on itself.

Each layer is one function that takes the worker's settings, confines the process for good, and raises if the machine
cannot do it. `confine` tells the grader which held and why the others did not.
"""

import contextlib
import ctypes
import os
import signal
import struct
import sys
from typing import Any

import bpf
import system_calls

try:
    import sandlock
except ImportError:  # it is made for Linux only
    sandlock = None

NEW_FILES, NEW_IPC, NEW_USER, NEW_NETWORK = 0x00020000, 0x08000000, 0x10000000, 0x40000000  # of <linux/sched.h>
DEATH_SIGNAL, DUMPABLE = 1, 4  # PR_SET_* of <linux/prctl.h>
NO_SETUID, NO_DEVICES, NO_PROGRAMS, RECURSIVE, PRIVATE = 0x2, 0x4, 0x8, 0x4000, 0x40000  # MS_* of <linux/mount.h>
# The number of mount_setattr on every machine, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_NOATIME and MOUNT_ATTR__ATIME
SET_ATTRIBUTES, BY_PATH, WITH_ALL_BELOW, NO_TIMES, TIMES = 442, -100, 0x8000, 0x10, 0x70
CAPABILITIES_VERSION = 0x20080522  # of <linux/capability.h>


Settings = dict[str, Any]  # what the grader says about a worker, as JSON


class NotHere(Exception):
    """The machine does not offer the layer."""


def own_network(settings: Settings) -> None:
    """Enter a network of its own, which has no way out, and a namespace of its own for messages between processes."""
    _enter(settings, NEW_NETWORK | NEW_IPC)


def no_access_times(settings: Settings) -> None:
    """Mount all files so that reading leaves no access time, which would be a message to later parts."""
    if os.geteuid() != 0:
        raise NotHere("only root can switch off the times at which files were read")
    _own_view_of_files(settings)
    attributes = ctypes.create_string_buffer(struct.pack("QQQQ", NO_TIMES, TIMES, 0, 0), 32)
    _libc("syscall", SET_ATTRIBUTES, BY_PATH, b"/", WITH_ALL_BELOW, attributes, ctypes.c_size_t(32))


def bounded_scratch(settings: Settings) -> None:
    """Mount a small file system over the scratch folder: it can be filled, the disk cannot, and no program runs from it."""
    owner = os.geteuid() if settings["user"] is None else settings["user"]
    _own_view_of_files(settings)
    size = f"size={settings['scratch']},nr_inodes={settings['files']},mode=700,uid={owner},gid={owner}"
    where = settings["home"].encode()
    _libc("mount", b"scratch", where, b"tmpfs", NO_SETUID | NO_DEVICES | NO_PROGRAMS, size.encode())


def another_user(settings: Settings) -> None:
    """Become a user that owns nothing. Only root can, and only root has to."""
    user = settings["user"]
    if user is None:
        raise NotHere("the grader does not run as root, so the submission runs as the same user")
    os.setgroups(settings["groups"])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def no_privileges(settings: Settings) -> None:
    """Give up all privileges, and never gain one, not even by a setuid program; let no process of the same user look in."""
    _linux_only()
    header, nothing = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION, 0), (ctypes.c_uint32 * 6)()
    _libc("capset", header, nothing)
    _libc("prctl", system_calls.NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _libc("prctl", DUMPABLE, 0, 0, 0, 0)
    _libc("prctl", DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)  # even a stopped worker, if grader and template are killed


def limits(settings: Settings) -> None:
    """Bound memory, processor time, file size, open files and threads; leave no core dump; die first if memory is short."""
    try:
        import resource
    except ImportError:
        raise NotHere("this system has no resource limits") from None
    bounds = {
        "RLIMIT_AS": settings["memory"],
        "RLIMIT_DATA": settings["data"],
        "RLIMIT_CPU": settings["seconds"],
        "RLIMIT_FSIZE": settings["scratch"],
        "RLIMIT_NOFILE": 64,
        "RLIMIT_CORE": 0,
    }
    # Otherwise the grader's own processes would count, too.
    if settings["user"] is not None or _counts_by_namespace(settings):
        bounds["RLIMIT_NPROC"] = settings["threads"]
    for name, bound in bounds.items():
        kind = getattr(resource, name, None)
        if kind is None or (sys.platform == "darwin" and name == "RLIMIT_AS"):
            continue  # macOS knows the name, but does not enforce it
        _, hard = resource.getrlimit(kind)
        bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(kind, (bound, bound))


def files_by_list(settings: Settings) -> None:
    """Read Python, the allowed packages and the submission, write the scratch folder, touch no other file (Landlock)."""
    _linux_only()
    if sandlock is None:
        raise NotHere("the package sandlock is not installed")
    if sandlock.landlock_abi_version() < 1:
        raise NotHere("this kernel has no Landlock, or has not switched it on")
    sandlock.confine(
        sandlock.Sandbox(
            fs_readable=settings["readable"],
            fs_writable=[settings["home"], "/dev/null"],
            allow_degraded=list(sandlock.Protection),
        )
    )


def calls_by_list(settings: Settings) -> None:
    """Make no system call but those that computing needs (seccomp)."""
    _linux_only()
    if system_calls.MACHINE not in bpf.ARCHITECTURES:
        raise NotHere(f"there is no list of the system calls of {system_calls.MACHINE}")
    system_calls.allow_only_computing()


# The order matters, since layers need what later ones take away: namespaces need root, and Landlock's library must be read.
LAYERS = {
    "own network": own_network,
    "no access times": no_access_times,
    "bounded scratch folder": bounded_scratch,
    "another user": another_user,
    "no privileges": no_privileges,
    "resource limits": limits,
    "files by list": files_by_list,
    "system calls by list": calls_by_list,
}


def prepare() -> None:
    """Do once, in the template, what is the same for each of its workers."""
    if system_calls.MACHINE in bpf.ARCHITECTURES:
        system_calls.same_for_all(system_calls.MACHINE)


def confine(settings: Settings) -> dict[str, str]:
    """Apply every layer and return those that did not hold, with the reason: {name: reason}."""
    missing = {}
    with contextlib.suppress(OSError):
        _own_files_in_proc()
        with open("/proc/self/oom_score_adj", "w") as score:
            score.write("1000")
    for name, layer in LAYERS.items():
        try:
            if name in settings["without"]:
                raise NotHere("switched off to see what it prevents")
            layer(settings)
        except Exception as error:
            missing[name] = str(error) or type(error).__name__
    return missing


def _enter(settings: Settings, spaces: int) -> None:
    """Enter new namespaces; an ordinary user first gets root's rights, in a user namespace of its own."""
    _linux_only()
    user, group = os.geteuid(), os.getegid()
    if user != 0 and not settings.get("own namespace"):
        _libc("unshare", NEW_USER)
        _own_files_in_proc()
        for file, content in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{file}", "w") as stream:
                stream.write(content)
        settings["own namespace"] = True
    _libc("unshare", spaces)


def _own_files_in_proc() -> None:
    """Open a process's own files in /proc to it until `no_privileges`: a template closes them, to its workers as well."""
    if sys.platform == "linux":
        _libc("prctl", DUMPABLE, 1, 0, 0, 0)


def _own_view_of_files(settings: Settings) -> None:
    """Enter, once, a mount namespace of its own: what is mounted in it is not seen outside."""
    if not settings.get("own view of files"):
        _enter(settings, NEW_FILES)
        _libc("mount", b"none", b"/", None, RECURSIVE | PRIVATE, None)
        settings["own view of files"] = True


def _counts_by_namespace(settings: Settings) -> bool:
    """Return whether the kernel counts processes for this worker's user namespace alone, as kernels since 5.14 do."""
    release = tuple(int(number) for number in os.uname().release.split("-")[0].split(".")[:2])
    return settings.get("own namespace", False) and release >= (5, 14)


def _linux_only() -> None:
    if sys.platform != "linux":
        raise NotHere("only Linux has it")


def _libc(name: str, *arguments: object) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
