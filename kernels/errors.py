"""What can go wrong beside wrong shapes."""


class BackendUnavailable(RuntimeError):
    """This machine, or this process, cannot run the backend that was asked for."""
