"""Rate limits for clients. A hall of a thousand may share one address, so the limits of an address are high."""

import ipaddress
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import Request

ANSWERS = RateLimitItemPerSecond(20, 10, "answers")  # of a person: 20 in 10 seconds
NEWCOMERS = RateLimitItemPerDay(3000, 1, "newcomers")  # of an address: new keys, so that nobody fills a poll
GUESSES = RateLimitItemPerMinute(5, 1, "guesses")  # of a key: codes that are not on the roster
ALL_GUESSES = RateLimitItemPerMinute(100, 1, "all guesses")  # of an address
ENTRIES = RateLimitItemPerMinute(30, 1, "entries")  # of an address: wrong secrets of the teacher and the projector
STREAMS, ALL_STREAMS = 3000, 6000  # of an address, and of all of them
IPV6_NETWORK = 64  # bits: within these networks, anyone can choose addresses at will


class TooMany(Exception):
    """A client has reached a limit; says after how many seconds to try again."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class Limits:
    """Counts of clients' requests, which expire with time."""

    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._streams: Counter[str] = Counter()  # that are open, by address

    def check(self, item: RateLimitItem, client: str) -> None:
        """Raise TooMany if a client has reached a limit."""
        if not self._limiter.test(item, client):
            raise TooMany(self._limiter.get_window_stats(item, client).reset_time - time.time())

    def count(self, item: RateLimitItem, client: str) -> None:
        """Count a client's request; raises TooMany if that exceeds a limit."""
        if not self._limiter.hit(item, client):
            raise TooMany(self._limiter.get_window_stats(item, client).reset_time - time.time())

    @contextmanager
    def stream(self, client: str) -> Iterator[None]:
        """Count a stream as long as it is open."""
        self._streams[client] += 1
        try:
            yield
        finally:
            self._streams[client] -= 1
            if not self._streams[client]:
                del self._streams[client]

    def may_stream(self, client: str) -> bool:
        """Return whether a client may open another stream."""
        return self._streams[client] < STREAMS and self._streams.total() < ALL_STREAMS


def client(request: Request) -> str:
    """Return the address that a request comes from; of IPv6 the network."""
    return network(request.client.host) if request.client else ""


def network(host: str) -> str:
    """Return what counts as one client: an IPv4 address, or the network of an IPv6 address."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:  # a proxy that says something else
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((int(address), IPV6_NETWORK), strict=False))
