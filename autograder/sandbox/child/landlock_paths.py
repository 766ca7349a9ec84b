"""The files that a worker may read: Python, the allowed packages, the submission, and nothing else.

This lists only those of the system's files that Python and its standard library need, since a machine's /usr may hold
anything: other copies of Python, PyTorch or OpenCV, compilers.
"""

import glob
import os
import sys
import sysconfig
from collections.abc import Iterator

SYSTEM = ("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/usr/lib/locale", "/dev/zero", "/dev/urandom",
          "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu")  # fmt: skip
# The libraries that the compiled modules of Python's standard library, of NumPy and of PyTorch are linked with.
SHARED_LIBRARIES = ("c", "m", "mvec", "pthread", "dl", "rt", "util", "gcc_s", "stdc++", "gomp", "z", "ffi", "crypto", "ssl",
                    "sqlite3", "lzma", "bz2", "expat", "mpdec", "uuid", "crypt", "readline", "tinfo", "ncursesw", "panelw",
                    "gdbm", "db-5.3")  # fmt: skip
FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/lib/*-linux-*", "/usr/lib/*-linux-*")
PACKAGES = ("site-packages", "dist-packages")  # in which packages are installed


def readable() -> list[str]:
    """Return the files and folders that Python itself needs."""
    needed = [*SYSTEM, *_standard_library(), *_shared_libraries()]
    return sorted({os.path.realpath(path) for path in needed if os.path.exists(path)})


def _standard_library() -> Iterator[str]:
    for folder in {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}:
        entries = os.listdir(folder)
        if not set(PACKAGES) & set(entries):
            yield folder
        else:  # a rule for the folder would open the packages in it, too
            yield from (os.path.join(folder, entry) for entry in entries if entry not in PACKAGES)
    yield from (path for path in sys.path if path.endswith(".zip"))


def _shared_libraries() -> Iterator[str]:
    folders = [folder for pattern in (*FOLDERS, f"{sys.base_prefix}/lib") for folder in glob.glob(pattern)]
    starts = tuple(f"lib{name}.so" for name in SHARED_LIBRARIES)
    for folder in sorted({os.path.realpath(folder) for folder in folders}):
        yield from (os.path.join(folder, name) for name in os.listdir(folder) if name.startswith(("ld-linux", *starts)))
        if os.path.isdir(os.path.join(folder, "gconv")):
            yield os.path.join(folder, "gconv")  # character sets
