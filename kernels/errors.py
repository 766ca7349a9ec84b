"""What can go wrong beside wrong shapes."""


class BackendUnavailable(RuntimeError):
    """The machine, or this process, cannot run the backend that was asked for."""
