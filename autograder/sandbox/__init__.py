"""Where student code runs: another process that gets arguments and returns arrays.

`child/` runs in that process; `worker.py`, `process.py` and `template.py` start and bound it from
outside; `replies.py` turns what comes out into results and verdicts.
"""
