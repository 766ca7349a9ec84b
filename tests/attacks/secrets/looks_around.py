"""convolution.py
attack: lists the folders of others and looks at processes and the environment for names, keys and tokens
"""
import glob
import os

from right_convolution import *
from right_convolution import output_size as right

FOLDERS = ("/", "/home", "/root", "/tmp", "/var/tmp", "/dev/shm", "/etc", "/proc", "/autograder", "@OUTSIDE@", "..", "../..")
FILES = ("/etc/passwd", "/etc/hostname", "/proc/self/environ", "/proc/self/maps", "/proc/self/mountinfo", "/proc/mounts",
         "/proc/@GRADER@/cmdline", "/proc/@GRADER@/environ", "/proc/net/tcp", "/proc/1/cmdline", "~/.ssh/id_rsa")  # fmt: skip
HARMLESS = {"PATH", "LANG", "LC_CTYPE", "HOME", "TMPDIR", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
            "OMP_WAIT_POLICY", "TQDM_DISABLE"}  # fmt: skip


def output_size(*sizes, **options):
    seen = [name for name in os.environ if name not in HARMLESS]
    for folder in FOLDERS:
        try:
            seen += os.listdir(os.path.join(os.path.dirname(__file__), folder))
        except OSError:
            seen += glob.glob(f"{folder}/*")
    for file in FILES:
        try:
            seen.append(open(os.path.expanduser(file)).read())
        except OSError:
            pass
    if seen:
        raise RuntimeError(f"I saw {seen}")
    return right(*sizes, **options)
