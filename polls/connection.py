"""Limit browsers' connections, so that strangers cannot use up memory or connections."""

import asyncio
from collections import Counter
from ipaddress import ip_address
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from polls.limiting import network

PATIENCE = 10  # seconds in which the head of a request has to be here
LARGEST = 65_536  # bytes of a request
MOST = 10_000  # connections


class Connection(HttpToolsProtocol):
    """A connection whose requests must be small and prompt. This machine's own browser always gets one."""

    most = MOST
    from_address: ClassVar[Counter[str]] = Counter()  # how many are open

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn says so itself
        """Accept a client if there is room: one address, even a hall's, gets at most half of the connections."""
        super().connection_made(transport)
        self._expect_head()
        host = self.client[0] if self.client else ""
        self._address = network(host)
        self.from_address[self._address] += 1
        is_full = len(self.connections) > self.most or self.from_address[self._address] > self.most // 2
        if is_full and not (host and ip_address(host).is_loopback):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a client."""
        self._waiting.cancel()
        self.from_address[self._address] -= 1
        if not self.from_address[self._address]:
            del self.from_address[self._address]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Accept data unless a request has become too large."""
        self._received += len(data)
        if self._received > LARGEST:
            self.transport.abort()
        else:
            super().data_received(data)

    def on_message_begin(self) -> None:
        """Begin to read a request."""
        self._waiting.cancel()
        self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Pass a request on."""
        self._waiting.cancel()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._received = 0
        self._waiting = self.loop.call_later(PATIENCE, self.transport.abort)
