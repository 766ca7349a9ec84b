"""Windows' own console, which shows the codes of colours as they are unless it is asked for colours."""

import io
import os
import sys

OUTPUT, ERRORS = -11, -12  # STD_OUTPUT_HANDLE and STD_ERROR_HANDLE of <processenv.h>
VIRTUAL_TERMINAL = 0x0004  # ENABLE_VIRTUAL_TERMINAL_PROCESSING of <consoleapi.h>


def ask_for_colours() -> None:
    """Let a console of Windows understand what every other terminal does; a file or a pipe is left alone."""
    if sys.platform == "win32":
        import ctypes

        kernel, mode = ctypes.windll.kernel32, ctypes.c_uint32()
        for stream in (OUTPUT, ERRORS):
            handle = ctypes.c_void_p(kernel.GetStdHandle(stream))
            if kernel.GetConsoleMode(handle, ctypes.byref(mode)):
                kernel.SetConsoleMode(handle, mode.value | VIRTUAL_TERMINAL)


def write_what_can_be_written() -> None:
    """Let a character that the output's encoding lacks, as a pipe's on Windows does, become a question mark.

    What is written to an output that is closed goes nowhere.
    """
    nowhere = open(os.devnull, "w")  # noqa: SIM115 (it lives as long as the program)
    sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
