"""Questions to a submission that are not single calls. Runs beside the student's code."""

import warnings


def warned(student, function, *arguments):
    """Return the texts of the warnings that a call of the student's function raises."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        getattr(student, function)(*arguments)
    return [str(each.message)[:200] for each in found]


def propose_each(student, histories):
    """Return what the student's `propose` returns for each of several histories."""
    return [student.propose(history) for history in histories]
