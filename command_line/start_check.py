"""The beginning of check.pyz: say what to do where it cannot run. Every Python from 2.7 on reads this file."""

import sys

OLDEST = (3, 10)


def obstacle():
    """Return what keeps the check from running on this Python, in one sentence; None where nothing does."""
    if sys.version_info < OLDEST:
        here, oldest = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST))
        return (
            "this is Python {}, and the check needs Python {} or newer: start it with a newer one, such as "
            "`python3 check.pyz` (on Windows `py -3 check.pyz`), or install one from https://www.python.org/downloads/"
        ).format(here, oldest)
    from importlib.util import find_spec

    if find_spec("numpy") is None:
        return 'NumPy is not installed for this Python: run `"{}" -m pip install numpy`, then check again'.format(
            sys.executable
        )
    return None


def main():
    """Check the homework, or say why that is not possible."""
    sentence = obstacle()
    if sentence:
        sys.stderr.write("check.pyz: {}.\n".format(sentence))
        sys.exit(2)
    from autograder.sandbox.template import template

    template(("numpy",), 1).start_ahead(1)  # what runs the first part comes up on another core while the commands do
    from command_line.student import run

    run()


if __name__ == "__main__":
    main()
