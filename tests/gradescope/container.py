"""Run a command in another root file system as root in a container would: no way to mount, few privileges, an old kernel.

A script of its own: what it gives up, it gives up for good. Started as `python container.py [OPTION]... ROOT COMMAND...`.
"""

import argparse
import ctypes
import errno
import os
import platform
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "autograder" / "sandbox" / "child"))
import bpf

# What Docker leaves to root (docs.docker.com/engine/security), by their numbers in <linux/capability.h>: to change owners,
# modes, users and groups, to signal, to open low ports, to chroot, to make nodes, to write to the audit log.
KEPT = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}
LAST_CAPABILITY, DROP_FROM_BOUNDS = 40, 24  # PR_CAPBSET_DROP of <linux/prctl.h>
NEW_FILES, RECURSIVE, PRIVATE, BIND = 0x00020000, 0x4000, 0x40000, 0x1000
# Answered as by a kernel from before Landlock and mount_setattr, in a container that allows no namespaces.
OLD_KERNEL = (442, 444, 445, 446)
REFUSED = {"x86_64": (272, 308, 165, 166), "aarch64": (97, 268, 40, 39)}  # unshare, setns, mount and umount2
GROUPS = Path("/sys/fs/cgroup")

libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Become that container and run the command in it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--group", help="a control group to join, which bounds memory and processors")
    parser.add_argument("--privileged", action="store_true", help="with all privileges and the kernel as it is")
    parser.add_argument("root", type=Path)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.group:  # in version 1 of control groups there is one for each kind of bound, in version 2 one for all
        for group in (*GROUPS.glob(f"*/{options.group}/cgroup.procs"), *GROUPS.glob(f"{options.group}/cgroup.procs")):
            group.write_text(str(os.getpid()))
    _enter(options.root)
    if not options.privileged:
        _give_up()
    os.execvp(options.command[0], options.command)


def _enter(root: Path) -> None:
    _call("unshare", NEW_FILES)
    _call("mount", b"none", b"/", None, RECURSIVE | PRIVATE, None)
    _call("mount", b"proc", bytes(root / "proc"), b"proc", 0, None)
    _call("mount", b"/dev", bytes(root / "dev"), None, RECURSIVE | BIND, None)
    os.chroot(root)
    os.chdir("/")


def _give_up() -> None:
    for capability in set(range(LAST_CAPABILITY + 1)) - KEPT:
        _call("prctl", DROP_FROM_BOUNDS, capability, 0, 0, 0)
    machine = platform.machine()
    answers = dict.fromkeys(OLD_KERNEL, bpf.refuse(errno.ENOSYS)) | dict.fromkeys(REFUSED[machine], bpf.refuse())
    bpf.install(bpf.by_number(answers, otherwise=bpf.allow()), bpf.ARCHITECTURES[machine])


def _call(name: str, *arguments: object) -> None:
    if getattr(libc, name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main()
