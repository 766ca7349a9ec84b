"""The system calls that a worker may not make (seccomp), so that it stays one process that can only compute.

Needs no namespaces and no newer kernel, so it holds in a container too: no other program, no other process, no socket, no
signal to others, nothing that outlives the worker, nothing that escapes the limits of memory.
"""

import errno
import mmap
import os
from functools import cache

try:
    import pyseccomp
except (ImportError, RuntimeError) as error:  # it is for Linux, and needs the system's libseccomp
    pyseccomp, WHY_NOT = None, str(error)

NOT_ALLOWED = {
    "another program": "execve execveat uselib",
    "another process": "fork vfork",
    "the network": "socket bind listen connect accept accept4",
    "other processes": "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_open "
    "pidfd_getfd pidfd_send_signal tkill rt_sigqueueinfo rt_tgsigqueueinfo move_pages migrate_pages "
    "setpriority ioprio_set sched_setscheduler sched_setparam sched_setattr",
    # Landlock has no rule for these: they would change files that can only be read, or belong to the grader's own user.
    "owners, modes and times": "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat "
    "futimesat setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat",
    "what others do with files": "inotify_init inotify_init1 inotify_add_watch",
    "what outlives the worker": "shmget shmat shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl mq_open "
    "mq_unlink add_key request_key keyctl",
    "memory beyond the limits": "memfd_create memfd_secret userfaultfd mlock mlock2 mlockall remap_file_pages",
    "ways around this list": "io_uring_setup io_uring_enter io_uring_register seccomp bpf unshare setns perf_event_open",
    "the machine": "mount umount2 pivot_root chroot move_mount open_tree fsopen fspick fsmount fsconfig mount_setattr "
    "swapon swapoff reboot kexec_load kexec_file_load init_module finit_module delete_module acct quotactl settimeofday "
    "clock_settime clock_adjtime adjtimex sethostname setdomainname syslog vhangup iopl ioperm personality "
    "name_to_handle_at open_by_handle_at fanotify_init fanotify_mark lookup_dcookie mknod mknodat",
}
SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG: a worker dies with those who started it
# F_SETOWN, F_SETSIG, F_SETOWN_EX and F_NOTIFY, FIOSETOWN and SIOCSPGRP: the kernel would signal another process.
SENDS_SIGNALS = (("fcntl", 8), ("fcntl", 10), ("fcntl", 15), ("fcntl", 1026), ("ioctl", 0x8901), ("ioctl", 0x8902))
LOWER_HALF = 0xFFFFFFFF  # of a register: what the kernel reads of a number like these
OF_A_THREAD = (0x00000100, 0x00010000)  # CLONE_VM and CLONE_THREAD of <linux/sched.h>


def allow_only_computing():
    """Refuse what is not allowed, for this process for good. Raises OSError where the kernel or libseccomp cannot."""
    calls = same_for_all()
    for call, itself in (("kill", os.getpid()), ("tgkill", os.getpid()), ("prlimit64", 0), ("sched_setaffinity", 0)):
        _refuse(calls, call, pyseccomp.Arg(0, pyseccomp.NE, itself))
    calls.load()


@cache
def same_for_all():
    """Return a filter with the rules that are the same for every process: made once, before workers are forked."""
    if pyseccomp is None:
        raise OSError(f"pyseccomp and libseccomp are needed for it: {WHY_NOT}")
    calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for group in NOT_ALLOWED.values():
        for call in group.split():
            _refuse(calls, call)
    for flag in OF_A_THREAD:
        _refuse(calls, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, 0))
    # Its flags lie in memory, where a filter cannot look: glibc then uses clone.
    _refuse(calls, "clone3", error=errno.ENOSYS)
    for call, command in SENDS_SIGNALS:
        _refuse(calls, call, pyseccomp.Arg(1, pyseccomp.MASKED_EQ, LOWER_HALF, command))
    _refuse(calls, "prctl", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, LOWER_HALF, SET_DEATH_SIGNAL))
    # Shared memory without a file is not counted as data. The answer is what is known of full memory.
    shared = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS
    _refuse(calls, "mmap", pyseccomp.Arg(3, pyseccomp.MASKED_EQ, shared, shared), error=errno.ENOMEM)
    return calls


def _refuse(calls, call, *conditions, error=errno.EPERM):
    try:
        calls.add_rule(pyseccomp.ERRNO(error), call, *conditions)
    except OSError:
        if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, call) >= 0:  # else there is no such call here
            raise
