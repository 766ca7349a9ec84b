"""Output on any console: colours on Windows, and characters that an encoding lacks."""

import io
import os
import sys

OUTPUT, ERRORS = -11, -12  # STD_OUTPUT_HANDLE and STD_ERROR_HANDLE of <processenv.h>
VIRTUAL_TERMINAL = 0x0004  # ENABLE_VIRTUAL_TERMINAL_PROCESSING of <consoleapi.h>


def enable_colours() -> None:
    """Let a Windows console interpret colour codes, as other terminals do; files and pipes are not affected."""
    if sys.platform == "win32":
        import ctypes

        kernel, mode = ctypes.windll.kernel32, ctypes.c_uint32()
        for stream in (OUTPUT, ERRORS):
            handle = ctypes.c_void_p(kernel.GetStdHandle(stream))
            if kernel.GetConsoleMode(handle, ctypes.byref(mode)):
                kernel.SetConsoleMode(handle, mode.value | VIRTUAL_TERMINAL)


def replace_unencodable() -> None:
    """Print a question mark for each character that the output's encoding lacks, as a pipe's on Windows may.

    Output to a closed stream is discarded.
    """
    nowhere = open(os.devnull, "w")  # noqa: SIM115 (it lives as long as the program)
    sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
