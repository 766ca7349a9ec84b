"""The news for pages as a stream of events: the state of the poll, again whenever it changes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent

from polls.live import Bell

PING = 15  # seconds between two keep-alive events of a stream
UNREAD = 30  # seconds after which an unread stream is closed
FRESH = 0.5  # seconds for which an encoded view is reused


class News:
    """The news for one kind of page, encoded once for all its viewers."""

    def __init__(self, bell: Bell, view: Callable[[], Mapping[str, Any]], pause: float = 0.0) -> None:
        """bell: rings when the view has changed. pause: seconds at least between two events."""
        self._bell, self._view, self._pause = bell, view, pause
        self._times, self._at = -1, 0.0
        self._seen: Mapping[str, Any] = {}
        self._written = ""

    def view(self) -> Mapping[str, Any]:
        """Return what there is to tell."""
        self._look()
        return self._seen

    def text(self) -> str:
        """Return the view as JSON."""
        self._look()
        return self._written

    async def events(self) -> AsyncIterator[ServerSentEvent]:
        """Return the view, and again whenever it has changed."""
        while True:
            times = self._bell.times
            yield ServerSentEvent(self.text(), event="news")
            await asyncio.sleep(self._pause)
            await self._bell.after(times)

    def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._times != self._bell.times or now > self._at + FRESH:
            self._seen = self._view()
            self._written = as_json(self._seen)
            self._times, self._at = self._bell.times, now


def stream(events: AsyncIterator[ServerSentEvent]) -> EventSourceResponse:
    """Return events as a response that continues until its client leaves."""
    # A keep-alive event that the page's script sees; only proxies see comments.
    return EventSourceResponse(
        events, ping=PING, ping_message_factory=lambda: ServerSentEvent("", event="alive"), send_timeout=UNREAD
    )


def as_json(view: Mapping[str, Any]) -> str:
    """Return a view as JSON."""
    return json.dumps(view, separators=(",", ":"))
