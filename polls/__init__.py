"""Questions of the bank put to a lecture hall, live: think alone, vote, talk, vote again.

A poll is defined in `drawing` (its questions), `state` (its rounds, and what a teacher may do next) and `journal` (the
file that keeps all of it). `live` is a poll while it runs, `tally` counts its answers, `views` decides what each of its
three pages may know. `app` is the server around it; `guard`, `door`, `limiting` and `connection` keep strangers out.
`pages` is what browsers load, `serving` runs it all. What remains of a lecture is in `afterwards`.
"""
