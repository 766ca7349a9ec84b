"""What a worker gives up before it runs a student's first byte. Runs inside the worker, on itself.

Each layer is one function that takes the worker's settings, confines the process for good, and raises where the machine
cannot do it. `confine` tells the grader which held and why the others did not.
"""

import ctypes
import os
import sys

try:
    import sandlock
except ImportError:  # it is made for Linux only
    sandlock = None

NEW_NETWORK, NEW_USER = 0x40000000, 0x10000000  # from <linux/sched.h>
NO_NEW_PRIVILEGES = 38  # from <linux/prctl.h>


class NotHere(Exception):
    """This machine does not offer the layer."""


def no_network(settings):
    """Enter a network of its own, which has no way out."""
    _linux_only()
    flags = NEW_NETWORK if os.geteuid() == 0 else NEW_NETWORK | NEW_USER
    _libc("unshare", flags)


def another_user(settings):
    """Become the user that owns nothing. Only root can, and only root has to."""
    user = settings["user"]
    if user is None:
        raise NotHere("the grader does not run as root, so the submission runs as the same user")
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def no_new_privileges(settings):
    """Never gain rights again, not by a setuid program either."""
    _linux_only()
    _libc("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def limits(settings):
    """Bound memory, processor time, file size, open files and processes; leave no core dump."""
    try:
        import resource
    except ImportError:
        raise NotHere("this system has no resource limits") from None
    bounds = {
        "RLIMIT_AS": settings["memory"],
        "RLIMIT_CPU": settings["seconds"],
        "RLIMIT_FSIZE": settings["file_size"],
        "RLIMIT_NOFILE": 256,
        "RLIMIT_CORE": 0,
    }
    if settings["user"] is not None:  # else the limit would count the grader's own processes too
        bounds["RLIMIT_NPROC"] = settings["processes"]
    for name, bound in bounds.items():
        kind = getattr(resource, name, None)
        if kind is None or (sys.platform == "darwin" and name == "RLIMIT_AS"):
            continue  # macOS knows the name, but does not enforce it
        _, hard = resource.getrlimit(kind)
        bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(kind, (bound, bound))


def files_by_list(settings):
    """Read Python and the submission, write the scratch folder, and touch no other file (Landlock)."""
    _linux_only()
    if sandlock is None:
        raise NotHere("the package sandlock is not installed")
    sandlock.confine(
        sandlock.Sandbox(
            fs_readable=[path for path in settings["readable"] if os.path.exists(path)],
            fs_writable=settings["writable"],
            allow_degraded=list(sandlock.Protection),
        )
    )


# A layer needs what the later ones take away: namespaces need root, Landlock's library needs to be read.
LAYERS = {
    "no network": no_network,
    "another user": another_user,
    "no new privileges": no_new_privileges,
    "resource limits": limits,
    "files by allow-list": files_by_list,
}


def confine(settings):
    """Apply every layer and return those that did not hold, with the reason: {name: reason}."""
    missing = {}
    for name, layer in LAYERS.items():
        try:
            layer(settings)
        except Exception as error:
            missing[name] = str(error) or type(error).__name__
    return missing


def _linux_only():
    if sys.platform != "linux":
        raise NotHere("only Linux has it")


def _libc(name, *arguments):
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
