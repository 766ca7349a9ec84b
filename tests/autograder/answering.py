"""In place of a worker: what replies to the calls of a check."""

from collections.abc import Callable, Iterator, Sequence

from autograder.part import Part
from autograder.sandbox.replay import Request
from autograder.sandbox.replies import Returned, Stopped, up_to_the_last


class Answering:
    """Replies to each call as a function does."""

    def __init__(self, reply: Callable[..., Returned | Stopped]):
        self.call = reply

    def ask_all(self, requests: Sequence[Request]) -> Iterator[Returned | Stopped]:
        """Reply to calls that are packed already."""
        return up_to_the_last(self.call(asked.function, *asked.arguments, **asked.options) for asked in requests)


def let_reply(part: Part, reply: Callable[..., Returned | Stopped]) -> None:
    """Let a function reply to what a check asks."""
    part.worker = lambda: Answering(reply)
