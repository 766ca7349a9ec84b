"""The entry point of check.pyz: if it cannot run, say what to do. Python 2.7 must be able to read this file."""

import sys

OLDEST = (3, 10)


def obstacle():
    # type: () -> str | None
    """Return why the checks cannot run on this Python, in one sentence; None if they can."""
    if sys.version_info < OLDEST:
        here, oldest = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST))
        return (
            "this is Python {}, but the checks need Python {} or newer: use a newer one, for example with "
            "`python3 check.pyz` (on Windows `py -3 check.pyz`), or install one from https://www.python.org/downloads/"
        ).format(here, oldest)
    from importlib.util import find_spec

    if find_spec("numpy") is None:
        return 'NumPy is not installed for this Python: run `"{}" -m pip install numpy`, then check again'.format(
            sys.executable
        )
    return None


def main():
    # type: () -> None
    """Check the homework, or say why it cannot be checked."""
    sentence = obstacle()
    if sentence:
        sys.stderr.write("check.pyz: {}.\n".format(sentence))
        sys.exit(2)
    from autograder.sandbox.template import template

    template(("numpy",), 1).start_ahead(1)  # the first part's process starts on another core while the commands load
    from command_line.student import run

    run()


if __name__ == "__main__":
    main()
