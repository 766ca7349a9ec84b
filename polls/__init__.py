"""Questions of the bank put to a lecture hall, live: think alone, vote, talk, vote again.

What a poll is stands in `drawing` (its questions), `state` (its rounds, and what a teacher may do next) and `journal` (the
file that keeps all of it). `live` is a poll while it runs, `views` what each of its three pages may know, `app` the server
around it, `pages` what browsers load. What remains of a lecture is in `afterwards`.
"""
