"""What several commands share: how they end, and who computes what is right."""

DONE, CHECK_FAILED, USER_ERROR, OWN_FAULT, INTERRUPTED = 0, 1, 2, 3, 130
BACKENDS = ("numpy", "cpu", "simulator", "cuda")
