"""What the caller can set right."""


class UserError(Exception):
    """The caller's mistake: one sentence that says which, and what to do."""

    def _render_traceback_(self) -> list[str]:  # Jupyter and Colab ask for this
        return [str(self)]
