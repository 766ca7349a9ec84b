"""How the commands end."""

DONE, CHECK_FAILED, USER_ERROR, OWN_FAULT, INTERRUPTED = 0, 1, 2, 3, 130
