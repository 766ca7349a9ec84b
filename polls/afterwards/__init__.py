"""What remains of a lecture: a page, tables, a quiz that `quiz grade` takes, and the lecture itself, shown again.

All of it comes from the journal alone, so it can be written again at any time, after a crash too.
"""
