"""What the caller can set right."""


class UserError(Exception):
    """The caller's mistake: one sentence that says which, and what to do."""
