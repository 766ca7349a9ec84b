"""What a lecture leaves behind: a page, tables, a quiz for `quiz grade`, and a replay of the lecture.

All of it comes from the journal alone, so it can be written again at any time, even after a crash.
"""
